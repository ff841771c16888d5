import { createPublicKey, verify, type KeyObject } from 'node:crypto'
import * as errors from '../errors.js'
import type { KeyValidity } from './key.js'
import {
  isExternalSigner,
  isSignerToOpen,
  readPrivateKey,
  type ExternalSigner,
  type PrivateKeyInput,
  type SignatureAlgorithm
} from './private-key.js'
import { publicKeyIdentity, readPublicKey, type PublicKeyInput } from './public-key.js'
import { signatureSchemes } from './signature-scheme.js'
import { signInThreadPool } from './thread-pool.js'

export type {
  ExternalSigner,
  PrivateKeyInput,
  SignatureAlgorithm,
  SignerToOpen
} from './private-key.js'
export type { Jwk } from './jwk.js'
export type { PublicKeyInput } from './public-key.js'

/** A key entry with a private key, or with a public key alone, which then only verifies. */
export interface KeyPairEntry extends KeyValidity {
  /** What signs; left out for an entry that only verifies. */
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

/**
 * Parses an entry's key pair once, so that no request pays for it. Signs off the event loop.
 * `field` is what the format calls its private key, for errors.
 */
export function parseKeyPair (entry: KeyPairEntry, cdn: string, field = 'privateKey'): KeyPair {
  const { privateKey, passphrase, publicKey } = entry
  if (privateKey === undefined && publicKey === undefined) {
    throw new errors.CDN_ACCESS_KEY_ENTRY_INVALID(cdn, whatIsMissing(entry, field))
  }
  if (passphrase !== undefined && typeof passphrase !== 'string') {
    throw new errors.CDN_ACCESS_KEY_ENTRY_INVALID(cdn, 'has a "passphrase" that is not a string')
  }
  const own = publicKey === undefined ? undefined : readPublicKey(publicKey)
  if (privateKey === undefined) return { publicKey: own!, identity: publicKeyIdentity(own!) }
  if (isSignerToOpen(privateKey)) {
    throw new errors.CDN_ACCESS_SIGNER_UNOPENED(
      field,
      cdn,
      'a registration opens it, and no parser'
    )
  }
  const pair = isExternalSigner(privateKey)
    ? signingElsewhere(privateKey, cdn)
    : signingHere(readPrivateKey(privateKey, passphrase, field))
  if (own !== undefined && publicKeyIdentity(own) !== pair.identity) {
    throw new errors.CDN_ACCESS_KEY_MISMATCH(field)
  }
  return pair
}

/** A variable that is not set is the usual reason, whether or not the entry still shows it. */
function whatIsMissing (entry: KeyPairEntry, field: string): string {
  if ('privateKey' in entry || 'publicKey' in entry) {
    const name = 'privateKey' in entry ? field : 'publicKey'
    return `has a "${name}" that is undefined: is the environment variable set?`
  }
  return `has neither "${field}" nor "publicKey": ` +
    'if it comes from an environment variable, is that set?'
}

function signingElsewhere (signer: ExternalSigner, cdn: string): KeyPair {
  const publicKey = readPublicKey(signer.publicKey)
  return {
    publicKey,
    identity: publicKeyIdentity(publicKey),
    // What a signer elsewhere gives back is looked at each time: its key may be replaced there.
    signBytes: async (algorithm, data) => {
      const { digest, keyFor } = signatureSchemes[algorithm]
      const signature = Buffer.from(await signer.sign(data, { algorithm }))
      if (!verify(digest, data, keyFor(publicKey), signature)) {
        throw new errors.CDN_ACCESS_SIGNATURE_WRONG(cdn)
      }
      return signature
    }
  }
}

function signingHere (privateKey: KeyObject): KeyPair {
  const publicKey = createPublicKey(privateKey)
  return {
    publicKey,
    identity: publicKeyIdentity(publicKey),
    signBytes: (algorithm, data) => {
      const { digest, keyFor } = signatureSchemes[algorithm]
      return signInThreadPool(digest, data, keyFor(privateKey))
    }
  }
}
