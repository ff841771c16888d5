import { createHash, createPrivateKey, createPublicKey, KeyObject, type JsonWebKey } from 'node:crypto'
import { CDN_ACCESS_KEY_ENCRYPTED, CDN_ACCESS_KEY_ENTRY_INVALID, CDN_ACCESS_KEY_MISMATCH, CDN_ACCESS_KEY_PUBLIC, CDN_ACCESS_KEY_UNREADABLE } from '../errors.js'
import { parseMoment, type EpochSeconds } from '../time.js'
import type { KeyValidity } from './key.js'
import { signInThreadPool } from './thread-pool.js'

/** Signs outside this process, with a KMS for instance. `algorithm` is `RSA-SHA256`, `RSA-SHA1`, `ECDSA-SHA256` or `Ed25519`. */
export interface ExternalSigner {
  /** Yields the raw signature: PKCS#1 v1.5 for RSA, ASN.1 DER for ECDSA, 64 bytes for Ed25519. */
  readonly sign: (data: Uint8Array, details: { algorithm: SignatureAlgorithm }) => Uint8Array | Promise<Uint8Array>
  readonly publicKey: PublicKeyInput
}

export type SignatureAlgorithm = 'RSA-SHA256' | 'RSA-SHA1' | 'ECDSA-SHA256' | 'Ed25519'

/** PEM (also with literal `\n`, on one line, quoted, in base64, or in a secret's JSON), DER in base64, a JWK, a `KeyObject`. */
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
export const keyPairFields = ['privateKey', 'passphrase', 'publicKey', 'notBefore', 'notAfter'] as const

/** The digest that node:crypto is asked for; Ed25519 has its own. */
const digests: Record<SignatureAlgorithm, string | null> = {
  'RSA-SHA256': 'sha256', 'RSA-SHA1': 'sha1', 'ECDSA-SHA256': 'sha256', Ed25519: null
}

/** Parses an entry's key pair once, so that no request pays for it. Signs off the event loop. */
export function parseKeyPair (entry: KeyPairEntry, cdn: string): KeyPair {
  const { privateKey, passphrase, publicKey } = entry
  if (privateKey === undefined && publicKey === undefined) {
    throw new CDN_ACCESS_KEY_ENTRY_INVALID(cdn, 'has neither "privateKey" nor "publicKey"')
  }
  const own = publicKey === undefined ? undefined : readPublicKey(publicKey)
  if (privateKey === undefined) return { publicKey: own!, identity: identityOf(own!) }
  if (isExternalSigner(privateKey)) {
    const outside = readPublicKey(privateKey.publicKey)
    return { publicKey: outside, identity: identityOf(outside), signBytes: async (algorithm, data) => Buffer.from(await privateKey.sign(data, { algorithm })) }
  }
  const secret = readPrivateKey(privateKey, passphrase)
  const derived = createPublicKey(secret)
  if (own !== undefined && identityOf(own) !== identityOf(derived)) throw new CDN_ACCESS_KEY_MISMATCH('privateKey')
  return { publicKey: derived, identity: identityOf(derived), signBytes: (algorithm, data) => signInThreadPool(digests[algorithm], data, secret) }
}

/** The validity of an entry in epoch seconds, without the fields that it does not have. */
export function parseValidity (entry: KeyValidity): { notBefore?: EpochSeconds, notAfter?: EpochSeconds } {
  return {
    ...(entry.notBefore === undefined ? {} : { notBefore: parseMoment(entry.notBefore, 'notBefore') }),
    ...(entry.notAfter === undefined ? {} : { notAfter: parseMoment(entry.notAfter, 'notAfter') })
  }
}

/** A plain object with known fields, or the error that names the odd one. */
export function checkEntry<Entry> (entry: unknown, known: readonly string[], cdn: string): Entry {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) throw new CDN_ACCESS_KEY_ENTRY_INVALID(cdn, 'must be an object: a key alone has no id to go with it')
  const odd = Object.keys(entry).find((field) => !known.includes(field))
  if (odd !== undefined) throw new CDN_ACCESS_KEY_ENTRY_INVALID(cdn, `has a field ${JSON.stringify(odd)}, which nothing reads: it takes ${known.join(', ')}`)
  return entry as Entry
}

function identityOf (publicKey: KeyObject): string {
  return createHash('sha256').update(publicKey.export({ type: 'spki', format: 'der' })).digest('base64url')
}

function isExternalSigner (input: PrivateKeyInput): input is ExternalSigner {
  return typeof input === 'object' && 'sign' in input && typeof input.sign === 'function'
}

function readPrivateKey (input: PublicKeyInput, passphrase: string | undefined): KeyObject {
  const field = 'privateKey'
  if (input instanceof KeyObject) {
    if (input.type !== 'private') throw new CDN_ACCESS_KEY_PUBLIC(field, `${input.type} key`)
    return input
  }
  const text = textOf(input, field)
  if (typeof text !== 'string') {
    if (text.d === undefined) throw new CDN_ACCESS_KEY_PUBLIC(field, 'public key')
    return attempt(() => createPrivateKey({ key: text, format: 'jwk' }), field, 'the JWK is incomplete or of an unknown kind')
  }
  const block = pemBlock(text)
  if (block === undefined) return readDer(text, field)
  if (/CERTIFICATE/.test(block.label)) throw new CDN_ACCESS_KEY_PUBLIC(field, 'certificate')
  if (/PUBLIC KEY/.test(block.label)) throw new CDN_ACCESS_KEY_PUBLIC(field, 'public key')
  if (/OPENSSH/.test(block.label)) throw new CDN_ACCESS_KEY_UNREADABLE(field, 'it is in OpenSSH form: convert it with ssh-keygen -p -m PEM')
  const encrypted = /ENCRYPTED/.test(block.label) || /ENCRYPTED/.test(block.body)
  if (encrypted && passphrase === undefined) throw new CDN_ACCESS_KEY_ENCRYPTED(field, 'missing')
  try {
    return createPrivateKey({ key: block.pem, ...(passphrase === undefined ? {} : { passphrase }) })
  } catch (cause) {
    if (encrypted) throw new CDN_ACCESS_KEY_ENCRYPTED(field, 'wrong', { cause })
    throw new CDN_ACCESS_KEY_UNREADABLE(field, 'the PEM block is damaged or cut off: compare its length with the file that it came from', { cause })
  }
}

function readPublicKey (input: PublicKeyInput): KeyObject {
  const field = 'publicKey'
  if (input instanceof KeyObject) {
    if (input.type === 'secret') throw new CDN_ACCESS_KEY_UNREADABLE(field, 'it is a secret key')
    return input.type === 'public' ? input : createPublicKey(input)
  }
  const text = textOf(input, field)
  if (typeof text !== 'string') return attempt(() => createPublicKey({ key: text, format: 'jwk' }), field, 'the JWK is incomplete or of an unknown kind')
  const block = pemBlock(text)
  if (block !== undefined) return attempt(() => createPublicKey(block.pem), field, 'the PEM block is damaged or cut off')
  return attempt(() => createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' }), field, 'it is neither PEM nor base64 of a public key')
}

/** What stands between the quotes, the JSON or the base64 that a key often comes wrapped in. */
function textOf (input: unknown, field: string): string | JsonWebKey {
  if (typeof input === 'object' && input !== null && 'kty' in input) return input as JsonWebKey
  if (typeof input !== 'string' && !Buffer.isBuffer(input)) throw new CDN_ACCESS_KEY_UNREADABLE(field, 'it must be PEM text, a Buffer, a JWK or a KeyObject')
  const text = input.toString().trim().replace(/^(["'])([\s\S]*)\1$/, '$2').replace(/\\r/g, '').replace(/\\n/g, '\n').trim()
  if (text === '') throw new CDN_ACCESS_KEY_UNREADABLE(field, 'it is empty: is the environment variable set?')
  if (text.startsWith('{')) return fromJson(input.toString().trim().replace(/^(["'])([\s\S]*)\1$/, '$2'), field)
  if (text.includes('-----BEGIN')) return text
  const decoded = Buffer.from(text, 'base64').toString('latin1')
  return decoded.includes('-----BEGIN') ? decoded : text
}

/** A JWK, or the one member of a secret's JSON that holds PEM. The parser's own error quotes the text, so it is dropped. */
function fromJson (json: string, field: string): string | JsonWebKey {
  let parsed: Record<string, unknown>
  try {
    parsed = JSON.parse(json) as Record<string, unknown>
  } catch {
    throw new CDN_ACCESS_KEY_UNREADABLE(field, 'it starts like JSON but is not')
  }
  if ('kty' in parsed) return parsed
  const pems = Object.values(parsed).filter((value): value is string => typeof value === 'string' && value.includes('-----BEGIN'))
  if (pems.length !== 1) throw new CDN_ACCESS_KEY_UNREADABLE(field, `its JSON has ${pems.length} members that hold PEM, and it must be one`)
  return pems[0]!.replace(/\\n/g, '\n')
}

/** The block with the key, its lines made anew; the text may hold others, such as EC parameters. */
function pemBlock (text: string): { label: string, body: string, pem: string } | undefined {
  const blocks = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/g)]
  const block = blocks.find(([, label]) => label!.endsWith('KEY')) ?? blocks[0]
  if (block === undefined) {
    if (text.includes('-----BEGIN')) throw new CDN_ACCESS_KEY_UNREADABLE('key', 'the PEM block has no matching END line: it is cut off')
    return undefined
  }
  const [, label = '', body = ''] = block
  const headers = body.includes(':') ? body : undefined
  const lines = headers ?? `\n${body.replace(/\s+/g, '').replace(/.{1,64}/g, '$&\n')}`
  return { label, body, pem: `-----BEGIN ${label}-----${lines}-----END ${label}-----\n` }
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
  throw new CDN_ACCESS_KEY_UNREADABLE(field, 'it is neither PEM, nor a JWK, nor base64 of a private key')
}

function attempt (read: () => KeyObject, field: string, reason: string): KeyObject {
  try {
    return read()
  } catch (cause) {
    throw new CDN_ACCESS_KEY_UNREADABLE(field, reason, { cause })
  }
}
