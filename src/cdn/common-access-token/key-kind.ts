import type { KeyObject } from 'node:crypto'
import type { SignatureAlgorithm } from '../../keys/parse-key.js'
import type { CoseAlgorithm } from '../format/cose.js'
import { joinDerSignature } from '../format/ecdsa-signature.js'

/** What a kind of key pair signs with. */
interface KeyKind {
  readonly algorithm: CoseAlgorithm
  readonly signature: SignatureAlgorithm
  fits(key: KeyObject): boolean
  label(key: KeyObject): string
  /** The signature as COSE has it; undefined where it is malformed. */
  asCose(signature: Buffer): Buffer | undefined
}

const p256Size = 32

export const keyKinds: readonly KeyKind[] = [
  {
    algorithm: 'ES256',
    signature: 'ECDSA-SHA256',
    fits: (key) => key.asymmetricKeyDetails?.namedCurve === 'prime256v1',
    label: () => 'EC P-256',
    asCose: (signature) => joinDerSignature(signature, p256Size)
  },
  {
    algorithm: 'PS256',
    signature: 'RSA-PSS-SHA256',
    fits: (key) => key.asymmetricKeyType === 'rsa' && fitsToken(modulusOf(key)),
    label: (key) => `RSA-${modulusOf(key)}`,
    asCose: (signature) => signature
  }
]

/** A longer signature would leave a token no room. */
function fitsToken (modulus: number): boolean {
  return modulus >= 2048 && modulus <= 4096
}

function modulusOf (key: KeyObject): number {
  return key.asymmetricKeyDetails!.modulusLength!
}
