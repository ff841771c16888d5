import { createHmac } from 'node:crypto'
import type { CdnKey } from '../../keys/key.js'
import type { CdnGrant } from '../cdn.js'

export const akamaiAlgorithms = ['sha256', 'sha1', 'md5'] as const

export type AkamaiAlgorithm = typeof akamaiAlgorithms[number]

export interface AkamaiKey extends CdnKey {
  readonly secret: Buffer
}

/** What a property sets for the HMAC of its tokens. */
export interface AkamaiHashing {
  readonly algorithm: AkamaiAlgorithm
  readonly salt?: string
}

/** A token: its fields, then their HMAC. */
export function akamaiToken (grant: CdnGrant, key: AkamaiKey, hashing: AkamaiHashing): string {
  const fields = akamaiFields(grant)
  return `${fields}~hmac=${akamaiHmac(fields, key, hashing)}`
}

/**
 * A token for the first path of a grant alone, which is hashed behind the fields and is not part of
 * the token.
 */
export function akamaiUrlToken (grant: CdnGrant, key: AkamaiKey, hashing: AkamaiHashing): string {
  const fields = akamaiFields({ ...grant, paths: [] })
  return `${fields}~hmac=${akamaiHmac(withUrl(fields, grant.paths[0]!), key, hashing)}`
}

/** What is hashed of a token that carries no list: its fields, and the path that is asked. */
export function withUrl (fields: string, path: string): string {
  return `${fields}~url=${path}`
}

/**
 * The HMAC of a token's fields, lower-case hexadecimal. The salt is hashed last and is
 * not part of the token.
 */
export function akamaiHmac (
  fields: string,
  key: AkamaiKey,
  { algorithm, salt }: AkamaiHashing
): string {
  const text = salt === undefined ? fields : `${fields}~salt=${salt}`
  return createHmac(algorithm, key.secret).update(text).digest('hex')
}

function akamaiFields (grant: CdnGrant): string {
  const { paths, expiresAt, notBefore, ip, claims } = grant
  const fields: Array<[name: string, value: string | number | undefined]> = [
    ['ip', ip],
    ['st', notBefore],
    ['exp', expiresAt],
    ['acl', paths.length === 0 ? undefined : paths.join('!')],
    ['id', revocableId(grant) ?? escapeField(claims?.['id'])],
    ['data', escapeField(claims?.['data'])]
  ]
  const given = fields.filter(([, value]) => value !== undefined)
  return given.map(([name, value]) => `${name}=${value}`).join('~')
}

/** The id and the second of issue, which a token has no field for: `<id>.<issued>`. */
function revocableId ({ revocationId, issuedAt = 0 }: CdnGrant): string | undefined {
  return revocationId === undefined ? undefined : `${revocationId}.${issuedAt}`
}

/**
 * Akamai's own libraries disagree on what else to escape: this is what separates fields or
 * fits no cookie or query.
 */
function escapeField (value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  return value.replace(/[^A-Za-z0-9\-._!$'()*=:@/]+/g, (text) => {
    const escaped = encodeURIComponent(text).replaceAll('~', '%7e')
    return escaped.replace(/%../g, (byte) => byte.toLowerCase())
  })
}
