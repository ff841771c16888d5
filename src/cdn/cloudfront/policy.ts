import { verify } from 'node:crypto'
import type { CdnGrant } from '../cdn.js'
import type { Codec } from '../format/base64.js'
import type { policyParameters } from './parameters.js'
import { signatureAlgorithm, type CloudFrontKey, type Hash } from './key.js'

export type { CloudFrontKey, CloudFrontKeyEntry } from './key.js'

export interface PolicyParameter {
  readonly name: typeof policyParameters[number]
  readonly value: string
}

const padding = ['', '__', '_']
const fromCloudFront: Record<string, string> = { '-': '+', _: '=', '~': '/' }

/** What CloudFront calls base64: not base64url, for `/` becomes `~` and the padding `_`. */
export const cloudFrontBase64: Codec = {
  encode: (bytes) => bytes.toString('base64url').replaceAll('_', '~') + padding[bytes.length % 3]!,
  decode: (text) =>
    Buffer.from(text.replace(/[-_~]/g, (character) => fromCloudFront[character]!), 'base64')
}

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
  return signatureAlgorithm(key.publicKey, hash) !== undefined &&
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
  const signature = await key.signBytes!(signatureAlgorithm(key.publicKey, key.hash)!, text)
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

function asRange (ip: string): string {
  return ip.includes('/') ? ip : `${ip}/32`
}
