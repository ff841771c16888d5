import t from 'tap'
import { accessLines, clearLines, cookiePairs, cookiesMeet, hostWithin, readCookie, ticketLine, type AccessCdn, type CookieAttributes, type SerializeCookie } from '../src/cookies.js'
import { host, media } from './fixtures/server.js'

const attributes: CookieAttributes = { domain: 'example.com', sameSite: 'lax', secure: true, httpOnly: true, partitioned: false, lifetime: 'ttl' }
const target: AccessCdn = { cdn: media(), attributes }

async function serializer (t: { teardown: (close: () => unknown) => void }): Promise<SerializeCookie> {
  const app = await host(t)
  return app.serializeCookie.bind(app)
}

t.test('reads raw pairs in their order', async (t) => {
  t.same(cookiePairs('a=1; b=2;c=3'), [['a', '1'], ['b', '2'], ['c', '3']])
  t.same(cookiePairs('a=1; a=2'), [['a', '1'], ['a', '2']], 'duplicates are kept')
  t.same(cookiePairs('a="1"; b=%41+b'), [['a', '"1"'], ['b', '%41+b']], 'quotes and percent signs are left alone')
  t.same(cookiePairs(' a \t=\t 1 ;b=2 3'), [['a', '1'], ['b', '2 3']], 'space and tab around names and values are not part of them')
  t.same(cookiePairs('a; b=2; ;=3;c='), [['b', '2'], ['', '3'], ['c', '']], 'what has no "=" is no pair')
  t.same(cookiePairs('a=b=c'), [['a', 'b=c']])
  t.same(cookiePairs(''), [])
  t.same(cookiePairs(undefined), [])
})

t.test('trims a long run of spaces in linear time', async (t) => {
  const start = performance.now()
  t.same(cookiePairs(`a=b${' '.repeat(200_000)}c`)[0]?.[1]?.length, 200_002)
  t.ok(performance.now() - start < 1000)
})

t.test('reads the first cookie of exactly one name', async (t) => {
  t.equal(readCookie('cdn=1; cdn=2', 'cdn'), '1')
  t.equal(readCookie('xcdn=0; cdnx=0; cdn-x=0; cdn=1', 'cdn'), '1')
  t.equal(readCookie('cdn=', 'cdn'), '')
  t.equal(readCookie('CDN=0', 'cdn'), undefined, 'names are case-sensitive')
  t.equal(readCookie('a=cdn; b="cdn=1"', 'cdn'), undefined, 'a value is no name')
  t.equal(readCookie('=cdn=1', 'cdn'), undefined, 'a cookie without a name has none')
  t.equal(readCookie('cdn', 'cdn'), undefined)
  t.equal(readCookie(undefined, 'cdn'), undefined)
})

t.test('does not take a name in other white space for the __Host- name', async (t) => {
  for (const space of ['\u00a0', '\u0085', '\u000b', '\u000c', '\ufeff', '\u2000', '\u3000']) {
    t.equal(readCookie(`${space}__Host-cdn-access=planted`, '__Host-cdn-access'), undefined, escape(space))
    t.equal(readCookie(`__Host-cdn-access${space}=planted`, '__Host-cdn-access'), undefined, escape(space))
  }
})

t.test('writes an access cookie as it stands, with every attribute', async (t) => {
  const serialize = await serializer(t)
  const cookie = { name: 'CloudFront-Policy', value: 'a+b/c=~_-!', path: '/u/1/' }
  t.equal(accessLines(serialize, target, [cookie], 600)[0],
    'CloudFront-Policy=a+b/c=~_-!; Max-Age=600; Domain=example.com; Path=/u/1/; HttpOnly; Secure; SameSite=Lax')
  const other = { ...attributes, domain: undefined, sameSite: 'none', httpOnly: false, partitioned: true, lifetime: 'session' } as const
  t.equal(accessLines(serialize, { ...target, attributes: other }, [cookie], 600)[0],
    'CloudFront-Policy=a+b/c=~_-!; Path=/u/1/; Secure; Partitioned; SameSite=None')
})

t.test('writes each cookie of several sets with its own path', async (t) => {
  const cookies = ['/a/', '/a/', '/b/', '/a/'].map((path, index) => ({ name: `N${index}`, value: 'v', path }))
  t.strictSame(accessLines(await serializer(t), target, cookies, 600).map((line) => /^(N\d)=v; .*Path=([^;]+); HttpOnly; Secure; SameSite=Lax$/.exec(line)?.slice(1)), cookies.map(({ name, path }) => [name, path]))
})

t.test('clears several cookies of one place alike, and none where there is none', async (t) => {
  const serialize = await serializer(t)
  const place = { domain: undefined, path: '/u/1/', partitioned: false }
  t.strictSame(clearLines(serialize, ['A', 'B'], place, attributes), ['A', 'B'].map((name) => `${name}=; Max-Age=0; Path=/u/1/; Secure; SameSite=Lax`))
  t.strictSame(clearLines(serialize, [], place, attributes), [])
})

t.test('refuses a value with what is no cookie octet', async (t) => {
  const serialize = await serializer(t)
  for (const character of [' ', '"', ',', ';', '\\', '\r', '\n', '\0', '\u007f', 'é']) {
    t.throws(() => accessLines(serialize, target, [{ name: 'A', value: `a${character}b`, path: '/' }], 600), {
      code: 'CDN_ACCESS_COOKIE_VALUE_INVALID',
      message: 'The CDN "cloudfront" made a value for the cookie "A" with a character that is not a cookie octet (RFC 6265): a path, a claim or an option holds what this format can\'t'
    }, JSON.stringify(character))
  }
})

t.test('refuses a cookie of more than 4096 bytes', async (t) => {
  const serialize = await serializer(t)
  t.match(accessLines(serialize, target, [{ name: 'A', value: 'a'.repeat(4095), path: '/' }], 600)[0], /^A=a{4095};/)
  t.throws(() => accessLines(serialize, target, [{ name: 'A', value: 'a'.repeat(4096), path: '/' }], 600), {
    code: 'CDN_ACCESS_COOKIE_TOO_LARGE',
    message: 'The cookie "A" would be 4097 bytes, and browsers keep 4096: grant fewer or shorter paths, or a common prefix'
  })
})

t.test('writes the ticket on the API\'s own host', async (t) => {
  const serialize = await serializer(t)
  t.equal(ticketLine(serialize, '__Host-cdn-access', 'x', { ...attributes, httpOnly: false }, 600),
    '__Host-cdn-access=x; Max-Age=600; Path=/; HttpOnly; Secure; SameSite=Lax')
})

t.test('clears with the Domain, Path and partition that a cookie was set with', async (t) => {
  const serialize = await serializer(t)
  t.equal(clearLines(serialize, ['A'], { domain: 'example.com', path: '/u/1/', partitioned: false }, attributes)[0],
    'A=; Max-Age=0; Domain=example.com; Path=/u/1/; Secure; SameSite=Lax')
  t.equal(clearLines(serialize, ['A'], { domain: undefined, path: '/', partitioned: true }, { secure: false, sameSite: 'none' })[0],
    'A=; Max-Age=0; Path=/; Secure; Partitioned; SameSite=None')
  t.equal(clearLines(serialize, ['A'], { domain: undefined, path: '/', partitioned: false }, { secure: false, sameSite: 'strict' })[0],
    'A=; Max-Age=0; Path=/; SameSite=Strict')
})

t.test('knows which CDNs\' cookies meet', async (t) => {
  const at = (url: string, domain: string | undefined, cookieNames = ['A', 'B']): AccessCdn => ({ cdn: { ...media({ url }), cookieNames }, attributes: { ...attributes, domain } })
  const first = at('https://a.example.com', 'example.com')
  t.equal(cookiesMeet(first, at('https://b.example.com', 'example.com', ['C', 'B'])), 'B')
  t.equal(cookiesMeet(first, at('https://b.example.com', 'example.com', ['C'])), undefined)
  t.equal(cookiesMeet(first, at('https://b.example.org', 'example.org')), undefined)
  t.equal(cookiesMeet(first, at('https://x.b.example.com', 'b.example.com')), 'A', 'the wider domain reaches the other CDN')
  t.equal(cookiesMeet(at('https://x.b.example.com', 'b.example.com'), first), 'A', 'in either order')
  t.equal(cookiesMeet(at('https://a.a.example.com', 'a.example.com'), at('https://b.b.example.com', 'b.example.com')), undefined)
  t.equal(cookiesMeet(at('https://a.example.com', undefined), at('https://b.example.org', undefined)), 'A', 'both on the API\'s own host')
  t.equal(cookiesMeet(at('https://a.example.com', undefined), first), 'A')
})

t.test('knows a host below a domain from one that only ends alike', async (t) => {
  t.equal(hostWithin('a.example.com', 'example.com'), true)
  t.equal(hostWithin('example.com', 'example.com'), true)
  t.equal(hostWithin('badexample.com', 'example.com'), false)
  t.equal(hostWithin('com', 'example.com'), false)
})
