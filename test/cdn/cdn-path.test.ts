import t from 'tap'
import {
  cdnPath,
  isCdnPath,
  literalPart,
  parseLiteralPath,
  parseStaticPath,
  pathKind
} from '../../src/cdn/cdn-path.js'

const template = (text: string): TemplateStringsArray => Object.assign([text], { raw: [text] })

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
      ['/a/b*', 'beginning', '/a/'],
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
