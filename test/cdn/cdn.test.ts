import t from 'tap'
import { checkCdn, planUrl } from '../../src/cdn/cdn.js'
import { everyCdn } from '../fixtures/every-cdn.js'
import { media } from '../fixtures/server.js'

t.test('takes what a factory made, as it is', async (t) => {
  const cdn = media()
  t.equal(checkCdn(cdn), cdn)
})

t.test('says which part of the shape is missing', async (t) => {
  const cases: Array<[cdn: unknown, reason: string]> = [
    [null, 'it has no function "parseKey"'],
    [media, 'it is a function that was not called. Call it: media'],
    [{ ...media(), sign: undefined }, 'it has no function "sign"'],
    [{ ...media(), signUrl: true }, 'its "signUrl" is no function'],
    [{ ...media(), planUrl: '/' }, 'its "planUrl" is no function'],
    [{ ...media(), name: 'a b' }, 'its "name" must be 1 to 64 of A-Z a-z 0-9 _ -'],
    [{ ...media(), url: 'https://a.example/' }, 'its "url" must be a scheme, a host and a port'],
    [{ ...media(), url: 7 }, 'its "url" must be a scheme, a host and a port alone'],
    [{ ...media(), host: 'https://*.EXAMPLE.com' }, 'its "host" must be lower-case'],
    [{ ...media(), cookieNames: [] }, 'its "cookieNames" must list every cookie'],
    [{ ...media(), cookieNames: 'a' }, 'its "cookieNames" must list every cookie'],
    [{ ...media(), cookieNames: ['a=b'] }, 'its "cookieNames" must list every cookie']
  ]
  for (const [cdn, reason] of cases) {
    t.throws(() => checkCdn(cdn), {
      code: 'CDN_ACCESS_CDN_INVALID',
      message: new RegExp(reason.replaceAll(/[()]/g, '.'))
    })
  }
})

t.test('says what is wrong with the names and the number of keys', async (t) => {
  const fields =
    'its "keyFields" must name the fields of an entry, { id, key, publicKey }, "key" at least'
  const limits =
    'its "keyLimits" must be { usual, most }, whole numbers of at least 1, "usual" at least'
  const cases: Array<[more: object, reason: string]> = [
    [{ keyFields: 'key' }, fields],
    [{ keyFields: { id: 'id' } }, fields],
    [{ keyFields: { key: '' } }, fields],
    [{ keyFields: { key: 'key', id: 7 } }, fields],
    [{ keyFields: { key: 'key', secret: 'x' } }, fields],
    [{ keyLimits: 5 }, limits],
    [{ keyLimits: { most: 5 } }, limits],
    [{ keyLimits: { usual: 0 } }, limits],
    [{ keyLimits: { usual: 2.5 } }, limits],
    [{ keyLimits: { usual: 5, most: 4 } }, limits],
    [{ keyLimits: { usual: 5, least: 1 } }, limits]
  ]
  for (const [more, reason] of cases) {
    t.throws(() => checkCdn({ ...media(), ...more }), {
      code: 'CDN_ACCESS_CDN_INVALID',
      message: `Option "cdn" must be made by a CDN factory or have the shape of a Cdn: ${reason}`
    })
  }
  for (const keyFields of [{ key: 'key' }, { id: 'id', key: 'key', publicKey: 'public' }]) {
    t.ok(checkCdn({ ...media(), keyFields, keyLimits: { usual: 5 } }))
  }
})

t.test('each CDN of the package says how many keys it usually takes, where it has a limit', async (t) => {
  const limits = Object.entries(everyCdn).map(([name, cdn]) => [name, checkCdn(cdn).keyLimits])
  t.strictSame(Object.fromEntries(limits.filter(([, limit]) => limit !== undefined)), {
    cloudfront: { usual: 5, most: 20 },
    canned: { usual: 5, most: 20 },
    'cloud CDN': { usual: 3 },
    'media CDN': { usual: 3 },
    'media CDN, in the path': { usual: 3 },
    'media CDN, tokens': { usual: 6 }
  })
})

t.test('what a signed URL can hold is asked of planUrl, or else of plan', async (t) => {
  const grant = { paths: ['/a'], expiresAt: 1 }
  const refuse = (who: string) => (asked: object): never => {
    t.equal(asked, grant)
    throw new TypeError(who)
  }
  const cdn = { ...media(), plan: refuse('plan'), planUrl: refuse('planUrl') }
  t.throws(() => planUrl(cdn, grant), new TypeError('planUrl'))
  const { planUrl: _, ...without } = cdn
  t.throws(() => planUrl(without, grant), new TypeError('plan'))
})

t.test('a pattern of hosts is held to the rules of one, whoever made the CDN', async (t) => {
  const cdn = { ...media(), host: 'https://*.example.com' }
  t.equal(checkCdn(cdn), cdn)
  for (const host of ['https://*', 'https://*.example.org', ['https://*.example.com']]) {
    t.throws(() => checkCdn({ ...media(), host }), { code: 'CDN_ACCESS_HOST_INVALID' })
  }
})
