import t from 'tap'
import {
  cdnPath,
  type Cdn,
  type CdnAccess,
  type CdnGrant,
  type SignUrlOptions
} from '../../src/index.js'
import { clock, media, publicKey, start } from '../fixtures/server.js'

type Test = Parameters<typeof start>[0]

async function access (t: Test, cdn: Cdn | Cdn[] = media()): Promise<CdnAccess> {
  return (await start(t, {
    cdn,
    paths: Array.isArray(cdn) ? [{ path: '/*', cdn: cdn[0]!.name }] : undefined,
    ttl: 600
  })).cdnAccess
}

const other = media({
  name: 'files',
  url: 'https://files.example.org',
  cookie: { domain: 'example.org' }
})

t.test('signs one file, with its query', async (t) => {
  const { signUrl, explain } = await access(t)
  for (const target of ['/a/b.png', cdnPath`/a/${'b.png'}`, '/a/b.png?width=7&x=a%20b']) {
    const url = await signUrl(target)
    t.ok(url.startsWith(`https://media.example.com${String(target)}`), url)
    t.match(url, /[?&]Expires=1700000600&Key-Pair-Id=K1&Signature=/)
    t.match(await explain({ url }), { allowed: true, cdn: 'cloudfront' })
    t.match(await explain({ url: url.replace('b.png', 'c.png') }), { allowed: false })
    t.match(await explain({ url, at: clock + 600 }), {
      allowed: false,
      checks: [{}, {}, {}, {}, {}, {}, { name: 'expiry' }]
    })
  }
})

t.test('signs for all below a scope', async (t) => {
  const { signUrl, explain } = await access(t)
  const url = await signUrl('/v/1/index.m3u8', { scope: cdnPath`/v/1/*`, ttl: '1m' })
  t.match(await explain({ url: url.replace('index.m3u8', 'segment-7.ts') }), { allowed: true })
  t.match(await explain({ url: url.replace('/v/1/', '/v/2/') }), { allowed: false })
  t.match(await explain({ url, at: clock + 60 }), { allowed: false })
})

t.test('binds a URL to an address and a start', async (t) => {
  const { signUrl, explain } = await access(t)
  const url = await signUrl('/a.png', { ip: '203.0.113.7', notBefore: clock + 10 })
  t.match(await explain({ url, ip: '203.0.113.7', at: clock + 11 }), { allowed: true })
  t.match(await explain({ url, ip: '203.0.113.8', at: clock + 11 }), { allowed: false })
  t.match(await explain({ url, ip: '203.0.113.7', at: clock + 10 }), { allowed: false })
})

t.test('signs for the CDN that is named', async (t) => {
  const { signUrl } = await access(t, [media(), other])
  t.match(await signUrl('/a.png', { cdn: 'files' }), /^https:\/\/files\.example\.org\/a\.png\?/)
  t.match(
    await signUrl('/a.png', { cdn: 'cloudfront' }),
    /^https:\/\/media\.example\.com\/a\.png\?/
  )
  for (const cdn of [undefined, null]) {
    await t.rejects(signUrl('/a.png', { cdn } as unknown as SignUrlOptions), {
      code: 'CDN_ACCESS_OPTION_INVALID',
      message: 'Option "cdn" must be given to signUrl, for a URL is of one CDN: ' +
        '"cloudfront" or "files"'
    })
  }
  await t.rejects(signUrl('/a.png', { cdn: 'akamai' }), {
    code: 'CDN_ACCESS_CDN_UNKNOWN',
    message: 'No CDN is called "akamai": the names are cloudfront, files'
  })
})

t.test('takes one literal file', async (t) => {
  const { signUrl } = await access(t)
  for (const path of ['/a/*', cdnPath`/a/*`, cdnPath.glob`/a?b`]) {
    await t.rejects(signUrl(path), {
      code: 'CDN_ACCESS_PATH_INVALID',
      message: `The path "${
        String(path)
      }" holds a wildcard, and a URL is of one file: give the file here, and the wider path as "scope"`
    })
  }
  for (
    const path of [
      'a.png',
      'https://media.example.com/a.png',
      '/a/../b',
      '/a%2fb',
      '/a b',
      '/a#b',
      '/a?b#c',
      '/a?b c',
      '/a?b*',
      '/a?%zz',
      '/a?b\r\nc',
      ''
    ]
  ) {
    await t.rejects(signUrl(path), { code: 'CDN_ACCESS_PATH_INVALID' }, path)
  }
  for (const path of [undefined, null, 7, { path: '/a' }, ['/a']]) {
    await t.rejects(signUrl(path as unknown as string), {
      code: 'CDN_ACCESS_OPTION_INVALID',
      message: 'Option "path" must be a literal path, or what cdnPath made'
    })
  }
})

t.test('names what must be encoded in a query', async (t) => {
  const { signUrl } = await access(t)
  for (const [path, found] of [['/a?b*', '"*"'], ['/a?é=1', '"é"'], ['/a?%zz', '"%"']] as const) {
    await t.rejects(signUrl(path), {
      code: 'CDN_ACCESS_PATH_INVALID',
      message: `The path "/a" has a query with ${found}, which must be percent-encoded: ` +
        'encode it, or give the query as an object, signUrl(path, { query })'
    })
  }
  await t.rejects(signUrl('/a?n=it\'s'), { message: /has a query with "'", which/ })
})

t.test('encodes a query that it is given as an object', async (t) => {
  const { signUrl, explain } = await access(t)
  const query = { 'filename*': 'UTF-8\'\'a b', v: 2, path: '/x?y&z' }
  for (const target of ['/a.png', cdnPath`/${'a.png'}`]) {
    const url = await signUrl(target, { query })
    t.match(url, '/a.png?filename%2A=UTF-8%27%27a%20b&v=2&path=%2Fx%3Fy%26z&Expires=')
    t.match(await explain({ url }), { allowed: true })
    t.match(await explain({ url: new URL(url).href }), { allowed: true }, 'as browsers send it')
  }
  t.match(await signUrl('/a.png', { query: {} }), '/a.png?Expires=')
  for (const odd of [null, 'v=2', ['v'], { v: undefined }, { v: Number.NaN }, { v: '\ud800' }]) {
    await t.rejects(signUrl('/a', { query: odd } as unknown as SignUrlOptions), {
      code: 'CDN_ACCESS_OPTION_INVALID',
      message: 'Option "query" must be a plain object of well-formed strings and numbers, ' +
        'such as { v: 2 }, or URLSearchParams'
    })
  }
  for (const odd of [new Map([['v', '2']]), new Date(0), new URL('https://a.example')]) {
    await t.rejects(signUrl('/a', { query: odd } as unknown as SignUrlOptions), {
      code: 'CDN_ACCESS_OPTION_INVALID'
    })
  }
  t.match(await signUrl('/a', { query: new URLSearchParams('v=1&v=2%20') }), '/a?v=1&v=2%20&')
  await t.rejects(signUrl('/a?v=2', { query: { v: 3 } }), {
    code: 'CDN_ACCESS_OPTION_INVALID',
    message: 'Option "query" must be left out where the path has a query: ' +
      'give all of it in one place'
  })
})

t.test('widens nothing but by cdnPath, and only around the file', async (t) => {
  const { signUrl } = await access(t)
  for (const scope of ['/v/*', { path: '/*' }, null, true]) {
    await t.rejects(signUrl('/v/a', { scope } as unknown as SignUrlOptions), {
      code: 'CDN_ACCESS_OPTION_INVALID',
      message: 'Option "scope" must be what cdnPath made, such as cdnPath`/v/1/*`'
    })
  }
  await t.rejects(signUrl('/v/2/a', { scope: cdnPath`/v/1/*` }), {
    code: 'CDN_ACCESS_PATH_INVALID',
    message: 'The path "/v/2/a" is not covered by the scope "/v/1/*"'
  })
})

t.test('leaves out no limit that it can\'t read', async (t) => {
  const { signUrl } = await access(t)
  const refuses = async (
    options: Record<string, unknown>,
    code: string,
    message: RegExp
  ): Promise<void> => {
    await t.rejects(signUrl('/a', options as SignUrlOptions), {
      code: `CDN_ACCESS_${code}`,
      message
    }, JSON.stringify(options))
  }
  await refuses(
    { until: clock + 60 },
    'OPTION_UNKNOWN',
    new RegExp(
      '^signUrl has no option "until": ' +
        'it takes query, ttl, cdn, scope, revocable, notBefore, ip, claims$'
    )
  )
  await refuses({ ttl: 0 }, 'OPTION_INVALID', /"ttl" must be at least 1 second$/)
  await refuses({ ttl: 600_000 }, 'DURATION_MILLISECONDS', /"ttl" is a bare number/)
  await refuses({ ttl: null }, 'DURATION_INVALID', /"ttl" must be a duration/)
  await refuses(
    { notBefore: clock + 600 },
    'OPTION_INVALID',
    /"notBefore" must be before the end of the URL's life: give a longer "ttl"$/
  )
  await refuses(
    { notBefore: clock * 1000 },
    'OPTION_INVALID',
    /"notBefore" must be a Date or epoch seconds in signUrl\(path, \{ notBefore \}\)$/
  )
  await refuses(
    { claims: { a: undefined } },
    'OPTION_INVALID',
    /"claims" must be a plain object of plain JSON in signUrl\(path, \{ claims \}\)$/
  )
  await refuses({ ip: '0.0.0.0/0' }, 'IP_INVALID', /must be one address/)
  await refuses({ ip: undefined }, 'IP_INVALID', /is undefined/)
})

t.test('needs a key that signs, and a format that has such URLs', async (t) => {
  const verifying = await access(t, media({ keys: [{ keyPairId: 'K1', publicKey }] }))
  await t.rejects(verifying.signUrl('/a'), {
    code: 'CDN_ACCESS_VERIFY_ONLY',
    message:
      'No key of "cloudfront" can sign: its entries have public keys alone. Add one with "privateKey"'
  })
  const { signUrl, ...cookiesAlone } = media()
  t.type(signUrl, 'function')
  const without = await access(t, cookiesAlone)
  await t.rejects(without.signUrl('/a'), {
    code: 'CDN_ACCESS_SIGNED_URL_UNSUPPORTED',
    message: 'The CDN "cloudfront" can\'t sign this URL: its format has no signed URLs'
  })
})

t.test('asks a custom CDN first whether a URL can hold what is asked', async (t) => {
  const asked: string[] = []
  const gate = (name: string) => (grant: CdnGrant): readonly string[] => {
    asked.push(name)
    if (grant.claims !== undefined || grant.paths[0]!.includes('!')) throw new TypeError('no room')
    return ['/']
  }
  const signs = { signUrl: async () => 'https://media.example.com/signed' }
  const both = { plan: gate('plan'), planUrl: gate('planUrl') }
  for (const [expected, members] of [['plan', { plan: both.plan }], ['planUrl', both]] as const) {
    const { planUrl: _, ...bare } = media()
    const { signUrl } = await access(t, { ...bare, ...signs, ...members })
    asked.length = 0
    t.equal(await signUrl('/a'), 'https://media.example.com/signed')
    await t.rejects(signUrl('/a', { claims: { id: '7' } }), new TypeError('no room'))
    await t.rejects(signUrl('/a!/b'), new TypeError('no room'))
    await t.rejects(signUrl('/a/b', { scope: cdnPath`/${'a!'}/*` }), { code: /PATH_INVALID$/ })
    t.same(asked, [expected, expected, expected])
  }
})

t.test('gives up a signer that does not answer', async (t) => {
  const alive = setInterval(() => undefined, 100)
  t.teardown(() => {
    clearInterval(alive)
  })
  const silent = { ...media(), signUrl: () => new Promise<string>(() => undefined) }
  const app = await start(t, { cdn: silent, signTimeout: 1 })
  await t.rejects(app.cdnAccess.signUrl('/a.png'), {
    code: 'CDN_ACCESS_SIGN_TIMEOUT',
    message: 'Signing took longer than "signTimeout" (1 s): try again later'
  })
})
