import { constants, type KeyObject, type SigningOptions } from 'node:crypto'
import type { SignatureAlgorithm } from './private-key.js'

/** A key as node:crypto takes it, alone or with what else the algorithm needs. */
export type KeyWithOptions = KeyObject | ({ readonly key: KeyObject } & SigningOptions)

/** How node:crypto is asked for an algorithm. */
export interface SignatureScheme {
  /** Null for Ed25519, which has its own. */
  readonly digest: string | null
  readonly keyFor: (key: KeyObject) => KeyWithOptions
}

/** All facts of each algorithm. The salt of PSS is as long as the hash, as JWS and COSE ask. */
export const signatureSchemes: Readonly<Record<SignatureAlgorithm, SignatureScheme>> = {
  'RSA-SHA256': plain('sha256'),
  'RSA-SHA1': plain('sha1'),
  'RSA-PSS-SHA256': {
    digest: 'sha256',
    keyFor: (key) => ({
      key,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: constants.RSA_PSS_SALTLEN_DIGEST
    })
  },
  'ECDSA-SHA256': plain('sha256'),
  Ed25519: plain(null)
}

function plain (digest: string | null): SignatureScheme {
  return { digest, keyFor: (key) => key }
}
