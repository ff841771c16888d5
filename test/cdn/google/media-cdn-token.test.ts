import t from 'tap'
import type { CdnGrant } from '../../../src/cdn/cdn.js'
import { googleMediaCdn } from '../../../src/cdn/google/media-cdn.js'
import { opensslEd25519, opensslHmac, sharedKey, tokenKey } from '../../fixtures/google.js'

const expiresAt = 1_663_070_400
const cdn = googleMediaCdn({
  url: 'http://10.20.30.40',
  keyName: 'k',
  privateKey: tokenKey,
  mode: 'token'
})
const key = cdn.parseKey({ keyName: 'k', privateKey: tokenKey })
const shared = cdn.parseKey({ keyName: 'k', sharedKey })
const sign = async (grant: Partial<CdnGrant>, by = key) =>
  (await cdn.sign({ paths: ['/*'], expiresAt, ...grant }, by))[0]!
const signUrl = (path: string, granted: string, by = key) =>
  cdn.signUrl!({ path, query: '' }, { paths: [granted], expiresAt }, by)
const ranges = async (ip: string): Promise<string> =>
  Buffer.from(/IPRanges=([\w-]+)/.exec((await sign({ ip })).value)![1]!, 'base64url').toString()
const plan = (grant: Partial<CdnGrant>) => cdn.plan({ paths: ['/*'], expiresAt, ...grant })

t.test('signs the tokens that Google\'s samples sign', async (t) => {
  t.equal(
    await signUrl('/a', '/*'),
    'http://10.20.30.40/a?edge-cache-token=URLPrefix=aHR0cDovLzEwLjIwLjMwLjQwLw~' +
      'Expires=1663070400~Signature=OQLXEjnApFGJaGZ_jvp2R7VY5q3ic-HT3igFpi9iPsJRXtQuvPF4cxZUT-rtC' +
      'qzteXx3vSRhk09FxgDQauO_DA'
  )
  t.equal(
    await signUrl('/a', '/*', shared),
    'http://10.20.30.40/a?edge-cache-token=URLPrefix=aHR0cDovLzEwLjIwLjMwLjQwLw~' +
      'Expires=1663070400~hmac=409722313cf6d987da44bb360e60dccc3d79764520fc5e3b57654e1d4d2c862e'
  )
  t.equal(
    await signUrl('/example.m3u8', '/example.m3u8'),
    'http://10.20.30.40/example.m3u8?edge-cache-token=FullPath~Expires=1663070400~' +
      'Signature=X74OTNjtseIUmsab-YiOTZ8jyX_KG7v4YQWwcFpfFmjhzaX8NdweMc9Wglj8wxEsEW85g3_MBG3T9jzL' +
      'ZFQDCw'
  )
  t.equal(
    await signUrl('/example.m3u8', '/example.m3u8', shared),
    'http://10.20.30.40/example.m3u8?edge-cache-token=FullPath~Expires=1663070400~' +
      'hmac=365b41fd77297371d890fc9a56e4e3d3baa4c7afbd230a0e9a81c8e1bcab9420'
  )
})

t.test('keeps a URL\'s own query before the token', async (t) => {
  t.match(
    await cdn.signUrl!({ path: '/a', query: 'q=1' }, { paths: ['/*'], expiresAt }, key),
    /^http:\/\/10\.20\.30\.40\/a\?q=1&edge-cache-token=URLPrefix=/
  )
  await t.rejects(
    cdn.signUrl!({ path: '/a', query: 'edge-cache-token=x' }, { paths: ['/*'], expiresAt }, key),
    { code: 'CDN_ACCESS_SIGNED_URL_UNSUPPORTED' }
  )
})

t.test('puts one prefix into a cookie bound to the host', async (t) => {
  t.strictSame(plan({ paths: ['/v/*'] }), ['/v/'])
  const { name, value, path } = await sign({ paths: ['/v/*'] })
  const text = 'URLPrefix=aHR0cDovLzEwLjIwLjMwLjQwL3Yv~Expires=1663070400'
  t.strictSame([name, value, path], [
    'Edge-Cache-Cookie',
    `${text}~Signature=${opensslEd25519(tokenKey, text).toString('base64url')}`,
    '/v/'
  ])
})

t.test('puts several paths and exact files into one cookie', async (t) => {
  t.strictSame(plan({ paths: ['/v/1/*', '/v/a.png'] }), ['/v/'])
  const { value, path } = await sign({ paths: ['/v/1/*', '/v/a.png'] }, shared)
  const text = 'PathGlobs=/v/1/*!/v/a.png~Expires=1663070400'
  t.strictSame([value, path], [
    `${text}~hmac=${opensslHmac('sha256', sharedKey, text).toString('hex')}`,
    '/v/'
  ])
  t.match((await sign({ paths: ['/a.png'] })).value, /^PathGlobs=\/a\.png~/)
})

t.test('carries start, claims and address in Google\'s order', async (t) => {
  const grant = {
    paths: ['/*', '/a'],
    notBefore: 1_663_027_200,
    ip: '203.0.113.0/24',
    claims: { headers: { 'X-Foo': 'bar = baz' }, data: 'test-data', sessionId: 'test-id' }
  }
  const sent =
    'PathGlobs=/*!/a~Starts=1663027200~Expires=1663070400~SessionID=test-id~Data=test-data~' +
    'Headers=X-Foo~IPRanges=MjAzLjAuMTEzLjAvMjQ'
  const proof = opensslEd25519(tokenKey, sent.replace('X-Foo', 'X-Foo=bar = baz'))
  t.equal((await sign(grant)).value, `${sent}~Signature=${proof.toString('base64url')}`)
})

t.test('writes a single address as a range of one', async (t) => {
  t.equal(await ranges('192.0.2.1'), '192.0.2.1/32')
  t.equal(await ranges('2001:db8::1'), '2001:db8::1/128')
  t.equal(await ranges('2001:db8::/64'), '2001:db8::/64')
})

t.test('names several headers in a URL, and one in a cookie', async (t) => {
  const claims = { headers: { Foo: 'bar', BAZ: 'quux' } }
  t.match(
    await cdn.signUrl!({ path: '/a', query: '' }, { paths: ['/*'], expiresAt, claims }, key),
    /~Headers=Foo,BAZ~Signature=/
  )
  t.throws(() => plan({ claims }), {
    code: 'CDN_ACCESS_GRANT_UNSUPPORTED',
    message: 'The CDN "googleMediaCdn" can\'t hold "claims.headers" of a grant: ' +
      'their names are joined by a comma, which no cookie can hold. Name one header'
  })
})

t.test('refuses claims that would not be what they are when read', async (t) => {
  const odd: Array<[string, unknown]> = [
    ['sessionId', 'a~Expires=9'],
    ['sessionId', 5],
    ['sessionId', ''],
    ['data', 'a b'],
    ['data', 'a=b'],
    ['user', 'x'],
    ['headers', {}],
    ['headers', null],
    ['headers', 'Foo=bar'],
    ['headers', { 'A=B': 'x' }],
    ['headers', { A: 'x~y' }],
    ['headers', { A: 'x,y' }],
    ['headers', { A: ' x' }],
    ['headers', { A: 5 }],
    ['headers', { A: 'é' }]
  ]
  for (const [claim, value] of odd) {
    const error = {
      code: 'CDN_ACCESS_GRANT_UNSUPPORTED',
      message: new RegExp(`"claims\\.${claim}"`)
    }
    t.throws(() => plan({ claims: { [claim]: value } }), error, `${claim} ${JSON.stringify(value)}`)
    await t.rejects(
      cdn.signUrl!({ path: '/a', query: '' }, {
        paths: ['/*'],
        expiresAt,
        claims: { [claim]: value }
      }, key),
      error
    )
  }
})

t.test('refuses paths that a list would not hold', async (t) => {
  for (const path of ['/a!b', '/a,b', '/a%20b', '/a~b', '/a&b', '/a=b']) {
    t.throws(() => plan({ paths: ['/x/*', path] }), {
      code: 'CDN_ACCESS_PATH_UNSUPPORTED',
      message: /goes into a list in which characters/
    }, path)
  }
  t.throws(() => plan({ paths: ['/x/*.ts'] }), {
    code: 'CDN_ACCESS_PATH_UNSUPPORTED',
    message: /has no pattern inside a path/
  })
  t.strictSame(plan({ paths: ['/a%20b!/*'] }), ['/a%20b!/'])
})

t.test('refuses an exact path that would be read as further fields', async (t) => {
  await t.rejects(
    cdn.signUrl!({ path: '/a~Starts=1', query: '' }, { paths: ['/a~Starts=1'], expiresAt }, key),
    {
      code: 'CDN_ACCESS_PATH_UNSUPPORTED',
      message: /it holds "~", which separates the fields of a token/
    }
  )
})
