import { createPrivateKey, createPublicKey, createSecretKey } from 'node:crypto'
import t from 'tap'
import { parseKeyPair } from '../../src/keys/parse-key.js'
import {
  describeKey,
  publicKeyIdentity,
  readPublicKey,
  type PublicKeyInput
} from '../../src/keys/public-key.js'
import * as keys from '../fixtures/keys.js'

t.test('a public key alone only verifies, in every form', async (t) => {
  const identity = publicKeyIdentity(createPublicKey(keys.ecPublic))
  for (
    const publicKey of [
      keys.ecPublic,
      keys.ecPublic.replaceAll('\n', '\\n'),
      Buffer.from(keys.ecPublic),
      new TextEncoder().encode(keys.ecPublic),
      createPublicKey(keys.ecPublic),
      createPrivateKey(keys.ecPkcs8),
      keys.ecPkcs8,
      createPublicKey(keys.ecPublic).export({ format: 'jwk' }),
      JSON.stringify(createPublicKey(keys.ecPublic).export({ format: 'jwk' })),
      createPublicKey(keys.ecPublic).export({ type: 'spki', format: 'der' }).toString('base64'),
      createPublicKey(keys.ecPublic).export({ type: 'spki', format: 'der' }),
      createPrivateKey(keys.ecPkcs8).export({ type: 'pkcs8', format: 'der' }),
      `${keys.ecPkcs8}${keys.ecPublic}`
    ]
  ) {
    const pair = parseKeyPair({ publicKey }, 'sample')
    t.equal(pair.identity, identity)
    t.equal(pair.publicKey.type, 'public')
    t.notOk('signBytes' in pair)
  }
})

t.test('what is no public key is refused with a reason', async (t) => {
  const incomplete = 'the JWK is incomplete or of an unknown kind'
  for (
    const [publicKey, why] of [
      [createSecretKey(Buffer.from('what gets signed')), 'it is a secret key'],
      [{ kty: 'oct', k: 'c2VjcmV0' }, incomplete],
      [{ kty: 'XX' }, incomplete],
      ['bm8ga2V5', 'it is neither PEM, nor a JWK, nor a public key in DER or in base64'],
      [keys.rsaPublic.replace('MIIB', 'AAAA'), 'the PEM block is damaged or cut off'],
      [
        keys.rsaPublic.slice(0, 200),
        'the PEM block has no matching END line: it is cut off'
      ]
    ] as ReadonlyArray<[PublicKeyInput, string]>
  ) {
    t.throws(() => readPublicKey(publicKey), {
      code: 'CDN_ACCESS_KEY_UNREADABLE',
      message: `"publicKey" can't be read as a key: ${why}`
    })
  }
})

t.test('a key is described by its type, and its size or curve', async (t) => {
  t.equal(describeKey(readPublicKey(keys.rsaPublic)), 'RSA 2048')
  t.equal(describeKey(readPublicKey(keys.ecPublic)), 'EC prime256v1')
  t.equal(describeKey(readPublicKey(keys.ed25519Public)), 'ED25519')
})
