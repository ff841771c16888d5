import { createHmac, KeyObject, timingSafeEqual } from 'node:crypto'
import { jwkIn } from './jwk.js'

const label = 'fastify-cdn-access key identity'

/**
 * Names a symmetric secret without telling it: HMAC-SHA256 of a fixed label, keyed by
 * the secret, base64url.
 *
 * Viewers are shown a part of it and can test guesses against that, so the secret must hold at
 * least 128 bits that nobody can guess. No CDN's format signs the label, so it is no token either.
 */
export function secretIdentity (secret: Buffer): string {
  return createHmac('sha256', secret).update(label).digest('base64url')
}

/**
 * A secret as text, or the bytes of a file that holds that text. The white space around it is cut
 * off, for files end with a line.
 */
export type SecretInput = string | Uint8Array

/** The text of a {@link SecretInput}; undefined of anything else. */
export function secretText (value: unknown): string | undefined {
  const text = value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value
  return typeof text === 'string' ? text.trim() : undefined
}

/** Reads a secret in base64url, with or without padding; undefined where it is anything else. */
export function secretFromBase64Url (value: unknown): Buffer | undefined {
  const text = secretText(value)
  if (text === undefined) return undefined
  const bytes = Buffer.from(text, 'base64url')
  const canonical = bytes.toString('base64url')
  return text === canonical || text === canonical.padEnd(Math.ceil(canonical.length / 4) * 4, '=')
    ? bytes
    : undefined
}

/**
 * The bytes of a symmetric key, in a `KeyObject` or a JWK, also as JSON text: none where a JWK's are
 * malformed, undefined for other keys.
 */
export function secretIn (key: unknown): Buffer | undefined {
  if (key instanceof KeyObject && key.type === 'secret') return key.export()
  const jwk = jwkIn(key)
  if (jwk?.kty !== 'oct') return undefined
  const bytes = Buffer.from(String(jwk.k), 'base64url')
  return bytes.toString('base64url') === jwk.k ? bytes : Buffer.alloc(0)
}

/**
 * True where two MACs are equal. The time that it takes tells nothing of how much of them is: a
 * caller who can measure it would otherwise find a valid MAC byte by byte.
 */
export function sameMac (expected: Buffer, actual: Buffer): boolean {
  return expected.length === actual.length && timingSafeEqual(expected, actual)
}
