import t from 'tap'
import { cdnPath, isCdnPath } from '../../src/cdn/cdn-path.js'

const segment = (value: unknown): string => cdnPath`/u/${value as string}/*`.path

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
        /^Value 2 of cdnPath .+ It must be a non-empty well-formed string, a safe integer or a bigint, be neither "\." nor "\.\.", and hold no slash, backslash or NUL: grant a hash of such a value$/
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
        'a safe integer or a bigint, be neither "." nor "..", and hold no slash, backslash or NUL: grant a hash of such a value'
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
