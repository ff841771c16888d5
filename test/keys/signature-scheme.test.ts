import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import t from 'tap'
import { signatureSchemes } from '../../src/keys/signature-scheme.js'
import * as keys from '../fixtures/keys.js'

const data = Buffer.from('what gets signed')
const pems = {
  'RSA-SHA256': keys.rsaPkcs8,
  'RSA-SHA1': keys.rsaPkcs8,
  'RSA-PSS-SHA256': keys.rsaPkcs8,
  'ECDSA-SHA256': keys.ecPkcs8,
  Ed25519: keys.ed25519
}

t.test('each algorithm signs and verifies as it is asked for', async (t) => {
  for (const [algorithm, { digest, keyFor }] of Object.entries(signatureSchemes)) {
    const key = createPrivateKey(pems[algorithm as keyof typeof pems])
    const signature = sign(digest, data, keyFor(key))
    t.ok(verify(digest, data, keyFor(createPublicKey(key)), signature), algorithm)
    t.notOk(verify(digest, Buffer.from('else'), keyFor(createPublicKey(key)), signature), algorithm)
  }
})

t.test('PSS has a salt of 32 bytes, and is no PKCS#1 v1.5', async (t) => {
  const key = createPrivateKey(keys.rsaPkcs8)
  const { digest, keyFor } = signatureSchemes['RSA-PSS-SHA256']
  const signature = sign(digest, data, keyFor(key))
  t.notOk(verify('sha256', data, keys.rsaPublic, signature))
  t.ok(verify('sha256', data, { key: keys.rsaPublic, padding: 6, saltLength: 32 }, signature))
  t.notOk(verify('sha256', data, { key: keys.rsaPublic, padding: 6, saltLength: 20 }, signature))
})
