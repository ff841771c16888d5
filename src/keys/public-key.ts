import { createHash, createPublicKey, KeyObject } from 'node:crypto'
import * as errors from '../errors.js'
import { privateKeyOfDer, publicKeyOfDer } from './der.js'
import { readJwk, type Jwk } from './jwk.js'
import { readKeyForm } from './key-text.js'

/**
 * PEM as text or bytes (also with literal `\n`, on one line, quoted, in base64, or in a secret's
 * JSON), DER as bytes or in base64, a JWK, a `KeyObject`. At most 64 kB.
 */
export type PublicKeyInput = string | Uint8Array | KeyObject | Jwk

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
  const form = readKeyForm(input, place)
  if ('jwk' in form) return readJwk(form.jwk, place)
  if ('pem' in form) return readPem(form.pem.pem)
  const key = publicKeyOfDer(form.der) ?? privateKeyOfDer(form.der, undefined)
  if (key === undefined) {
    throw new errors.CDN_ACCESS_KEY_UNREADABLE(
      field,
      'it is neither PEM, nor a JWK, nor a public key in DER or in base64'
    )
  }
  return key.type === 'public' ? key : createPublicKey(key)
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

function readPem (pem: string): KeyObject {
  try {
    return createPublicKey(pem)
  } catch (cause) {
    const why = 'the PEM block is damaged or cut off'
    throw new errors.CDN_ACCESS_KEY_UNREADABLE(field, why, { cause })
  }
}
