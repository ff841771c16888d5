import t from 'tap'
import type { EdgeRequest, Verdict } from '../../../src/cdn/cdn.js'
import { commonAccessToken } from '../../../src/cdn/common-access-token/common-access-token.js'
import { cookiePairs } from '../../../src/cookies/cookies.js'
import { edgeCases, type EdgeCase } from '../../fixtures/edge-cases.js'
import { edgeNow, edgeSettings, secretOne } from '../../fixtures/edge-tokens.js'

const { issuer, cookieName, queryName, host } = edgeSettings
const cdn = commonAccessToken({
  url: `https://${host}`,
  issuer,
  cookieName,
  queryName,
  key: secretOne.jwk
})

/** What the check answers to a case. */
async function ask (given: EdgeCase): Promise<Verdict> {
  const { method, url, cookie, now, keys, revocations } = given
  const request: EdgeRequest = {
    method,
    url,
    origin: `https://${given.host}`,
    cookies: cookiePairs(cookie),
    now,
    revokedSince: async (id) => {
      if (revocations === 'unavailable') throw new Error('no store')
      return revocations[id] as number | undefined
    }
  }
  const accepted = keys === 'unavailable' ? [] : keys.map((key) => {
    return cdn.parseKey(key['kty'] === 'oct' ? { key } : { publicKey: key })
  })
  return cdn.check(request, accepted)
}

t.test('decides each case of the table as it says', async (t) => {
  for (const given of edgeCases()) {
    const { status, allowed, checks } = await ask(given)
    t.equal(status, given.status, `${given.name}: ${checks.at(-1)?.detail}`)
    t.equal(allowed, given.status === 200, given.name)
  }
})

t.test('the table is plain JSON, and each of its cases has a name of its own', async (t) => {
  const cases = edgeCases()
  t.same(JSON.parse(JSON.stringify(cases)), cases)
  t.equal(new Set(cases.map(({ name }) => name)).size, cases.length)
  t.ok(cases.length > 100)
  t.ok(cases.every(({ now }) => now === edgeNow))
})
