import { createHash, createPublicKey, KeyObject, type JsonWebKey } from 'node:crypto'
import * as errors from '../errors.js'
import { keyText, pemBlock } from './key-text.js'

/**
 * PEM (also with literal `\n`, on one line, quoted, in base64, or in a secret's JSON), DER in
 * base64, a JWK, a `KeyObject`.
 */
export type PublicKeyInput = string | Buffer | KeyObject | JsonWebKey

const field = 'publicKey'
const place = { half: 'public', field } as const

/** Reads a public key, or the public half of what holds more. */
export function readPublicKey (input: PublicKeyInput): KeyObject {
  if (input instanceof KeyObject) {
    if (input.type === 'secret') {
      throw new errors.CDN_ACCESS_KEY_UNREADABLE(field, 'it is a secret key')
    }
    return input.type === 'public' ? input : createPublicKey(input)
  }
  const text = keyText(input, place)
  if (typeof text !== 'string') {
    return readJwk(() => createPublicKey({ key: text, format: 'jwk' }), field)
  }
  const block = pemBlock(text, place)
  if (block !== undefined) {
    return attempt(() => createPublicKey(block.pem), 'the PEM block is damaged or cut off')
  }
  const key = Buffer.from(text, 'base64')
  return attempt(
    () => createPublicKey({ key, format: 'der', type: 'spki' }),
    'it is neither PEM nor base64 of a public key'
  )
}

/** Names a pair by a hash of its public half, base64url. */
export function publicKeyIdentity (publicKey: KeyObject): string {
  const der = publicKey.export({ type: 'spki', format: 'der' })
  return createHash('sha256').update(der).digest('base64url')
}

/** What a key is, for errors: its type, and its size or curve. */
export function describeKey (key: KeyObject): string {
  const { modulusLength, namedCurve } = { ...key.asymmetricKeyDetails }
  const words = [key.asymmetricKeyType?.toUpperCase(), modulusLength ?? namedCurve]
  return words.filter(Boolean).join(' ')
}

/** The error behind it may quote a member of the key, so it is dropped. */
export function readJwk (read: () => KeyObject, ofField: string): KeyObject {
  try {
    return read()
  } catch {
    const why = 'the JWK is incomplete or of an unknown kind'
    throw new errors.CDN_ACCESS_KEY_UNREADABLE(ofField, why)
  }
}

function attempt (read: () => KeyObject, why: string): KeyObject {
  try {
    return read()
  } catch (cause) {
    throw new errors.CDN_ACCESS_KEY_UNREADABLE(field, why, { cause })
  }
}
