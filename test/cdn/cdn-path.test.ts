import t from 'tap'
import {
  cdnPath,
  isCdnPath,
  literalPart,
  parseLiteralPath,
  parseStaticPath,
  pathKind
} from '../../src/cdn/cdn-path.js'

const segment = (value: unknown): string => cdnPath`/u/${value as string}/*`.path
const template = (text: string): TemplateStringsArray => Object.assign([text], { raw: [text] })

t.test('what is interpolated becomes one segment, percent-encoded', async (t) => {
  for (
    const [value, encoded] of [
      ['AZaz09-._', 'AZaz09-._'],
      ['a b', 'a%20b'],
      ['!~\'()*', '!~\'()%2A'],
      ['100%', '100%25'],
      ['%2e', '%252e'],
      ['%2F', '%252F'],
      ['a?b#c', 'a%3Fb%23c'],
      ['a&b=c+d', 'a%26b%3Dc%2Bd'],
      ['a;b,c:d@e$', 'a%3Bb%2Cc%3Ad%40e%24'],
      ['"<>^`{|}', '%22%3C%3E%5E%60%7B%7C%7D'],
      ['ü', '%C3%BC'],
      ['日本', '%E6%97%A5%E6%9C%AC'],
      ['😀', '%F0%9F%98%80'],
      ['\n\r\t', '%0A%0D%09'],
      ['...', '...'],
      ['.a', '.a'],
      [42, '42'],
      [-7, '-7'],
      [0, '0'],
      [Number.MAX_SAFE_INTEGER, '9007199254740991'],
      [12345678901234567890n, '12345678901234567890']
    ]
  ) t.equal(segment(value), `/u/${encoded}/*`, String(value))
})

t.test('what can not be one segment is refused, and the error counts the values', async (t) => {
  const odd = [
    '',
    '.',
    '..',
    'a/b',
    '/',
    'a\\b',
    'a\0b',
    '\uD800',
    'a\uDC00b',
    1.5,
    NaN,
    Infinity,
    2 ** 53,
    -(2 ** 53),
    null,
    undefined,
    true,
    {},
    { toString: () => 'x' },
    ['x'],
    Symbol('x'),
    () => 'x',
    new Date(0)
  ]
  for (const value of odd) {
    t.throws(() => cdnPath`/c/${'fine'}/u/${value as string}`, {
      code: 'CDN_ACCESS_PATH_SEGMENT_INVALID',
      message:
        /^Value 2 of cdnPath .+ It must be a non-empty well-formed string, a safe integer or a bigint, be neither "\." nor "\.\.", and hold no slash, backslash or NUL$/
    }, String(value))
  }
})

t.test('says what is wrong with a value, and not the value', async (t) => {
  const words: ReadonlyArray<readonly [value: unknown, words: string]> = [
    [undefined, 'is undefined: is something missing, such as request.user.id?'],
    [null, 'is null: is something missing, such as request.user.id?'],
    ['', 'is empty: is something missing, such as request.user.id?'],
    [1.5, 'is a number that is no safe integer.'],
    [{ id: 1 }, 'is of the type object.'],
    ['\ud800', 'is not well-formed Unicode.'],
    ['..', 'is a dot segment.'],
    ['a/b', 'holds a slash, a backslash or NUL.']
  ]
  for (const [value, oddity] of words) {
    t.throws(() => cdnPath`/u/${value as string}/*`, {
      message: `Value 1 of cdnPath ${oddity} It must be a non-empty well-formed string, ` +
        'a safe integer or a bigint, be neither "." nor "..", and hold no slash, backslash or NUL'
    })
  }
})

t.test('values side by side build no dot segment and no encoded slash', async (t) => {
  t.equal(cdnPath`/u/${'a'}${'b'}.m3u8`.path, '/u/ab.m3u8')
  t.throws(() => cdnPath`/u/.${'.'}/x`, { code: 'CDN_ACCESS_PATH_SEGMENT_INVALID' })
  t.throws(() => cdnPath`/u/%${'2f'}x`, { code: 'CDN_ACCESS_PATH_INVALID' })
  t.throws(() => cdnPath`/u/%2${'e'}/x`, { code: 'CDN_ACCESS_PATH_INVALID' })
})

t.test('the result is frozen, prints as its path, and can not be forged', async (t) => {
  const made = cdnPath`/u/${'7'}/*`
  t.ok(Object.isFrozen(made))
  t.equal(String(made), '/u/7/*')
  t.ok(isCdnPath(made))
  t.throws(() => {
    ;(made as { path: string }).path = '/*'
  }, TypeError)
  t.equal(made.path, '/u/7/*')
  for (
    const forged of [
      { path: '/*', toString: () => '/*' },
      { ...made },
      Object.create(made),
      Object.freeze({ path: '/*' }),
      structuredClone({ path: made.path }),
      '/u/7/*',
      null,
      undefined,
      7
    ]
  ) t.notOk(isCdnPath(forged))
})

t.test('cdnPath is a tag: called like a function it makes nothing', async (t) => {
  for (const argument of ['/u/7/*', ['/u/7/*'], undefined, { raw: ['/*'] }]) {
    t.throws(() => cdnPath(argument as unknown as TemplateStringsArray), {
      code: 'CDN_ACCESS_PATH_INVALID',
      message: /was given to cdnPath like an argument/
    })
    t.throws(() => cdnPath.glob(argument as unknown as TemplateStringsArray), {
      code: 'CDN_ACCESS_PATH_INVALID'
    })
  }
  const broken = Object.assign([undefined], { raw: ['\\u'] }) as unknown as TemplateStringsArray
  t.throws(() => cdnPath(broken), {
    code: 'CDN_ACCESS_PATH_INVALID',
    message: 'The path "\\\\u" holds an escape sequence that is none'
  })
})

t.test('takes just what the grammar holds, among all short paths', async (t) => {
  const holds = (path: string): boolean => {
    const segments = path.split('/').slice(1)
    const last = segments.at(-1)
    return path.startsWith('/') && !/[?%;]/.test(path) && !segments.includes('.') &&
      !segments.includes('..') && !segments.slice(0, -1).includes('') &&
      !segments.slice(0, -1).some((segment) => segment.includes('*')) &&
      (last === '*' || !last!.includes('*'))
  }
  const odd: string[] = []
  for (
    let paths = [''];
    paths[0]!.length <= 6;
    paths = paths.flatMap((path) => ['/', '.', 'a', '*'].map((next) => path + next))
  ) {
    for (
      const path of paths.flatMap((each) =>
        each.length < 4 ? [each, `${each}?`, `${each};/a`, `${each}%/a`] : [each]
      )
    ) {
      let taken = true
      try {
        parseStaticPath(path)
      } catch {
        taken = false
      }
      if (taken !== holds(path)) odd.push(path)
    }
  }
  t.strictSame(odd, [])
})

t.test('a path that does not fit the grammar is refused with the rule', async (t) => {
  const encoded = ['/a%2fb', '/a%2Fb', '/a%5cb', '/a%5C', '/%2e%2e/b', '/a%2Ejpg', '/a%00']
  const readDifferently =
    'holds an encoded slash, backslash, dot or NUL, which servers read differently'
  for (
    const [path, rule] of [
      ['', 'must start with a slash'],
      ['u/7', 'must start with a slash'],

      ['/a b', 'holds the character U+0020, which must be percent-encoded'],
      ['/ü', 'holds the character U+00FC, which must be percent-encoded'],
      ['/😀', 'holds the character U+1F600, which must be percent-encoded'],
      ['/a\\b', 'holds the character U+005C, which must be percent-encoded'],
      ['/a;b', 'holds the character U+003B, which must be percent-encoded'],
      ['/a#b', 'holds the character U+0023, which must be percent-encoded'],
      ['/a\nb', 'holds the character U+000A, which must be percent-encoded'],
      ['/a"b', 'holds the character U+0022, which must be percent-encoded'],
      ['/a|b', 'holds the character U+007C, which must be percent-encoded'],
      ['/a^b', 'holds the character U+005E, which must be percent-encoded'],
      ['/a\0', 'holds the character U+0000, which must be percent-encoded'],
      ['/\uD800', 'holds the character U+D800, which must be percent-encoded'],
      ['/%', 'holds a "%" that is not followed by two hexadecimal digits'],
      ['/%4', 'holds a "%" that is not followed by two hexadecimal digits'],
      ['/%zz', 'holds a "%" that is not followed by two hexadecimal digits'],
      ...encoded.map((path) => [path, readDifferently]),
      ['/.', 'holds a dot segment'],
      ['/a/../b', 'holds a dot segment'],
      ['/a/..', 'holds a dot segment'],
      ['/./a', 'holds a dot segment'],
      ['//', 'holds an empty segment'],
      ['//a', 'holds an empty segment'],
      ['/a//b', 'holds an empty segment'],
      [
        'https://media.example.com/a',
        'names a host: paths are relative to the CDN\'s url, such as /courses/42/a.png'
      ]
    ] as Array<[string, string]>
  ) {
    const shown = JSON.stringify(path).slice(1, -1)
    for (
      const parse of [parseLiteralPath, parseStaticPath, (path: string) => cdnPath(template(path))]
    ) {
      t.throws(() => parse(path), {
        code: 'CDN_ACCESS_PATH_INVALID',
        message: `The path "${shown}" ${rule}`
      }, path)
    }
  }
})

t.test('what is no string is refused, not turned into one', async (t) => {
  const odd: unknown[] = [undefined, null, 7, {}, ['/a/*'], { toString: () => '/a' }]
  for (const path of odd as string[]) {
    t.throws(() => parseLiteralPath(path), {
      code: 'CDN_ACCESS_PATH_INVALID',
      message: /is no string$/
    })
    t.throws(() => parseStaticPath(path), {
      code: 'CDN_ACCESS_PATH_INVALID',
      message: /is no string$/
    })
  }
})

t.test('paths that fit are kept as they stand', async (t) => {
  for (
    const path of [
      '/',
      '/a',
      '/a/',
      '/a/b.m3u8',
      '/-._~!$&\'()+,=:@[]',
      '/a%20b',
      '/%C3%BC',
      '/a/...',
      '/a/.b'
    ]
  ) {
    t.equal(parseLiteralPath(path), path)
    t.equal(parseStaticPath(path), path)
  }
})

t.test('a wildcard stands as the last segment alone', async (t) => {
  t.equal(parseStaticPath('/*'), '/*')
  t.equal(parseStaticPath('/a/b/*'), '/a/b/*')
  for (
    const path of ['/a*', '/a/b*', '/*/a', '/a/**', '/a/*.ts', '/a?', '/a/?', '/a?/*', '/a/*/*']
  ) {
    const message = `The path "${path}" may hold "*" as its last segment alone, and no "?": ` +
      'use cdnPath.glob for other patterns'
    t.throws(() => parseStaticPath(path), { code: 'CDN_ACCESS_PATH_INVALID', message }, path)
    t.throws(() => cdnPath(template(path)), { code: 'CDN_ACCESS_PATH_INVALID', message }, path)
    t.equal(cdnPath.glob(template(path)).path, path)
  }
})

t.test('a glob still encodes what is interpolated and keeps the rest of the grammar', async (t) => {
  t.equal(cdnPath.glob`/u/${'*?'}/*/seg-?.ts`.path, '/u/%2A%3F/*/seg-?.ts')
  t.ok(isCdnPath(cdnPath.glob`/a*`))
  t.throws(() => cdnPath.glob`/a/../*.ts`, { code: 'CDN_ACCESS_PATH_INVALID' })
  t.throws(() => cdnPath.glob`/u/${'..'}/*.ts`, { code: 'CDN_ACCESS_PATH_SEGMENT_INVALID' })
})

t.test('a plain string with a wildcard is refused by a code of its own, on one line', async (t) => {
  for (const path of ['/*', '/u/7/*', '/a?', '*', 'a\n*']) {
    t.throws(() => parseLiteralPath(path), {
      code: 'CDN_ACCESS_PATH_WILDCARD',
      message: `The path "${path.replace('\n', '\\n')}" holds a wildcard in a plain string: ` +
        'make it with the cdnPath tag, such as cdnPath`/u/${id}/*`, so that no value can widen it'
    }, path)
  }
})

t.test('the kind and the literal part of a path', async (t) => {
  for (
    const [path, kind, literal] of [
      ['/', 'exact', '/'],
      ['/a/b', 'exact', '/a/b'],
      ['/*', 'prefix', '/'],
      ['/a/b/*', 'prefix', '/a/b/'],
      ['/a/b*', 'glob', '/a/'],
      ['/a/*/b', 'glob', '/a/'],
      ['/a?/*', 'glob', '/'],
      ['/a/*.ts', 'glob', '/a/'],
      ['/a/**', 'glob', '/a/'],
      ['/a/b?', 'glob', '/a/']
    ] as const
  ) {
    t.equal(pathKind(path), kind, path)
    t.equal(literalPart(path), literal, path)
  }
})
