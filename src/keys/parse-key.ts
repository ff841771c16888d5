import {
  createHash,
  createPrivateKey,
  createPublicKey,
  KeyObject,
  type JsonWebKey
} from 'node:crypto'
import {
  CDN_ACCESS_KEY_ENCRYPTED,
  CDN_ACCESS_KEY_ENTRY_INVALID,
  CDN_ACCESS_KEY_MISMATCH,
  CDN_ACCESS_KEY_PUBLIC,
  CDN_ACCESS_KEY_UNREADABLE,
  CDN_ACCESS_KEY_VALIDITY_INVALID
} from '../errors.js'
import { momentOf, type EpochSeconds } from '../time.js'
import type { KeyValidity } from './key.js'
import { signInThreadPool } from './thread-pool.js'
import { keyText, pemBlock } from './key-text.js'

/**
 * Signs outside this process, with a KMS for instance. `algorithm` is `RSA-SHA256`, `RSA-SHA1`,
 * `ECDSA-SHA256` or `Ed25519`.
 */
export interface ExternalSigner {
  /** Yields the raw signature: PKCS#1 v1.5 for RSA, ASN.1 DER for ECDSA, 64 bytes for Ed25519. */
  readonly sign: (
    data: Uint8Array,
    details: { algorithm: SignatureAlgorithm }
  ) => Uint8Array | Promise<Uint8Array>
  readonly publicKey: PublicKeyInput
}

export type SignatureAlgorithm = 'RSA-SHA256' | 'RSA-SHA1' | 'ECDSA-SHA256' | 'Ed25519'

/**
 * PEM (also with literal `\n`, on one line, quoted, in base64, or in a secret's JSON), DER in
 * base64, a JWK, a `KeyObject`.
 */
export type PublicKeyInput = string | Buffer | KeyObject | JsonWebKey

/** Like {@link PublicKeyInput}, for PKCS#1, PKCS#8 or SEC1; or an object that signs elsewhere. */
export type PrivateKeyInput = PublicKeyInput | ExternalSigner

/** A key entry with a private key, or with a public key alone, which then only verifies. */
export interface KeyPairEntry extends KeyValidity {
  readonly privateKey?: PrivateKeyInput
  /** For an encrypted PEM. */
  readonly passphrase?: string
  readonly publicKey?: PublicKeyInput
}

/** A parsed key pair. */
export interface KeyPair {
  readonly publicKey: KeyObject
  /** A hash of the public key, base64url. */
  readonly identity: string
  /** Missing where only the public half is there. */
  readonly signBytes?: (algorithm: SignatureAlgorithm, data: Buffer) => Promise<Buffer>
}

/** The fields of {@link KeyPairEntry}. */
export const keyPairFields = [
  'privateKey',
  'passphrase',
  'publicKey',
  'notBefore',
  'notAfter'
] as const

/** The digest that node:crypto is asked for; Ed25519 has its own. */
const digests: Record<SignatureAlgorithm, string | null> = {
  'RSA-SHA256': 'sha256',
  'RSA-SHA1': 'sha1',
  'ECDSA-SHA256': 'sha256',
  Ed25519: null
}

/**
 * Parses an entry's key pair once, so that no request pays for it. Signs off the event loop.
 * `field` is what the format calls its private key, for errors.
 */
export function parseKeyPair (entry: KeyPairEntry, cdn: string, field = 'privateKey'): KeyPair {
  const { privateKey, passphrase, publicKey } = entry
  if (privateKey === undefined && publicKey === undefined) {
    throw new CDN_ACCESS_KEY_ENTRY_INVALID(cdn, `has neither "${field}" nor "publicKey"`)
  }
  if (passphrase !== undefined && typeof passphrase !== 'string') {
    throw new CDN_ACCESS_KEY_ENTRY_INVALID(cdn, 'has a "passphrase" that is not a string')
  }
  const own = publicKey === undefined ? undefined : readPublicKey(publicKey)
  if (privateKey === undefined) return { publicKey: own!, identity: identityOf(own!) }
  if (isExternalSigner(privateKey)) {
    const outside = readPublicKey(privateKey.publicKey)
    refuseMismatch(own, outside, field)
    return {
      publicKey: outside,
      identity: identityOf(outside),
      signBytes: async (algorithm, data) => Buffer.from(await privateKey.sign(data, { algorithm }))
    }
  }
  const secret = readPrivateKey(privateKey, passphrase, field)
  const derived = createPublicKey(secret)
  refuseMismatch(own, derived, field)
  return {
    publicKey: derived,
    identity: identityOf(derived),
    signBytes: (algorithm, data) => signInThreadPool(digests[algorithm], data, secret)
  }
}

/** The validity of an entry in epoch seconds, without the fields that it does not have. */
export function parseValidity (
  entry: KeyValidity
): { notBefore?: EpochSeconds, notAfter?: EpochSeconds } {
  const notBefore = readMoment(entry, 'notBefore')
  const notAfter = readMoment(entry, 'notAfter')
  if (notBefore !== undefined && notAfter !== undefined && notAfter <= notBefore) {
    throw new CDN_ACCESS_KEY_VALIDITY_INVALID('notAfter', 'later than its "notBefore"')
  }
  return {
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(notAfter === undefined ? {} : { notAfter })
  }
}

/** A plain object with known fields, or the error that names the odd one. */
export function checkEntry<Entry> (entry: unknown, known: readonly string[], cdn: string): Entry {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    throw new CDN_ACCESS_KEY_ENTRY_INVALID(
      cdn,
      'must be an object: a key alone has no id to go with it'
    )
  }
  const odd = Object.keys(entry).find((field) => !known.includes(field))
  if (odd !== undefined) {
    throw new CDN_ACCESS_KEY_ENTRY_INVALID(
      cdn,
      `has a field ${JSON.stringify(odd)}, which nothing reads: it takes ${known.join(', ')}`
    )
  }
  return entry as Entry
}

function readMoment (
  entry: KeyValidity,
  field: 'notBefore' | 'notAfter'
): EpochSeconds | undefined {
  if (entry[field] === undefined) return undefined
  const moment = momentOf(entry[field])
  if (moment === undefined) {
    throw new CDN_ACCESS_KEY_VALIDITY_INVALID(field, 'a Date or epoch seconds')
  }
  return moment
}

function refuseMismatch (own: KeyObject | undefined, signing: KeyObject, field: string): void {
  if (own !== undefined && identityOf(own) !== identityOf(signing)) {
    throw new CDN_ACCESS_KEY_MISMATCH(field)
  }
}

function identityOf (publicKey: KeyObject): string {
  return createHash('sha256').update(publicKey.export({ type: 'spki', format: 'der' })).digest(
    'base64url'
  )
}

function isExternalSigner (input: PrivateKeyInput): input is ExternalSigner {
  return typeof input === 'object' && input !== null && 'sign' in input &&
    typeof input.sign === 'function'
}

function readPrivateKey (
  input: PublicKeyInput,
  passphrase: string | undefined,
  field: string
): KeyObject {
  if (input instanceof KeyObject) {
    if (input.type === 'secret') throw new CDN_ACCESS_KEY_UNREADABLE(field, 'it is a secret key')
    if (input.type === 'public') throw new CDN_ACCESS_KEY_PUBLIC(field, 'public key')
    return input
  }
  const text = keyText(input, { half: 'private', field })
  if (typeof text !== 'string') {
    if (text.d === undefined && text.kty !== 'oct') {
      throw new CDN_ACCESS_KEY_PUBLIC(field, 'public key')
    }
    return readJwk(() => createPrivateKey({ key: text, format: 'jwk' }), field)
  }
  const block = pemBlock(text, { half: 'private', field })
  if (block === undefined) return readDer(text, field)
  if (/CERTIFICATE/.test(block.label)) throw new CDN_ACCESS_KEY_PUBLIC(field, 'certificate')
  if (/PUBLIC KEY/.test(block.label)) throw new CDN_ACCESS_KEY_PUBLIC(field, 'public key')
  if (/OPENSSH/.test(block.label)) {
    throw new CDN_ACCESS_KEY_UNREADABLE(
      field,
      'it is in OpenSSH form: convert it with ssh-keygen -p -m PEM'
    )
  }
  const encrypted = block.encrypted
  if (encrypted && passphrase === undefined) throw new CDN_ACCESS_KEY_ENCRYPTED(field, 'missing')
  try {
    return createPrivateKey({ key: block.pem, ...(passphrase === undefined ? {} : { passphrase }) })
  } catch (cause) {
    if (encrypted) throw new CDN_ACCESS_KEY_ENCRYPTED(field, 'wrong', { cause })
    throw new CDN_ACCESS_KEY_UNREADABLE(
      field,
      'the PEM block is damaged or cut off: compare its length with the file that it came from',
      { cause }
    )
  }
}

function readPublicKey (input: PublicKeyInput): KeyObject {
  const field = 'publicKey'
  if (input instanceof KeyObject) {
    if (input.type === 'secret') throw new CDN_ACCESS_KEY_UNREADABLE(field, 'it is a secret key')
    return input.type === 'public' ? input : createPublicKey(input)
  }
  const text = keyText(input, { half: 'public', field })
  if (typeof text !== 'string') {
    return readJwk(() => createPublicKey({ key: text, format: 'jwk' }), field)
  }
  const block = pemBlock(text, { half: 'public', field })
  if (block !== undefined) {
    return attempt(() => createPublicKey(block.pem), field, 'the PEM block is damaged or cut off')
  }
  return attempt(
    () => createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' }),
    field,
    'it is neither PEM nor base64 of a public key'
  )
}

function readDer (text: string, field: string): KeyObject {
  const key = Buffer.from(text, 'base64')
  for (const type of ['pkcs8', 'pkcs1', 'sec1'] as const) {
    try {
      return createPrivateKey({ key, format: 'der', type })
    } catch {
      continue
    }
  }
  throw new CDN_ACCESS_KEY_UNREADABLE(
    field,
    'it is neither PEM, nor a JWK, nor base64 of a private key'
  )
}

function attempt (read: () => KeyObject, field: string, reason: string): KeyObject {
  try {
    return read()
  } catch (cause) {
    throw new CDN_ACCESS_KEY_UNREADABLE(field, reason, { cause })
  }
}

/** The error behind it may quote a member of the key, so it is dropped. */
function readJwk (read: () => KeyObject, field: string): KeyObject {
  try {
    return read()
  } catch {
    throw new CDN_ACCESS_KEY_UNREADABLE(field, 'the JWK is incomplete or of an unknown kind')
  }
}
