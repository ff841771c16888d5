import t from 'tap'
import type { AccessCookie, CdnGrant } from '../../src/cdn/cdn.js'
import { cookiesFor, signIfHeld, signSample } from '../../src/testing/signed.js'
import { openSubject } from '../../src/testing/subject.js'
import { breachOf, tokenCdn, withValues, type TokenKey } from '../fixtures/token-cdn.js'

const now = 1_800_000_000
const first = 'for {"paths":["/*"]}'

/** The breach of a CDN that plans in another way. */
function planning (plan: (grant: CdnGrant) => unknown): Promise<string> {
  return breachOf({ members: () => ({ plan }) })
}

/** The breach of a CDN whose cookies are others. */
function signing (change: (cookie: AccessCookie) => Partial<AccessCookie>): Promise<string> {
  return breachOf({ members: (cdn) => withValues(cdn, change) })
}

t.test('keeps the cookies of one path together', async (t) => {
  const subject = await openSubject(tokenCdn(), 1_800_000_000)
  const signed = await signSample(subject, { paths: ['/a/*'], ip: '192.0.2.16/28' }, now)
  t.match(signed, { grant: { expiresAt: now + 600 }, now, ip: '192.0.2.16' })
  t.same(signed.sets.map((set) => set.map(({ name }) => name)), [['token_data', 'token_mac']])
  t.equal(cookiesFor(signed, '/a/b?c=/d').length, 2)
  t.equal(cookiesFor(signed, '/b?/a/b').length, 0)
  const later = await signSample(subject, { paths: ['/a/*'], notBefore: 7 }, now, 60)
  t.match(later, { grant: { expiresAt: 68 }, now: 8, ip: undefined })
})

t.test('names what is wrong with a plan', async (t) => {
  t.equal(
    await planning(() => {
      throw new TypeError('no room')
    }),
    'it can\'t hold {"paths":["/*"]}, which it must: no room'
  )
  for (const none of [[], undefined, 'path', Promise.resolve(['/'])]) {
    t.equal(await planning(() => none), `"plan" gives no list of cookie paths, ${first}`)
  }
  for (const path of ['a', '', '/a;b', '/a b', `/${'a'.repeat(1000)}`, 7]) {
    t.equal(
      await planning(() => [path]),
      `"plan" gives the cookie path ${
        JSON.stringify(path)
      }, which must begin with a slash, hold no ";" and take 1000 bytes at most`
    )
  }
  t.equal(await planning(() => ['/', '/']), `"plan" gives one cookie path twice, ${first}`)
  let calls = 0
  t.equal(
    await planning(() => [`/${calls++}`]),
    `"plan" gives other paths the second time, ${first}`
  )
  t.equal(
    await planning((grant) => [Object.assign(grant, { expiresAt: 0 }).paths[0]!.slice(0, -1)]),
    '"plan" changes the grant that it is given'
  )
})

t.test('names what is wrong with cookies', async (t) => {
  const cookie = `"sign" makes a cookie "token_data"`
  t.equal(
    await signing(() => ({ name: 'another' })),
    `"sign" makes a cookie "another" that is not among "cookieNames", ${first}`
  )
  t.equal(
    await signing(() => ({ path: '/elsewhere/' })),
    `${cookie} on the path "/elsewhere/", which "plan" did not give, ${first}`
  )
  for (const value of ['a;b', 'a b', 'a,b', 'é', '"a"', 7 as unknown as string]) {
    t.equal(
      await signing(() => ({ value })),
      `${cookie} with a value that is not made of cookie octets (RFC 6265), ${first}`
    )
  }
  t.equal(
    await signing(() => ({ value: 'a'.repeat(4090) })),
    `${cookie} of more than 4096 bytes, which no browser keeps, ${first}`
  )
  t.equal(await signing(() => ({ name: 'token_data' })), `${cookie} twice on one path, ${first}`)
})

t.test('names what is wrong with signing', async (t) => {
  const broken = (sign: (grant: CdnGrant, key: TokenKey) => unknown): Promise<string> =>
    breachOf({ members: () => ({ sign }) })
  t.equal(await broken(() => undefined), '"sign" gives no list of cookies')
  t.equal(
    await broken(async () => []),
    `"sign" makes no cookie for the path "/", which "plan" gave, ${first}`
  )
  t.equal(
    await broken(async () => Promise.reject(new Error('out of order'))),
    'it can\'t hold {"paths":["/*"]}, which it must: out of order'
  )
  const { sign } = tokenCdn()
  t.equal(
    await broken(async (grant, key) => {
      Object.assign(grant, { expiresAt: 0 })
      return sign(grant, key)
    }),
    '"sign" changes the grant that it is given'
  )
})

t.test('takes a refusal for an answer where a grant need not be held', async (t) => {
  const subject = await openSubject(
    tokenCdn({
      members: ({ plan }) => ({
        plan: (grant: CdnGrant) => {
          if (grant.ip !== undefined) throw new TypeError('no room')
          return grant.claims === undefined ? plan(grant) : []
        }
      })
    }),
    1_800_000_000
  )
  t.equal(await signIfHeld(subject, { paths: ['/a/*'], ip: '192.0.2.1' }, now), undefined)
  await t.rejects(signIfHeld(subject, { paths: ['/a/*'], claims: {} }, now), {
    code: 'CDN_ACCESS_CDN_CONTRACT'
  })
})
