import t from 'tap'
import { readRenewal, type EdgeRenewal } from '../../../src/cdn/uri-signing/renewal.js'

const option = 'renewAtEdgeWithoutRevocation'
const fromZero = 'a whole number from 0 to 2147483647'

t.test('reads how long and for which Path the edge renews', async (t) => {
  t.strictSame(readRenewal({ seconds: '5m', segments: 2 }, 'rfc9246'), {
    cdniets: 300,
    cdnistt: 1,
    cdnistd: 2
  })
  t.strictSame(readRenewal({ seconds: 30 }, 'rfc9246'), { cdniets: 30, cdnistt: 1, cdnistd: 0 })
  t.strictSame(readRenewal({ seconds: '24855d', segments: 2_147_483_647 }, 'rfc9246'), {
    cdniets: 2_147_472_000,
    cdnistt: 1,
    cdnistd: 2_147_483_647
  })
  t.equal(readRenewal(undefined, 'rfc9246'), undefined)
  t.equal(readRenewal(undefined, 'jwt'), undefined)
})

t.test('refuses by name', async (t) => {
  for (
    const [renewal, name, rule] of [
      [true, option, '{ seconds, segments }'],
      [null, option, '{ seconds, segments }'],
      [{ seconds: 0 }, `${option}.seconds`, 'at least 1 second'],
      [{ seconds: '24856d' }, `${option}.seconds`, 'at most 2147483647 seconds'],
      [{ seconds: 5, segments: -1 }, `${option}.segments`, fromZero],
      [{ seconds: 5, segments: 0.5 }, `${option}.segments`, fromZero],
      [{ seconds: 5, segments: 2_147_483_648 }, `${option}.segments`, fromZero]
    ] as const
  ) {
    t.throws(() => readRenewal(renewal as unknown as EdgeRenewal, 'rfc9246'), {
      code: 'CDN_ACCESS_OPTION_INVALID',
      message: `Option "${name}" must be ${rule}`
    })
  }
  t.throws(() => readRenewal({ seconds: 5, path: 2 } as never, 'rfc9246'), {
    code: 'CDN_ACCESS_OPTION_UNKNOWN'
  })
  t.throws(() => readRenewal({ seconds: 5.5 }, 'rfc9246'), { code: 'CDN_ACCESS_DURATION_INVALID' })
  t.throws(() => readRenewal({ seconds: 5 }, 'jwt'), {
    code: 'CDN_ACCESS_OPTION_INVALID',
    message: `Option "${option}" must be left out with the verifier "jwt", which renews nothing`
  })
})
