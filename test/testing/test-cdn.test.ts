import t from 'tap'
import { testCdn } from '../../src/testing/test-cdn.js'
import { breachOf, tokenCdn, tokenGrants } from '../fixtures/token-cdn.js'

t.test('says nothing of a CDN that keeps the contract', async (t) => {
  t.equal(await testCdn(tokenCdn(), { grants: tokenGrants }), undefined)
  t.equal(await breachOf({}), 'none')
})

t.test('says in an error with a code of its own what breaks the contract', async (t) => {
  const cdn = tokenCdn({ decisions: { ended: () => false } })
  await t.rejects(testCdn(cdn, { grants: [{ paths: ['/a/*'] }] }), {
    code: 'CDN_ACCESS_CDN_CONTRACT',
    message: 'The CDN "tokenCdn" breaks the contract of a CDN: "check" allows access that has ' +
      'ended: /a/film.bin with the cookies of {"paths":["/a/*"]}'
  })
})

t.test('refuses options by name', async (t) => {
  const grants = [{ paths: ['/a/*'] }]
  for (
    const options of [
      undefined,
      {},
      { grants: [] },
      { grants: [{}] },
      { grants: [{ paths: [] }] },
      { grants: [{ paths: ['a'] }] },
      { grants: [{ paths: [7] }] }
    ]
  ) {
    await t.rejects(testCdn(tokenCdn(), options as never), {
      code: 'CDN_ACCESS_OPTION_INVALID',
      message:
        'Option "grants" must be an array of at least one { paths, notBefore, ip, claims }, ' +
        'with one path at least'
    })
  }
  await t.rejects(testCdn(tokenCdn(), { grants, unsigned: 'allowed' as never }), {
    message: 'Option "unsigned" must be "refused" or "passes"'
  })
  await t.rejects(testCdn(tokenCdn(), { grants, now: 1.5 }), {
    message: 'Option "now" must be epoch seconds'
  })
  await t.rejects(testCdn(tokenCdn(), { grants, seed: 1 } as never), {
    message: 'testCdn has no option "seed": it takes grants, unsigned, now'
  })
})

t.test('signs at the second that it is told', async (t) => {
  const ended = (expiresAt: number, now: number): boolean => now >= expiresAt || now < 1_900_000_000
  t.equal(
    await breachOf({ decisions: { ended } }),
    '"check" refuses /film.bin, which is granted by {"paths":["/*"]}, at "expiry"'
  )
  t.equal(
    await breachOf({ decisions: { ended } }, {
      grants: [{ paths: ['/a/*'] }],
      now: 1_900_000_000
    }),
    'none'
  )
})

t.test('tries the grant that keys are proven with', async (t) => {
  const trial = { paths: ['/trial/*'], ip: '203.0.113.9' }
  t.equal(await breachOf({ members: () => ({ trial }) }, { grants: [{ paths: ['/a/*'] }] }), 'none')
  t.equal(
    await breachOf({
      members: (cdn) => ({
        plan: (grant: Parameters<typeof cdn.plan>[0]) => {
          if (grant.paths.includes('/*')) throw new TypeError('grant a folder')
          return cdn.plan(grant)
        }
      })
    }),
    'it can\'t hold {"paths":["/*"]}, which it must: grant a folder'
  )
})
