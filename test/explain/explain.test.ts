import t from 'tap'
import { akamai, type CdnAccess, type ExplainRequest } from '../../src/index.js'
import { clock, media, start } from '../fixtures/server.js'

type Test = Parameters<typeof start>[0]

const cdns = [
  media(),
  media({ name: 'files', url: 'http://files.example.org:8080', cookie: { domain: 'example.org' } })
]

/** The plugin's object, and the `Cookie` header of a viewer with access to both CDNs. */
async function viewer (t: Test): Promise<CdnAccess & { cookies: string }> {
  const app = await start(t, { cdn: cdns, ttl: 600 })
  const { headers } = await app.inject({ url: '/cdn-access' })
  const lines = [headers['set-cookie']].flat().map(String).filter((line) =>
    line.startsWith('CloudFront-') && line.includes('Max-Age=600') &&
    line.includes('Domain=example.com')
  )
  return { ...app.cdnAccess, cookies: lines.map((line) => line.split(';', 1)[0]!).join('; ') }
}

t.test('names the CDN and each check that passes', async (t) => {
  const { explain, cookies } = await viewer(t)
  const explanation = await explain({ url: 'https://media.example.com/a.png?b=1', cookies })
  t.match(explanation, { cdn: 'cloudfront', allowed: true, status: 200 })
  t.same(explanation.checks.map(({ name, ok }) => `${name} ${ok}`), [
    'path true',
    'credentials true',
    'key true',
    'policy true',
    'signature true',
    'resource true',
    'expiry true'
  ])
})

t.test('ends with the check that fails', async (t) => {
  const { explain, cookies } = await viewer(t)
  const fails = async (name: string, request: Partial<ExplainRequest>): Promise<void> => {
    const { checks, ...rest } = await explain({
      url: 'https://media.example.com/a.png',
      cookies,
      ...request
    })
    t.match({ ...rest, last: checks.at(-1) }, {
      cdn: 'cloudfront',
      allowed: false,
      status: 403,
      last: { name, ok: false }
    }, name)
  }
  await fails('path', { url: 'https://media.example.com/a/../b' })
  await fails('path', { url: 'https://media.example.com/a%2fb' })
  await fails('credentials', { cookies: '' })
  await fails('credentials', {
    cookies: cookies.replace('CloudFront-Signature', 'CloudFront-signature')
  })
  await fails('key', { cookies: cookies.replace('=K1', '=K2') })
  await fails('policy', {
    cookies: cookies.replace(/CloudFront-Policy=[^;]+/, 'CloudFront-Policy=%20')
  })
  await fails('signature', {
    cookies: cookies.replace(/CloudFront-Signature=.{8}/, 'CloudFront-Signature=AAAAAAAA')
  })
  await fails('expiry', { at: clock + 600 })
})

t.test('takes a moment as a Date or in epoch seconds, and now for none', async (t) => {
  const { explain, cookies } = await viewer(t)
  const url = 'https://media.example.com/a.png'
  t.match(await explain({ url, cookies, at: new Date((clock + 579) * 1000 + 999) }), {
    allowed: true
  })
  t.match(await explain({ url, cookies, at: new Date((clock + 580) * 1000) }), { allowed: false })
  t.match(await explain({ url, cookies, at: clock + 579 }), { allowed: true })
  for (const at of [new Date(Number.NaN), clock * 1000, '2026']) {
    await t.rejects(explain({ url, cookies, at: at as number }), {
      code: 'CDN_ACCESS_OPTION_INVALID',
      message: 'Option "at" must be a Date or epoch seconds in explain({ at }). ' +
        'For milliseconds write new Date(milliseconds)'
    })
  }
})

t.test('knows http from https, and a port from none', async (t) => {
  const { explain, cookies } = await viewer(t)
  for (
    const url of [
      'http://media.example.com/a.png',
      'https://media.example.com:8443/a.png',
      'https://example.com/a',
      'http://files.example.org/a',
      'https://media.example.com.evil.example/a',
      'https://media.example.com@evil.example/a',
      '/a.png',
      'media.example.com/a.png',
      '',
      'https://'
    ]
  ) {
    t.match(await explain({ url, cookies }), {
      allowed: false,
      status: 0,
      checks: [{
        name: 'url',
        ok: false,
        code: 'address-unserved',
        detail:
          'No CDN has this scheme, host and port: they are https://media.example.com, http://files.example.org:8080. Give the whole URL; http and https are different addresses.'
      }]
    }, url)
  }
  t.match(await explain({ url: 'http://files.example.org:8080/a.png' }), {
    cdn: 'files',
    allowed: false
  })
})

t.test('reads an address as browsers do', async (t) => {
  const { explain, cookies } = await viewer(t)
  for (
    const url of [
      'HTTPS://Media.Example.com/a.png',
      'https://media.example.com:443/a.png',
      'https://media.example.com/a.png#t=10',
      'https://media.example.com',
      'https://media.example.com?a=1'
    ]
  ) {
    t.match(await explain({ url, cookies }), { cdn: 'cloudfront', allowed: true }, url)
  }
})

t.test('passes the method and the address on', async (t) => {
  const seen: unknown[] = []
  const watching = {
    ...media(),
    check: async (request: object) => {
      seen.push(request)
      return { allowed: true, status: 200, checks: [] }
    }
  }
  const { cdnAccess: { explain } } = await start(t, { cdn: watching })
  seen.length = 0
  await explain({
    url: 'https://media.example.com/a?b#c',
    cookies: 'a=1; a="2"',
    ip: '203.0.113.7',
    method: 'HEAD'
  })
  await explain({ url: 'https://media.example.com/a' })
  t.same(seen, [
    {
      method: 'HEAD',
      url: '/a?b',
      origin: 'https://media.example.com',
      cookies: [['a', '1'], ['a', '"2"']],
      ip: '203.0.113.7',
      now: clock
    },
    { method: 'GET', url: '/a', origin: 'https://media.example.com', cookies: [], now: clock }
  ])
})

t.test('refuses what is no URL and no header', async (t) => {
  const { explain } = await viewer(t)
  for (const url of [undefined, null, new URL('https://media.example.com/a')]) {
    await t.rejects(explain({ url } as unknown as ExplainRequest), {
      code: 'CDN_ACCESS_OPTION_INVALID',
      message: 'Option "url" must be the whole URL, such as https://media.example.com/a.png'
    })
  }
  await t.rejects(
    explain({
      url: 'https://media.example.com/a',
      cookies: { a: '1' }
    } as unknown as ExplainRequest),
    { code: 'CDN_ACCESS_OPTION_INVALID', message: 'Option "cookies" must be the raw Cookie header' }
  )
})

t.test('shows no cookie\'s value', async (t) => {
  const { explain, cookies } = await viewer(t)
  const values = cookies.split('; ').map((pair) => pair.slice(pair.indexOf('=') + 1)).filter((
    value
  ) => value.length > 10)
  for (
    const request of [{ cookies }, { cookies: cookies.replace('Signature=', 'Signature=A') }, {
      cookies,
      at: clock + 999
    }]
  ) {
    const text = JSON.stringify(
      await explain({ url: 'https://media.example.com/a.png', ...request })
    )
    t.equal(values.length, 2)
    for (const value of values) t.notOk(text.includes(value))
  }
})

t.test('asks each of several CDNs of one address, and takes the one that allows', async (t) => {
  const other = akamai({
    url: 'https://media.example.com',
    key: '00112233445566778899aabbccddeeff'
  })
  const { cdnAccess: { explain, signUrl } } = await start(t, { cdn: [media(), other] })
  const [first, second] = [
    await signUrl('/a.png', { cdn: 'cloudfront' }),
    await signUrl('/a.png', { cdn: 'akamai' })
  ]
  t.match(await explain({ url: first }), {
    cdn: 'cloudfront',
    allowed: true,
    status: 200,
    others: [{
      cdn: 'akamai',
      allowed: false,
      status: 403,
      checks: [{}, { name: 'token', ok: false }]
    }]
  })
  const answer = await explain({ url: second })
  t.match(answer, { cdn: 'akamai', allowed: true, others: [{ cdn: 'cloudfront', allowed: false }] })
  t.equal(answer.others!.length, 1)
  t.match(answer.checks.at(-1), { name: 'acl', ok: true })
  t.match(await explain({ url: 'https://media.example.com/a.png' }), {
    cdn: 'cloudfront',
    allowed: false,
    status: 403,
    checks: [{}, { name: 'credentials', ok: false }],
    others: [{ cdn: 'akamai', allowed: false }]
  })
})

t.test('has no others where one CDN has the address', async (t) => {
  const { explain, cookies } = await viewer(t)
  t.notOk('others' in await explain({ url: 'https://media.example.com/a.png', cookies }))
})

t.test('says that a cookie was sent twice, where the CDN takes the wrong one', async (t) => {
  const { explain, cookies } = await viewer(t)
  const old = cookies.split('; ').find((pair) => pair.startsWith('CloudFront-Signature='))!.replace(
    /=.{8}/,
    '=AAAAAAAA'
  )
  const { allowed, checks } = await explain({
    url: 'https://media.example.com/a.png',
    cookies: `${old}; ${cookies}`
  })
  t.notOk(allowed)
  t.match(checks.at(-1), {
    name: 'signature',
    detail: /The cookie CloudFront-Signature was sent 2 times, .* another Domain or Path/
  })
})

t.test('reads a Cookie header as it is pasted', async (t) => {
  const { explain, cookies } = await viewer(t)
  const url = 'https://media.example.com/a.png'
  for (const head of ['', 'Cookie: ', 'cookie:', '  COOKIE:  ']) {
    const { allowed } = await explain({ url, cookies: head + cookies })
    t.ok(allowed, head)
  }
})

t.test('finds a CDN by each host of its pattern, and says why another is none', async (t) => {
  const wide = media({ host: 'https://*.example.com' })
  const app = await start(t, { cdn: wide, ttl: 600 })
  const { headers } = await app.inject({ url: '/cdn-access' })
  const lines = [headers['set-cookie']].flat().map(String).filter((line) =>
    !line.includes('Max-Age=0')
  )
  const cookies = lines.map((line) => line.split(';', 1)[0]!).join('; ')
  const { explain } = app.cdnAccess
  for (const host of ['media.example.com', 'IMG.example.com', 'a.b.example.com:443']) {
    t.match(await explain({ url: `https://${host}/a.png`, cookies }), {
      allowed: true,
      cdn: 'cloudfront'
    })
  }
  for (
    const address of ['http://img.example.com', 'https://example.com', 'https://img.example.org']
  ) {
    t.match(await explain({ url: `${address}/a.png`, cookies }), {
      status: 0,
      checks: [{ name: 'url', detail: /they are https:\/\/\*\.example\.com\. Give/ }]
    })
  }
})
