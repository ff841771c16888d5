import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import * as errors from '../../errors.js'
import { given } from '../../input/fields.js'
import { isEncryptedDer, privateKeyOfDer, publicKeyOfDer } from '../../keys/der.js'
import { jwkIn } from '../../keys/jwk.js'
import type { CdnKey, KeyValidity } from '../../keys/key.js'
import { checkEntry, parseValidity } from '../../keys/key-entry.js'
import { parseKeyPair, type PrivateKeyInput, type PublicKeyInput } from '../../keys/parse-key.js'
import { describeKey } from '../../keys/public-key.js'
import { secretFromBase64Url, secretIdentity, secretIn } from '../../keys/secret-key.js'
import type { CoseAlgorithm } from '../format/cose.js'
import { keyKinds } from './key-kind.js'

/** One key of an issuer of Common Access Tokens. */
export interface CommonAccessTokenKeyEntry extends KeyValidity {
  /**
   * A secret of at least 32 bytes (HS256): in base64url, as a JWK `oct`, also as JSON text, or as a
   * secret `KeyObject`. Or EC P-256 (ES256) or RSA of 2048 to 4096 bits (PS256): PEM, DER, a JWK, a
   * `KeyObject`, or `{ sign, publicKey }` that signs elsewhere.
   */
  readonly key?: PrivateKeyInput
  /**
   * The key's id, which each token names: 1 to 64 printable ASCII characters. Default: the JWK's
   * own `kid`; without either the entry is refused.
   */
  readonly kid?: string
  /** For an encrypted PEM. */
  readonly passphrase?: string
  /** In place of `key`: the entry then only verifies. */
  readonly publicKey?: PublicKeyInput
}

export interface CommonAccessTokenKey extends CdnKey {
  readonly algorithm: CoseAlgorithm
  readonly verifyingKey: KeyObject
  /** The MAC, or the signature as COSE has it. Missing where only the public half is there. */
  readonly signInput?: (input: Buffer) => Promise<Buffer>
}

type KeyMaterial = Omit<CommonAccessTokenKey, 'id' | 'notBefore' | 'notAfter'>

const entryFields = ['key', 'kid', 'passphrase', 'publicKey', 'notBefore', 'notAfter']
const smallestSecret = 32

/** Reads one key entry. */
export function parseCommonAccessTokenKey (entry: unknown, cdn: string): CommonAccessTokenKey {
  const checked = checkEntry<CommonAccessTokenKeyEntry>(entry, entryFields, cdn)
  const jwk = jwkIn(checked.key ?? checked.publicKey)
  const kid = checked.kid ?? jwk?.kid
  if (typeof kid !== 'string' || !/^[\x21-\x7e]{1,64}$/.test(kid)) {
    throw new errors.CDN_ACCESS_KEY_ID_INVALID(
      'kid',
      '1 to 64 printable ASCII characters without space: each token names its key'
    )
  }
  const material = readSecret(checked) ?? readPair(checked, cdn)
  if (jwk?.alg !== undefined && jwk.alg !== material.algorithm) {
    throw new errors.CDN_ACCESS_KEY_ALGORITHM(
      'key',
      `a key for ${material.algorithm}`,
      `its own "alg" ${JSON.stringify(jwk.alg)}`,
      'leave "alg" out, or make a key of another kind'
    )
  }
  return { id: kid, ...parseValidity(checked), ...material }
}

function readSecret ({ key }: CommonAccessTokenKeyEntry): KeyMaterial | undefined {
  const secret = secretIn(key) ?? secretInText(key)
  if (secret === undefined) return undefined
  if (secret.length < smallestSecret) {
    throw new errors.CDN_ACCESS_KEY_SECRET_INVALID(
      'key',
      'at least 32 random bytes in base64url, or a key pair: viewers could guess a shorter secret'
    )
  }
  return {
    identity: secretIdentity(secret),
    type: 'HMAC-SHA256',
    canSign: true,
    algorithm: 'HS256',
    verifyingKey: createSecretKey(secret),
    signInput: async (input) => createHmac('sha256', secret).update(input).digest()
  }
}

/** Text that is base64url and no key pair: DER in base64 may be written in the same letters. */
function secretInText (key: unknown): Buffer | undefined {
  const bytes = secretFromBase64Url(key)
  if (bytes === undefined || bytes.length === 0) return undefined
  const pair = privateKeyOfDer(bytes, undefined) ?? publicKeyOfDer(bytes)
  const wrapped = /-----BEGIN|"kty"/.test(bytes.toString('latin1'))
  return pair !== undefined || wrapped || isEncryptedDer(bytes) ? undefined : bytes
}

function readPair (
  { key, passphrase, publicKey }: CommonAccessTokenKeyEntry,
  cdn: string
): KeyMaterial {
  const pair = parseKeyPair(given({ privateKey: key, passphrase, publicKey }), cdn, 'key')
  const kind = keyKinds.find(({ fits }) => fits(pair.publicKey))
  if (kind === undefined) {
    throw new errors.CDN_ACCESS_KEY_TYPE(
      key === undefined ? 'publicKey' : 'key',
      describeKey(pair.publicKey),
      'secrets, EC P-256 and RSA of 2048 to 4096 bits'
    )
  }
  const { signBytes } = pair
  return {
    identity: pair.identity,
    type: kind.label(pair.publicKey),
    canSign: signBytes !== undefined,
    algorithm: kind.algorithm,
    verifyingKey: pair.publicKey,
    ...signBytes === undefined ? {} : {
      // What fits the public key is ASN.1 DER of this size.
      signInput: async (input) => kind.asCose(await signBytes(kind.signature, input))!
    }
  }
}
