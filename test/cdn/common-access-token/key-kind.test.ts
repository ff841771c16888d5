import { createPublicKey } from 'node:crypto'
import t from 'tap'
import { keyKinds } from '../../../src/cdn/common-access-token/key-kind.js'
import * as keys from '../../fixtures/keys.js'

const kindOf = (pem: string): string | undefined => {
  const key = createPublicKey(pem)
  const kind = keyKinds.find(({ fits }) => fits(key))
  return kind === undefined ? undefined : `${kind.algorithm} ${kind.signature} ${kind.label(key)}`
}

t.test('knows two kinds of pairs', async (t) => {
  t.equal(kindOf(keys.ecPublic), 'ES256 ECDSA-SHA256 EC P-256')
  t.equal(kindOf(keys.rsaPublic), 'PS256 RSA-PSS-SHA256 RSA-2048')
  for (const pem of [keys.p384, keys.ed25519, keys.rsa1024, keys.rsaPss]) {
    t.equal(kindOf(pem), undefined)
  }
})

t.test('has both numbers of an EC signature side by side', async (t) => {
  const [ec, rsa] = keyKinds
  t.equal(
    ec!.asCose(Buffer.from('3006020101020102', 'hex'))!.toString('hex'),
    '01'.padStart(64, '0') + '02'.padStart(64, '0')
  )
  t.equal(ec!.asCose(Buffer.from('ff', 'hex')), undefined)
  t.same(rsa!.asCose(Buffer.of(7)), Buffer.of(7))
})
