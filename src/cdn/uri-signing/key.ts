import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import * as errors from '../../errors.js'
import { given } from '../../input/fields.js'
import type { CdnKey, KeyValidity } from '../../keys/key.js'
import { checkEntry, parseValidity } from '../../keys/key-entry.js'
import { jwkIn } from '../../keys/jwk.js'
import {
  parseKeyPair,
  type PrivateKeyInput,
  type PublicKeyInput,
  type SignatureAlgorithm
} from '../../keys/parse-key.js'
import { describeKey } from '../../keys/public-key.js'
import { secretIdentity, secretIn } from '../../keys/secret-key.js'
import { joinDerSignature } from '../format/ecdsa-signature.js'

/** One key of an issuer. */
export interface UriSigningKeyEntry extends KeyValidity {
  /**
   * A JWK, also as JSON text: `oct` of at least 128 bits (HS256), EC P-256 (ES256), RSA of at least
   * 2048 bits (RS256), Ed25519 (EdDSA). The last three also as PEM, as a `KeyObject`, or as
   * `{ sign, publicKey }` that signs elsewhere.
   */
  readonly key?: PrivateKeyInput
  /**
   * The key's id, which the token names. Default: the JWK's own `kid`; without
   * it, every key is tried.
   */
  readonly kid?: string
  /** For an encrypted PEM. */
  readonly passphrase?: string
  /** In place of `key`: the entry then only verifies. */
  readonly publicKey?: PublicKeyInput
}

export type JwsAlgorithm = 'HS256' | 'ES256' | 'RS256' | 'EdDSA'

export interface UriSigningKey extends CdnKey {
  readonly kid?: string
  readonly algorithm: JwsAlgorithm
  readonly verifyingKey: KeyObject
  /** Missing where only the public half is there. */
  readonly signInput?: (input: Buffer) => Promise<Buffer>
}

type KeyMaterial = Pick<
  UriSigningKey,
  'identity' | 'canSign' | 'algorithm' | 'verifyingKey' | 'signInput'
>

const entryFields = ['key', 'kid', 'passphrase', 'publicKey', 'notBefore', 'notAfter']
const smallestSecret = 16
const smallestModulus = 2048
const p256Size = 32
const identityLength = 8

interface KeyKind {
  readonly algorithm: JwsAlgorithm
  readonly signature: SignatureAlgorithm
  fits(key: KeyObject): boolean
  /** The signature as a JWS has it; undefined where it is malformed. */
  asJws(signature: Buffer): Buffer | undefined
}

const keyKinds: readonly KeyKind[] = [
  {
    algorithm: 'RS256',
    signature: 'RSA-SHA256',
    fits: (key) =>
      key.asymmetricKeyType === 'rsa' &&
      key.asymmetricKeyDetails!.modulusLength! >= smallestModulus,
    asJws: (signature) => signature
  },
  {
    algorithm: 'ES256',
    signature: 'ECDSA-SHA256',
    fits: (key) => key.asymmetricKeyDetails?.namedCurve === 'prime256v1',
    asJws: (signature) => joinDerSignature(signature, p256Size)
  },
  {
    algorithm: 'EdDSA',
    signature: 'Ed25519',
    fits: (key) => key.asymmetricKeyType === 'ed25519',
    asJws: (signature) => signature
  }
]

/** Reads one key entry of an issuer. */
export function parseUriSigningKey (entry: unknown, cdn: string): UriSigningKey {
  const checked = checkEntry<UriSigningKeyEntry>(entry, entryFields, cdn)
  const jwk = jwkIn(checked.key ?? checked.publicKey)
  const kid = checked.kid ?? (jwk as { kid?: string } | undefined)?.kid
  if (kid !== undefined && (typeof kid !== 'string' || !/^[\x21-\x7e]{1,128}$/.test(kid))) {
    throw new errors.CDN_ACCESS_KEY_ID_INVALID(
      'kid',
      '1 to 128 printable ASCII characters without space'
    )
  }
  const material = readSecret(checked) ?? readPair(checked, cdn)
  const wanted = (jwk as { alg?: string } | undefined)?.alg
  if (wanted !== undefined && wanted !== material.algorithm) {
    throw new errors.CDN_ACCESS_KEY_ALGORITHM(
      'key',
      `a key for ${material.algorithm}`,
      `its own "alg" ${JSON.stringify(wanted)}`,
      'leave "alg" out, or make a key of another kind'
    )
  }
  return {
    id: kid ?? material.identity.slice(0, identityLength),
    ...(kid === undefined ? {} : { kid }),
    ...parseValidity(checked),
    ...material
  }
}

function readSecret ({ key }: UriSigningKeyEntry): KeyMaterial | undefined {
  const secret = secretIn(key)
  if (secret === undefined) return undefined
  if (secret.length < smallestSecret) {
    throw new errors.CDN_ACCESS_KEY_SECRET_INVALID(
      'key',
      'at least 128 bits in "k", base64url without padding: ' +
        'with less, every viewer could guess it. 256 bits are better'
    )
  }
  return {
    identity: secretIdentity(secret),
    canSign: true,
    algorithm: 'HS256',
    verifyingKey: createSecretKey(secret),
    signInput: async (input) => createHmac('sha256', secret).update(input).digest()
  }
}

function readPair ({ key, passphrase, publicKey }: UriSigningKeyEntry, cdn: string): KeyMaterial {
  const pair = parseKeyPair(given({ privateKey: key, passphrase, publicKey }), cdn, 'key')
  const kind = keyKinds.find(({ fits }) => fits(pair.publicKey))
  if (kind === undefined) {
    throw new errors.CDN_ACCESS_KEY_TYPE(
      'key',
      describeKey(pair.publicKey),
      'RSA of at least 2048 bits, EC P-256, Ed25519 and symmetric keys'
    )
  }
  const { signBytes } = pair
  const material = {
    identity: pair.identity,
    canSign: signBytes !== undefined,
    algorithm: kind.algorithm,
    verifyingKey: pair.publicKey
  }
  if (signBytes === undefined) return material
  return {
    ...material,
    // What fits the public key is ASN.1 DER of this size.
    signInput: async (input) => kind.asJws(await signBytes(kind.signature, input))!
  }
}
