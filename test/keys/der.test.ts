import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto'
import t from 'tap'
import { isDer, isEncryptedDer, privateKeyOfDer, publicKeyOfDer } from '../../src/keys/der.js'
import { readPrivateKey } from '../../src/keys/private-key.js'
import { readPublicKey } from '../../src/keys/public-key.js'
import * as keys from '../fixtures/keys.js'

const { passphrase } = keys
const privateKeys = [
  createPrivateKey(keys.rsaPkcs8).export({ format: 'der', type: 'pkcs8' }),
  createPrivateKey(keys.rsaPkcs8).export({ format: 'der', type: 'pkcs1' }),
  createPrivateKey(keys.ecPkcs8).export({ format: 'der', type: 'sec1' }),
  createPrivateKey(keys.ed25519).export({ format: 'der', type: 'pkcs8' })
]
const publicKeys = [
  createPublicKey(keys.rsaPublic).export({ format: 'der', type: 'spki' }),
  createPublicKey(keys.rsaPublic).export({ format: 'der', type: 'pkcs1' }),
  createPublicKey(keys.ecPublic).export({ format: 'der', type: 'spki' }),
  createPublicKey(keys.ed25519Public).export({ format: 'der', type: 'spki' }),
  new X509Certificate(keys.rsaCertificate).raw
]
const encrypted = createPrivateKey(keys.ecPkcs8).export({
  format: 'der',
  type: 'pkcs8',
  cipher: 'aes-256-cbc',
  passphrase
})

t.test('is told from text by its first bytes', async (t) => {
  for (const der of [...privateKeys, ...publicKeys, encrypted]) t.ok(isDer(der))
  const texts = ['', '0', '0.', '0123', '0\u007f', keys.rsaPkcs8, '{"kty":"EC"}', 'MIIB']
  for (const text of texts) t.notOk(isDer(Buffer.from(text)), JSON.stringify(text.slice(0, 8)))
})

t.test('is read whatever structure it has', async (t) => {
  for (const der of privateKeys) {
    t.equal(privateKeyOfDer(der, undefined)?.type, 'private')
    t.notOk(isEncryptedDer(der))
  }
  for (const der of publicKeys) {
    t.equal(publicKeyOfDer(der)?.type, 'public')
    t.equal(privateKeyOfDer(der, undefined), undefined)
  }
  t.equal(privateKeyOfDer(encrypted, passphrase)?.type, 'private')
  t.equal(privateKeyOfDer(encrypted, 'other'), undefined)
  t.ok(isEncryptedDer(encrypted))
  t.notOk(isEncryptedDer(Buffer.from('none')))
})

t.test('is a key in a Buffer, in a part of an ArrayBuffer and in base64', async (t) => {
  const within = (der: Buffer): Uint8Array => {
    const bytes = new Uint8Array(der.length + 8)
    bytes.set(der, 4)
    return bytes.subarray(4, -4)
  }
  for (const form of [(der: Buffer) => der, within, (der: Buffer) => der.toString('base64')]) {
    for (const der of privateKeys) {
      t.equal(readPrivateKey(form(der), undefined, 'privateKey').type, 'private')
      t.equal(readPublicKey(form(der)).type, 'public')
    }
    for (const der of publicKeys) {
      t.equal(readPublicKey(form(der)).type, 'public')
      t.throws(() => readPrivateKey(form(der), undefined, 'privateKey'), {
        code: 'CDN_ACCESS_KEY_PUBLIC',
        message: /^"privateKey" is a public key or a certificate: signing needs the private key/
      })
    }
    t.equal(readPrivateKey(form(encrypted), passphrase, 'privateKey').type, 'private')
    for (const [given, what] of [[undefined, 'missing'], ['other', 'wrong']] as const) {
      t.throws(() => readPrivateKey(form(encrypted), given, 'privateKey'), {
        code: 'CDN_ACCESS_KEY_ENCRYPTED',
        message: `"privateKey" is encrypted and its "passphrase" is ${what}`
      })
    }
  }
})
