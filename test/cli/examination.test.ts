import t from 'tap'
import { examine, isSameSite } from '../../src/cli/examination.js'
import { cloudfront, type CdnAccessOptions } from '../../src/index.js'
import { ecPkcs8, ecPublic, rsaPkcs8 } from '../fixtures/keys.js'
import { now, url } from '../fixtures/situations.js'

const cdn = cloudfront({ url, keyPairId: 'K1', privateKey: ecPkcs8 })
const good: Partial<CdnAccessOptions> = { cdn, cookie: { domain: 'example.com' } }

async function codes (
  options: Partial<CdnAccessOptions>,
  at: { api?: string, page?: string } = {}
): Promise<unknown> {
  const [api, page] = [at.api, at.page].map((text) =>
    text === undefined ? undefined : new URL(text)
  )
  const checks = await examine({ cdns: [], options }, { api, page, now })
  return checks.flatMap(({ ok, code }) => ok ? [] : code)
}

t.test('finds nothing in what works', async (t) => {
  t.same(await codes(good), [])
  t.same(
    await codes(good, { api: 'https://api.example.com/x', page: 'https://www.example.com' }),
    []
  )
  const paths = Array.from({ length: 2 }, (_, index) => `/v/${index}/*`)
  t.same(await codes({ ...good, paths }), [])
  const checks = await examine({ cdns: [], options: good }, {
    api: undefined,
    page: undefined,
    now
  })
  t.match(checks.find(({ name }) => name === 'keys of cloudfront'), { detail: 'K1; K1 signs.' })
  t.match(checks[0]!.detail, 'Not looked at: "authorize"')
  const [whole] = await examine({ cdns: [], options: { ...good, authorize: () => true } }, {
    api: undefined,
    page: undefined,
    now
  })
  t.equal(whole!.detail, 'Each has a value that it may have.')
})

t.test('names what is wrong, with its code', async (t) => {
  t.same(await codes({ cdn }), ['CDN_ACCESS_COOKIE_DOMAIN_MISSING'])
  const misspelt = { ...good, authorise: () => true }
  t.same(await codes(misspelt), ['CDN_ACCESS_OPTION_UNKNOWN'], 'as the server does')
  t.same(await codes({ ...good, ttl: 3 }), ['CDN_ACCESS_TTL_TOO_SHORT'])
  t.same(await codes({ ...good, ttl: 30 }), ['ttl-short'])
  t.same(await codes(good, { api: 'https://api.example.org' }), ['domain-unreachable'])
  const alone = { cdn, cookie: { domain: false } } as const
  t.same(await codes(alone, { api: 'https://api.example.com' }), ['domain-unreachable'])
  t.same(await codes(alone), [])
  t.same(await codes(alone, { api: url }), [])
  t.same(await codes(good, { page: 'https://www.example.org' }), ['same-site-embed'])
  t.same(
    await codes({ cdn, cookie: { domain: 'example.com', sameSite: 'none' } }, {
      page: 'https://x.org'
    }),
    []
  )
  const verifying = cloudfront({ url, keys: [{ keyPairId: 'K1', publicKey: ecPublic }] })
  t.same(await codes({ ...good, cdn: verifying }), ['CDN_ACCESS_VERIFY_ONLY'])
  const wrong = cloudfront({ url, keyPairId: 'K1', privateKey: 'x' })
  t.same(await codes({ ...good, cdn: wrong }), ['CDN_ACCESS_KEY_UNREADABLE'])
  const rsa = cloudfront({ url, keyPairId: 'K1', privateKey: rsaPkcs8 })
  const paths = Array.from({ length: 6 }, (_, index) => `/courses/${index}/*`)
  t.same(await codes({ ...good, cdn: rsa, paths }), ['cookies-large'])
  const failing = {
    load: () => {
      throw new TypeError('x')
    }
  }
  t.same(await codes({ ...good, cdn: { ...cdn, keys: failing } }), ['CDN_ACCESS_KEY_UNAVAILABLE'])
  const odd = { ...cdn, sign: async () => Promise.reject(new TypeError('x')) }
  t.same(await codes({ ...good, cdn: odd }), ['CDN_ACCESS_SIGN_FAILED'])
  let signed = 0
  const later = {
    ...cdn,
    sign: async (...given: Parameters<typeof cdn.sign>) => {
      if (signed++ > 0) throw new TypeError('x')
      return cdn.sign(...given)
    }
  }
  t.same(await codes({ ...good, cdn: later }), ['failed'])
})

t.test('knows one site from another', async (t) => {
  const same = async (one: string, other: string): Promise<boolean> =>
    isSameSite(new URL(one), new URL(other))
  t.ok(await same('https://a.example.com', 'https://b.example.com'))
  t.ok(await same('https://a.example.co.uk', 'https://example.co.uk'))
  t.ok(await same('http://localhost:1', 'http://localhost:2'))
  t.notOk(await same('http://a.example.com', 'https://a.example.com'))
  t.notOk(await same('http://127.0.0.1', 'http://10.0.0.1'))
  t.notOk(await same('https://a.github.io', 'https://b.github.io'))
  t.notOk(await same('https://a.example.com', 'https://example.org'))
})
