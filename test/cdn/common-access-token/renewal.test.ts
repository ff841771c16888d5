import t from 'tap'
import { readTokenRenewal, renewalClaim } from '../../../src/cdn/common-access-token/renewal.js'

const place = { cookieName: 'cat', secure: true }

t.test('reads the option into seconds', async (t) => {
  t.equal(readTokenRenewal(undefined), undefined)
  t.same(readTokenRenewal({ seconds: '5m' }), { seconds: 300, before: 60 })
  t.same(readTokenRenewal({ seconds: 30, before: 0 }), { seconds: 30, before: 0 })
})

t.test('refuses what is no renewal', async (t) => {
  const option = 'renewAtEdgeWithoutRevocation'
  const refuses = (renewal: unknown, code: string, message: string): void => {
    t.throws(() => readTokenRenewal(renewal as never), { code, message })
  }
  refuses(true, 'CDN_ACCESS_OPTION_INVALID', `Option "${option}" must be { seconds, before }`)
  refuses(
    { seconds: 0 },
    'CDN_ACCESS_OPTION_INVALID',
    `Option "${option}.seconds" must be at least 1 second`
  )
  t.throws(() => readTokenRenewal({ seconds: 'x' } as never), {
    code: 'CDN_ACCESS_DURATION_INVALID',
    message: /renewAtEdgeWithoutRevocation\.seconds/
  })
  t.throws(() => readTokenRenewal({ seconds: 1, path: 1 } as never), {
    code: 'CDN_ACCESS_OPTION_UNKNOWN',
    message: /"path"/
  })
})

t.test('makes the claim: a cookie in the place of the one before', async (t) => {
  const seconds = { seconds: 300, before: 60 }
  t.same(
    renewalClaim(seconds, place, '/a/*'),
    new Map<number, unknown>([
      [0, 1],
      [1, 300],
      [2, 60],
      [3, 'cat'],
      [5, ['Path=/a/', 'Secure', 'HttpOnly']]
    ])
  )
  t.same(
    renewalClaim(seconds, { ...place, secure: false }, '/a').get(5),
    ['Path=/a', 'HttpOnly']
  )
})
