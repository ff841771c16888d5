import t from 'tap'
import { refuseWhatNoTokenHolds } from '../../../src/cdn/uri-signing/gate.js'

const grant = { paths: ['/v/1/*'], expiresAt: 1_800_000_000 }
const edges = { rfc: { verifier: 'rfc9246', nbf: 'checked' } } as const

t.test('lets pass what a token holds', async (t) => {
  const whole = { ...grant, notBefore: 1_799_999_000, claims: { plan: 'gold' } }
  t.doesNotThrow(() => {
    refuseWhatNoTokenHolds('a', whole, edges.rfc)
  })
  t.doesNotThrow(() => {
    refuseWhatNoTokenHolds('a', { ...whole, paths: ['/*'] }, { verifier: 'jwt', nbf: 'required' })
  })
})

t.test('names the first part that no token holds', async (t) => {
  for (
    const [part, odd] of [
      ['the path "/a%20b"', { paths: ['/a%20b'] }],
      ['"ip" of a grant', { ip: '192.0.2.7' }],
      ['"claims.jti" of a grant', { claims: { plan: 'gold', jti: 'a' } }]
    ] as const
  ) {
    t.throws(() => {
      refuseWhatNoTokenHolds('a', { ...grant, ...odd }, edges.rfc)
    }, { message: new RegExp(`^The CDN "a" can't hold ${part}: `) })
  }
})
