import { cloudfront, type ExternalSigner } from 'fastify-cdn-access'
import t from 'tap'
import { startSite } from './site.js'
import { openToken } from './token.js'

const url = 'https://media.example.com'
const token = await openToken(t)

const makers: ReadonlyArray<readonly [string, () => ExternalSigner]> = [
  ['RSA-2048', token.makeRsaSigner],
  ['EC P-256', token.makeEcSigner]
]

for (const [kind, makeSigner] of makers) {
  t.test(`signs with a key that never leaves a PKCS#11 token, ${kind}`, async (t) => {
    const privateKey = makeSigner()
    const cdn = cloudfront({ url, keyPairId: 'K1', privateKey })
    const { app } = await startSite(t, cdn, true)
    for (let round = 0; round < 20; round++) {
      const reply = await app.inject({ method: 'POST', url: '/cdn-access' })
      t.equal(reply.statusCode, 200, reply.body)
      const held = reply.cookies.filter(({ value }) => value !== '')
      const cookies = held.map(({ name, value }) => `${name}=${value}`).join('; ')
      const { allowed } = await app.cdnAccess.explain({ url: `${url}/v/1/a.ts`, cookies })
      t.ok(allowed)
    }
  })

  t.test(`refuses another key of the token, ${kind}`, async (t) => {
    const [one, other] = [makeSigner(), makeSigner()]
    const mixed = { ...one, publicKey: other.publicKey }
    const cdn = cloudfront({ url, keyPairId: 'K1', privateKey: mixed })
    await t.rejects(startSite(t, cdn, true), { code: 'CDN_ACCESS_SIGNATURE_WRONG' })
  })
}
