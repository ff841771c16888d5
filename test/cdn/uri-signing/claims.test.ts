import t from 'tap'
import { readClaims, reservedClaim } from '../../../src/cdn/uri-signing/claims.js'

t.test('copies the claims that it was given', async (t) => {
  const claims = { plan: 'gold', list: [1] }
  const copy = readClaims(claims, 'rfc9246')
  claims.list.push(2)
  t.strictSame(copy, { plan: 'gold', list: [1] })
})

t.test('refuses what is no object of JSON', async (t) => {
  const cyclic: Record<string, unknown> = {}
  cyclic['self'] = cyclic
  for (const claims of [[], null, cyclic]) {
    t.throws(() => readClaims(claims, 'rfc9246'), {
      code: 'CDN_ACCESS_OPTION_INVALID',
      message: 'Option "claims" must be an object that can be written as JSON'
    })
  }
})

t.test('refuses what the format itself sets or forbids', async (t) => {
  for (const [verifier, claim] of [['rfc9246', 'sub'], ['jwt', 'exp']] as const) {
    t.throws(() => readClaims({ [claim]: 'a' }, verifier), {
      code: 'CDN_ACCESS_OPTION_INVALID',
      message: `Option "claims" must be without "${claim}", ` +
        'which the format itself sets or forbids'
    })
  }
  t.strictSame(readClaims({ sub: 'a' }, 'jwt'), { sub: 'a' })
  t.equal(reservedClaim({ plan: 'gold', jti: 1, exp: 2 }, 'rfc9246'), 'jti')
  t.equal(reservedClaim({ plan: 'gold' }, 'rfc9246'), undefined)
})
