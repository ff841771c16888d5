import t from 'tap'
import type { AccessCdn, CookieAttributes } from '../../src/cookies/cookies.js'
import { createSetCookieWriter, type SetCookieWriter } from '../../src/cookies/set-cookie.js'
import { host, media } from '../fixtures/server.js'

const attributes: CookieAttributes = {
  domain: 'example.com',
  sameSite: 'lax',
  secure: true,
  httpOnly: true,
  partitioned: false,
  lifetime: 'ttl'
}
const target: AccessCdn = { cdn: media(), attributes }

async function writer (
  t: { teardown: (close: () => unknown) => void },
  ticketAttributes = attributes
): Promise<SetCookieWriter> {
  const app = await host(t)
  return createSetCookieWriter(app.serializeCookie.bind(app), ticketAttributes)
}

t.test('writes an access cookie as it stands, with every attribute', async (t) => {
  const setCookie = await writer(t)
  const cookie = { name: 'CloudFront-Policy', value: 'a+b/c=~_-!', path: '/u/1/' }
  t.equal(
    setCookie.access(target, [cookie], 600)[0],
    'CloudFront-Policy=a+b/c=~_-!; Max-Age=600; Domain=example.com; Path=/u/1/; ' +
      'HttpOnly; Secure; SameSite=Lax'
  )
  const other = {
    ...attributes,
    domain: undefined,
    sameSite: 'none',
    httpOnly: false,
    partitioned: true,
    lifetime: 'session'
  } as const
  t.equal(
    setCookie.access({ ...target, attributes: other }, [cookie], 600)[0],
    'CloudFront-Policy=a+b/c=~_-!; Path=/u/1/; Secure; Partitioned; SameSite=None'
  )
})

t.test('writes each cookie of several sets with its own path', async (t) => {
  const cookies = ['/a/', '/a/', '/b/', '/a/'].map((path, index) => ({
    name: `N${index}`,
    value: 'v',
    path
  }))
  const lines = (await writer(t)).access(target, cookies, 600)
  const pattern = /^(N\d)=v; .*Path=([^;]+); HttpOnly; Secure; SameSite=Lax$/
  t.strictSame(
    lines.map((line) => pattern.exec(line)?.slice(1)),
    cookies.map(({ name, path }) => [name, path])
  )
})

t.test('clears several cookies of one place alike, and none where there is none', async (t) => {
  const setCookie = await writer(t)
  const place = { domain: undefined, path: '/u/1/', partitioned: false }
  t.strictSame(
    setCookie.clear(['A', 'B'], place, attributes),
    ['A', 'B'].map((name) => `${name}=; Max-Age=0; Path=/u/1/`)
  )
  t.strictSame(setCookie.clear([], place, attributes), [])
})

t.test('refuses a value with what is no cookie octet', async (t) => {
  const setCookie = await writer(t)
  for (const character of [' ', '"', ',', ';', '\\', '\r', '\n', '\0', '\u007f', 'é']) {
    const cookie = { name: 'A', value: `a${character}b`, path: '/' }
    t.throws(() => setCookie.access(target, [cookie], 600), {
      code: 'CDN_ACCESS_COOKIE_VALUE_INVALID',
      message: 'The CDN "cloudfront" made a value for the cookie "A" with a character that is ' +
        'not a cookie octet (RFC 6265): a path, a claim or an option holds what this format can\'t'
    }, JSON.stringify(character))
  }
})

t.test('refuses a cookie of more than 4096 bytes', async (t) => {
  const setCookie = await writer(t)
  const write = (length: number): string | undefined =>
    setCookie.access(target, [{ name: 'A', value: 'a'.repeat(length), path: '/' }], 600)[0]
  t.match(write(4095), /^A=a{4095};/)
  t.throws(() => write(4096), {
    code: 'CDN_ACCESS_COOKIE_TOO_LARGE',
    message: 'The cookie "A" would be 4097 bytes, and browsers keep 4096: ' +
      'grant fewer or shorter paths, or a common prefix'
  })
})

t.test('writes the ticket on the API\'s own host', async (t) => {
  const setCookie = await writer(t, { ...attributes, httpOnly: false })
  t.equal(
    setCookie.ticket('__Host-cdn-access', 'x', 600),
    '__Host-cdn-access=x; Max-Age=600; Path=/; HttpOnly; Secure; SameSite=Lax'
  )
})

t.test('clears with the Domain, Path and partition that a cookie was set with', async (t) => {
  const setCookie = await writer(t)
  const below = { domain: 'example.com', path: '/u/1/', partitioned: false }
  t.equal(
    setCookie.clear(['A'], below, attributes)[0],
    'A=; Max-Age=0; Domain=example.com; Path=/u/1/'
  )
  const apart = { domain: undefined, path: '/', partitioned: true }
  t.equal(
    setCookie.clear(['A'], apart, { ...attributes, secure: false, sameSite: 'none' })[0],
    'A=; Max-Age=0; Path=/; Secure; Partitioned; SameSite=None'
  )
  const own = { domain: undefined, path: '/', partitioned: false }
  t.equal(
    setCookie.clear(['A'], own, { ...attributes, secure: false, sameSite: 'strict' })[0],
    'A=; Max-Age=0; Path=/'
  )
})

t.test('writes what it wrote before with another Max-Age', async (t) => {
  const setCookie = await writer(t)
  const maxAges = [600, 600, 30, 600]
  const cookie = { name: 'A', value: 'v', path: '/' }
  t.strictSame(
    maxAges.map((maxAge) => setCookie.access(target, [cookie], maxAge)[0]),
    maxAges.map((maxAge) =>
      `A=v; Max-Age=${maxAge}; Domain=example.com; Path=/; HttpOnly; Secure; SameSite=Lax`
    )
  )
})

t.test('clears at another place with what belongs to it', async (t) => {
  const setCookie = await writer(t)
  const places = [
    { domain: 'example.com', partitioned: false, path: '/a/' },
    { domain: 'example.com', partitioned: false, path: '/b/' },
    { domain: undefined, partitioned: false, path: '/a/' },
    { domain: undefined, partitioned: true, path: '/a/' }
  ]
  t.strictSame(places.flatMap((place) => setCookie.clear(['A'], place, attributes)), [
    'A=; Max-Age=0; Domain=example.com; Path=/a/',
    'A=; Max-Age=0; Domain=example.com; Path=/b/',
    'A=; Max-Age=0; Path=/a/',
    'A=; Max-Age=0; Path=/a/; Secure; Partitioned; SameSite=Lax'
  ])
})

t.test('takes the ticket away where it was set', async (t) => {
  t.equal(
    (await writer(t)).clearTicket('__Host-cdn-access'),
    '__Host-cdn-access=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax'
  )
  t.equal(
    (await writer(t, { ...attributes, sameSite: 'none', partitioned: true })).clearTicket(
      '__Host-cdn-access'
    ),
    '__Host-cdn-access=; Max-Age=0; Path=/; HttpOnly; Secure; Partitioned; SameSite=None'
  )
})
