import { createPrivateKey, KeyObject } from 'node:crypto'
import * as errors from '../errors.js'
import { keyText, pemBlock, type PemBlock } from './key-text.js'
import { readJwk, type PublicKeyInput } from './public-key.js'

export type SignatureAlgorithm = 'RSA-SHA256' | 'RSA-SHA1' | 'ECDSA-SHA256' | 'Ed25519'

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

/** Like {@link PublicKeyInput}, for PKCS#1, PKCS#8 or SEC1; or an object that signs elsewhere. */
export type PrivateKeyInput = PublicKeyInput | ExternalSigner

const cutOff = 'the PEM block is damaged or cut off: ' +
  'compare its length with the file that it came from'

/** Reads a private key; `field` is what the entry calls it, for errors. */
export function readPrivateKey (
  input: PublicKeyInput,
  passphrase: string | undefined,
  field: string
): KeyObject {
  if (input instanceof KeyObject) {
    if (input.type === 'secret') {
      throw new errors.CDN_ACCESS_KEY_UNREADABLE(field, 'it is a secret key')
    }
    if (input.type === 'public') throw new errors.CDN_ACCESS_KEY_PUBLIC(field, 'public key')
    return input
  }
  const text = keyText(input, { half: 'private', field })
  if (typeof text !== 'string') {
    if (text.d === undefined && text.kty !== 'oct') {
      throw new errors.CDN_ACCESS_KEY_PUBLIC(field, 'public key')
    }
    return readJwk(() => createPrivateKey({ key: text, format: 'jwk' }), field)
  }
  const block = pemBlock(text, { half: 'private', field })
  return block === undefined ? readDer(text, field) : readPem(block, passphrase, field)
}

/** True of an object that signs elsewhere. */
export function isExternalSigner (input: PrivateKeyInput): input is ExternalSigner {
  return typeof input === 'object' && input !== null && 'sign' in input &&
    typeof input.sign === 'function'
}

function readPem (
  { label, encrypted, pem }: PemBlock,
  passphrase: string | undefined,
  field: string
): KeyObject {
  if (/CERTIFICATE/.test(label)) throw new errors.CDN_ACCESS_KEY_PUBLIC(field, 'certificate')
  if (/PUBLIC KEY/.test(label)) throw new errors.CDN_ACCESS_KEY_PUBLIC(field, 'public key')
  if (/OPENSSH/.test(label)) {
    throw new errors.CDN_ACCESS_KEY_UNREADABLE(
      field,
      'it is in OpenSSH form: convert it with ssh-keygen -p -m PEM'
    )
  }
  if (encrypted && passphrase === undefined) {
    throw new errors.CDN_ACCESS_KEY_ENCRYPTED(field, 'missing')
  }
  try {
    return createPrivateKey({ key: pem, ...(passphrase === undefined ? {} : { passphrase }) })
  } catch (cause) {
    if (encrypted) throw new errors.CDN_ACCESS_KEY_ENCRYPTED(field, 'wrong', { cause })
    throw new errors.CDN_ACCESS_KEY_UNREADABLE(field, cutOff, { cause })
  }
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
  throw new errors.CDN_ACCESS_KEY_UNREADABLE(
    field,
    'it is neither PEM, nor a JWK, nor base64 of a private key'
  )
}
