import t from 'tap'
import { checkRequestPath } from '../../../src/cdn/format/request-path.js'
import { verdict } from '../../../src/cdn/format/verdict.js'

const check = async (
  url: string
): Promise<{ allowed: boolean, detail: string | undefined, target: unknown }> => {
  let target: unknown
  const { allowed, checks } = await verdict(403, (list) => {
    target = checkRequestPath(list, url)
  })
  t.strictSame(checks.map(({ name }) => name), ['path'])
  return { allowed, detail: checks[0]?.detail, target }
}

t.test('a URL is cut at the first question mark', async (t) => {
  for (
    const [url, target] of [
      ['/a/b', { path: '/a/b', query: undefined }],
      ['/a?', { path: '/a', query: '' }],
      ['/a?x=1&y=/../', { path: '/a', query: 'x=1&y=/../' }],
      ['/a?x?y', { path: '/a', query: 'x?y' }],
      ['/', { path: '/', query: undefined }]
    ] as const
  ) t.strictSame((await check(url)).target, target, url)
})

t.test('a path that names one file alone is let through', async (t) => {
  for (
    const url of [
      '/a.b/..c/d..',
      '/...',
      '/.well-known/x',
      '/a%20b',
      '/%C3%BC',
      '/-._~!$&\'()*+,=:@;v=1',
      '/a%2ejpg',
      '/a//b',
      '/a;..b',
      '/%252e%252e/x',
      '/a?%2e%2e/%2f'
    ]
  ) t.ok((await check(url)).allowed, url)
})

t.test('a path that servers may read in another way is refused with the reason', async (t) => {
  const encoded = ['/a/..%2fb', '/a%2Fb', '/a/..%5cb', '/a%5C..', '/a%00', '/a%00.png']
  const odd = ['/a b', '/a\tb', '/a\nb', '/a\0', '/a\x7f', '/ü', '/\uFF0E\uFF0E/b']
  for (
    const [url, reason] of [
      ['', 'does not start with a slash'],
      ['a', 'does not start with a slash'],
      ['http://x/a', 'does not start with a slash'],
      ['?x', 'does not start with a slash'],
      ['*', 'does not start with a slash'],
      ...[
        '/..',
        '/../x',
        '/a/../b',
        '/a/..',
        '/.',
        '/./a',
        '/a/.',
        '/%2e%2e/b',
        '/a/%2E./b',
        '/a/.%2e',
        '/%2e',
        '/a/..;/b',
        '/a/..;x=1/b',
        '/a/.;',
        '/a/%2e%2E;v/b',
        '/a/..%3b/b',
        '/a/..%3Bx'
      ].map((url) => [url, 'holds a dot segment']),
      ...encoded.map((url) => [url, 'holds an encoded slash, backslash or NUL']),
      ['/a\\..\\b', 'holds a backslash'],
      ['/a#/../b', 'holds a fragment'],
      ['/a%', 'holds a "%" that is not followed by two hexadecimal digits'],
      ['/a%2', 'holds a "%" that is not followed by two hexadecimal digits'],
      ['/%u002e/b', 'holds a "%" that is not followed by two hexadecimal digits'],
      ...odd.map((url) => [url, 'holds a space, a control or a non-ASCII character'])
    ] as Array<[string, string]>
  ) {
    const { allowed, detail } = await check(url)
    t.notOk(allowed, url)
    t.equal(
      detail,
      `The path ${reason}: an origin could read it as another file. This is stricter than the CDN.`,
      url
    )
  }
})
