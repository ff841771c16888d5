import { createPrivateKey, createPublicKey, createSecretKey } from 'node:crypto'
import t from 'tap'
import { parseKeyPair } from '../../src/keys/parse-key.js'
import {
  isExternalSigner,
  isSignerToOpen,
  readPrivateKey,
  type PrivateKeyInput
} from '../../src/keys/private-key.js'
import type { PublicKeyInput } from '../../src/keys/public-key.js'
import * as keys from '../fixtures/keys.js'

const data = Buffer.from('what gets signed')

function identityOf (privateKey: PrivateKeyInput): string {
  return parseKeyPair({ privateKey }, 'sample').identity
}

t.test('a JWK or a KeyObject is a private key too', async (t) => {
  for (const pem of [keys.rsaPkcs8, keys.ecPkcs8, keys.ed25519]) {
    const object = createPrivateKey(pem)
    const expected = identityOf(pem)
    t.equal(identityOf(object), expected)
    t.equal(identityOf(object.export({ format: 'jwk' })), expected)
    t.equal(
      identityOf(JSON.stringify(object.export({ format: 'jwk' }))),
      expected
    )
  }
})

t.test('what is no private key is refused with a code and a reason', async (t) => {
  const { d: secret, ...publicJwk } = createPrivateKey(keys.ecPkcs8).export({ format: 'jwk' })
  const isPublic = '"privateKey" is a public key: signing needs the private key. ' +
    'To verify alone, give it as "publicKey"'
  const unreadable = '"privateKey" can\'t be read as a key:'
  const incomplete = `${unreadable} the JWK is incomplete or of an unknown kind`
  for (
    const [privateKey, code, message] of [
      [createPublicKey(keys.ecPublic), 'PUBLIC', isPublic],
      [publicJwk, 'PUBLIC', isPublic],
      [createSecretKey(data), 'UNREADABLE', `${unreadable} it is a secret key`],
      [{ kty: 'oct', k: 'c2VjcmV0' }, 'UNREADABLE', incomplete],
      [{ kty: 'EC', d: secret }, 'UNREADABLE', incomplete],
      [
        null,
        'UNREADABLE',
        `${unreadable} it must be PEM text, the bytes of PEM or DER, a JWK or a KeyObject`
      ]
    ] as const
  ) {
    t.throws(
      () => readPrivateKey(privateKey as PublicKeyInput, undefined, 'privateKey'),
      { code: `CDN_ACCESS_KEY_${code}`, message },
      message
    )
  }
})

t.test('an object with a function "sign" signs elsewhere', async (t) => {
  t.ok(isExternalSigner({ sign: () => data, publicKey: keys.ecPublic }))
  t.notOk(isExternalSigner(keys.ecPkcs8))
  t.notOk(isExternalSigner(createPrivateKey(keys.ecPkcs8)))
  t.notOk(isExternalSigner({ sign: 'x' } as never))
  t.notOk(isExternalSigner(null as never))
})

t.test('a signer that has to be opened is told from a key, and no parser opens it', async (t) => {
  const open = (): never => {
    throw new Error('opened')
  }
  t.equal(isSignerToOpen({ open }), true)
  const object = Object.assign(createPrivateKey(keys.ecPkcs8), { open })
  for (const other of ['PEM', null, undefined, { open: true }, { sign: open }, object]) {
    t.equal(isSignerToOpen(other), false)
  }
  t.throws(() => identityOf({ open }), {
    code: 'CDN_ACCESS_SIGNER_UNOPENED',
    message: 'The signer "privateKey" of "sample" could not be opened: ' +
      'a registration opens it, and no parser'
  })
})
