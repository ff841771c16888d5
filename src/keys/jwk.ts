import {
  createPrivateKey,
  createPublicKey,
  type JsonWebKeyInput,
  type KeyObject
} from 'node:crypto'
import * as errors from '../errors.js'
import type { KeyPlace } from './key-place.js'

/**
 * A JSON Web Key (RFC 7517), such as `KeyObject.export({ format: 'jwk' })` and WebCrypto's
 * `exportKey('jwk', key)` yield. A type of its own: the one of `@types/node` has moved between its
 * versions.
 */
export interface Jwk {
  /** `RSA`, `EC`, `OKP` or `oct`; every key has it. */
  readonly kty?: string | undefined
  readonly crv?: string | undefined
  readonly x?: string | undefined
  readonly y?: string | undefined
  readonly n?: string | undefined
  readonly e?: string | undefined
  readonly d?: string | undefined
  readonly p?: string | undefined
  readonly q?: string | undefined
  readonly dp?: unknown
  readonly dq?: unknown
  readonly qi?: string | undefined
  readonly k?: string | undefined
  readonly oth?: unknown
  readonly alg?: unknown
  readonly kid?: unknown
  readonly use?: unknown
  readonly key_ops?: unknown
  readonly ext?: unknown
  readonly x5c?: unknown
  readonly x5t?: unknown
  readonly 'x5t#S256'?: unknown
  readonly x5u?: unknown
}

/**
 * Reads a half of a JWK. The error behind a refusal may quote a member of the key, so it is
 * dropped.
 */
export function readJwk (jwk: Jwk, { half, field }: KeyPlace): KeyObject {
  const input = { key: jwk, format: 'jwk' } as JsonWebKeyInput
  try {
    return half === 'private' ? createPrivateKey(input) : createPublicKey(input)
  } catch {
    const why = 'the JWK is incomplete or of an unknown kind'
    throw new errors.CDN_ACCESS_KEY_UNREADABLE(field, why)
  }
}

/** The JWK of a key that is one, also as JSON text. What is none is read, or refused, elsewhere. */
export function jwkIn (input: unknown): Jwk | undefined {
  if (input instanceof Uint8Array) return jwkIn(Buffer.from(input).toString())
  if (typeof input === 'string') {
    try {
      return jwkIn(JSON.parse(input.trim().replace(/^(["'])([\s\S]*)\1$/, '$2')))
    } catch {
      return undefined
    }
  }
  return typeof input === 'object' && input !== null && 'kty' in input
    ? input as Jwk
    : undefined
}
