import { verify, type KeyObject } from 'node:crypto'
import * as errors from '../../errors.js'
import type { CdnKey } from '../../keys/key.js'
import { checkEntry, parseValidity } from '../../keys/key-entry.js'
import {
  keyPairFields,
  parseKeyPair,
  type KeyPair,
  type KeyPairEntry,
  type SignatureAlgorithm
} from '../../keys/parse-key.js'
import { describeKey } from '../../keys/public-key.js'
import type { CdnGrant } from '../cdn.js'
import type { Codec } from '../format/base64.js'

export type Hash = 'SHA256' | 'SHA1'

/** One key of a CloudFront key group. */
export interface CloudFrontKeyEntry extends KeyPairEntry {
  /** The public key's id in CloudFront (`K…`). */
  readonly keyPairId: string
}

export interface CloudFrontKey extends CdnKey, Omit<KeyPair, 'identity'> {
  readonly hash: Hash
}

/** The parameters of a signed URL. */
export const policyParameters = [
  'Policy',
  'Expires',
  'Signature',
  'Key-Pair-Id',
  'Hash-Algorithm'
] as const

export interface PolicyParameter {
  readonly name: typeof policyParameters[number]
  readonly value: string
}

/** The cookies are called like the parameters, with this before each. */
export const cookiePrefix = 'CloudFront-'

/** What CloudFront calls base64: not base64url, for `/` becomes `~` and the padding `_`. */
export const cloudFrontBase64: Codec = {
  encode: (bytes) => bytes.toString('base64url').replaceAll('_', '~') + padding[bytes.length % 3]!,
  decode: (text) =>
    Buffer.from(text.replace(/[-_~]/g, (character) => fromCloudFront[character]!), 'base64')
}
const padding = ['', '__', '_']
const fromCloudFront: Record<string, string> = { '-': '+', _: '=', '~': '/' }

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

/** The text of a policy, which is what gets signed. */
export function policyText (
  resource: string,
  grant: Pick<CdnGrant, 'expiresAt' | 'notBefore' | 'ip'>
): string {
  const end = `"DateLessThan":{"AWS:EpochTime":${grant.expiresAt}}`
  const start = grant.notBefore === undefined
    ? ''
    : `,"DateGreaterThan":{"AWS:EpochTime":${grant.notBefore}}`
  const ip = grant.ip === undefined
    ? ''
    : `,"IpAddress":{"AWS:SourceIp":${JSON.stringify(asRange(grant.ip))}}`
  const url = JSON.stringify(resource)
  return `{"Statement":[{"Resource":${url},"Condition":{${end}${start}${ip}}}]}`
}

/** Verifies a signature over a policy's text or bytes, with the hash that its marker names. */
export function verifyPolicy (
  text: string | Buffer,
  signature: Buffer,
  key: CloudFrontKey,
  hash: Hash
): boolean {
  return algorithmOf(key.publicKey, hash) !== undefined &&
    verify(hash, typeof text === 'string' ? Buffer.from(text) : text, key.publicKey, signature)
}

/**
 * The parameters of a signed URL, in the order in which AWS's signer writes them; cookies have
 * a prefix before each.
 */
export async function signPolicy (
  resource: string,
  grant: CdnGrant,
  key: CloudFrontKey,
  policy: 'custom' | 'canned'
): Promise<PolicyParameter[]> {
  const text = Buffer.from(policyText(resource, grant))
  const signature = await key.signBytes!(algorithmOf(key.publicKey, key.hash)!, text)
  const parameters: PolicyParameter[] = [
    policy === 'canned'
      ? { name: 'Expires', value: String(grant.expiresAt) }
      : { name: 'Policy', value: cloudFrontBase64.encode(text) },
    { name: 'Key-Pair-Id', value: key.id },
    { name: 'Signature', value: cloudFrontBase64.encode(signature) }
  ]
  if (key.hash === 'SHA256') parameters.push({ name: 'Hash-Algorithm', value: 'SHA256' })
  return parameters
}

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
    canSign: pair.signBytes !== undefined,
    ...parseValidity(checked),
    hash,
    ...pair
  }
}

function asRange (ip: string): string {
  return ip.includes('/') ? ip : `${ip}/32`
}

function algorithmOf (key: KeyObject, hash: Hash): SignatureAlgorithm | undefined {
  return keyKinds.find(({ fits }) => fits(key))?.hashes[hash]
}
