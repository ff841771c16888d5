import { createPrivateKey, KeyObject } from 'node:crypto'
import * as errors from '../errors.js'
import { isEncryptedDer, privateKeyOfDer, publicKeyOfDer } from './der.js'
import { readJwk } from './jwk.js'
import { readKeyForm } from './key-text.js'
import type { PemBlock } from './pem-block.js'
import type { PublicKeyInput } from './public-key.js'

/** How a signer elsewhere is to sign: the kind of its key, and the hash. */
export type SignatureAlgorithm =
  | 'RSA-SHA256'
  | 'RSA-SHA1'
  | 'RSA-PSS-SHA256'
  | 'ECDSA-SHA256'
  | 'Ed25519'

/**
 * Signs outside this process, with a KMS for instance. `algorithm` is `RSA-SHA256`, `RSA-SHA1`,
 * `RSA-PSS-SHA256`, `ECDSA-SHA256` or `Ed25519`.
 */
export interface ExternalSigner {
  /**
   * Yields the raw signature: PKCS#1 v1.5 for RSA, with `RSA-PSS-SHA256` PSS with MGF1 of SHA-256
   * and a salt of 32 bytes, ASN.1 DER for ECDSA, 64 bytes for Ed25519.
   */
  readonly sign: (
    data: Uint8Array,
    details: { algorithm: SignatureAlgorithm }
  ) => Uint8Array | Promise<Uint8Array>
  readonly publicKey: PublicKeyInput
}

/**
 * A signer whose public half must first be asked for, such as a key in a KMS. It is opened once,
 * when its entry is loaded.
 */
export interface SignerToOpen {
  /** `signal` is aborted where opening takes too long, or the server closes. */
  readonly open: (details: { readonly signal: AbortSignal }) => Promise<ExternalSigner>
}

/**
 * Like {@link PublicKeyInput}, for PKCS#1, PKCS#8 or SEC1; or an object that signs elsewhere, or
 * that has to be opened for it.
 */
export type PrivateKeyInput = PublicKeyInput | ExternalSigner | SignerToOpen

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
  const place = { half: 'private', field } as const
  const form = readKeyForm(input, place)
  if ('jwk' in form) {
    if (form.jwk.d === undefined && form.jwk.kty !== 'oct') {
      throw new errors.CDN_ACCESS_KEY_PUBLIC(field, 'public key')
    }
    return readJwk(form.jwk, place)
  }
  return 'pem' in form
    ? readPem(form.pem, passphrase, field)
    : readDer(form.der, passphrase, field)
}

/** True of an object that signs elsewhere. */
export function isExternalSigner (input: PrivateKeyInput): input is ExternalSigner {
  return typeof input === 'object' && input !== null && 'sign' in input &&
    typeof input.sign === 'function'
}

/** True of a signer that has to be opened. */
export function isSignerToOpen (input: unknown): input is SignerToOpen {
  return typeof input === 'object' && input !== null && !(input instanceof KeyObject) &&
    'open' in input && typeof input.open === 'function'
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

function readDer (der: Buffer, passphrase: string | undefined, field: string): KeyObject {
  const key = privateKeyOfDer(der, passphrase)
  if (key !== undefined) return key
  if (isEncryptedDer(der)) {
    throw new errors.CDN_ACCESS_KEY_ENCRYPTED(field, passphrase === undefined ? 'missing' : 'wrong')
  }
  if (publicKeyOfDer(der) !== undefined) {
    throw new errors.CDN_ACCESS_KEY_PUBLIC(field, 'public key or a certificate')
  }
  throw new errors.CDN_ACCESS_KEY_UNREADABLE(
    field,
    'it is neither PEM, nor a JWK, nor a private key in DER or in base64'
  )
}
