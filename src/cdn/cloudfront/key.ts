import type { KeyObject } from 'node:crypto'
import * as errors from '../../errors.js'
import { checkEntry, parseValidity } from '../../keys/key-entry.js'
import type { CdnKey } from '../../keys/key.js'
import {
  keyPairFields,
  parseKeyPair,
  type KeyPair,
  type KeyPairEntry,
  type SignatureAlgorithm
} from '../../keys/parse-key.js'
import { describeKey } from '../../keys/public-key.js'

export type Hash = 'SHA256' | 'SHA1'

/** One key of a CloudFront key group. */
export interface CloudFrontKeyEntry extends KeyPairEntry {
  /** The public key's id in CloudFront (`K…`). */
  readonly keyPairId: string
}

export interface CloudFrontKey extends CdnKey, Omit<KeyPair, 'identity'> {
  readonly hash: Hash
}

/** What a kind of key is called, is made of and signs with. */
interface KeyKind {
  readonly label: string
  readonly fits: (key: KeyObject) => boolean
  readonly hashes: Partial<Record<Hash, SignatureAlgorithm>>
}

const keyKinds: readonly KeyKind[] = [
  {
    label: 'RSA-2048',
    fits: (key) =>
      key.asymmetricKeyType === 'rsa' && key.asymmetricKeyDetails?.modulusLength === 2048,
    hashes: { SHA256: 'RSA-SHA256', SHA1: 'RSA-SHA1' }
  },
  {
    label: 'EC P-256',
    fits: (key) =>
      key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1',
    hashes: { SHA256: 'ECDSA-SHA256' }
  }
]

/** Reads one entry of a key group. */
export function parseCloudFrontKey (entry: unknown, cdn: string, hash: Hash): CloudFrontKey {
  const checked = checkEntry<CloudFrontKeyEntry>(entry, ['keyPairId', ...keyPairFields], cdn)
  const { keyPairId } = checked
  if (typeof keyPairId !== 'string' || !/^[A-Za-z0-9]{1,64}$/.test(keyPairId)) {
    throw new errors.CDN_ACCESS_KEY_ID_INVALID(
      'keyPairId',
      'the public key\'s id in CloudFront, letters and digits such as K2JCJMDEHXQW5F'
    )
  }
  const { identity, ...pair } = parseKeyPair(checked, cdn)
  const field = checked.privateKey === undefined ? 'publicKey' : 'privateKey'
  const kind = keyKinds.find(({ fits }) => fits(pair.publicKey))
  if (kind === undefined) {
    throw new errors.CDN_ACCESS_KEY_TYPE(
      field,
      describeKey(pair.publicKey),
      'RSA-2048 and EC P-256'
    )
  }
  if (kind.hashes[hash] === undefined) {
    throw new errors.CDN_ACCESS_KEY_ALGORITHM(field, kind.label, hash, 'leave "hash" out')
  }
  return {
    id: keyPairId,
    identity,
    type: kind.label,
    canSign: pair.signBytes !== undefined,
    ...parseValidity(checked),
    hash,
    ...pair
  }
}

/** What a key signs with; undefined where it can't sign with this hash. */
export function signatureAlgorithm (key: KeyObject, hash: Hash): SignatureAlgorithm | undefined {
  return keyKinds.find(({ fits }) => fits(key))?.hashes[hash]
}
