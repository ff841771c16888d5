import { hash } from 'node:crypto'
import type { CdnGrant } from '../cdn.js'
import { encodeCbor, type CborValue } from '../format/cbor.js'
import type { CatRenewalClaim } from './renewal.js'

/** The numbers of the claims (RFC 8392, section 4; CTA-5007). */
export const claims = {
  iss: 1,
  exp: 4,
  nbf: 5,
  iat: 6,
  cti: 7,
  catv: 310,
  catu: 312,
  catr: 323
} as const

/** The parts of a URI that `catu` compares, and how. */
export const uriParts = { host: 1, path: 3 } as const
export const matches = { exact: 0, prefix: 1 } as const

/** The bytes of an id. */
export const ctiLength = 16

/** What is the same in all tokens of a CDN. */
export interface TokenScope {
  readonly issuer: string
  /** The CDN's own, without its port. */
  readonly host: string
  readonly renewal?: (path: string) => CatRenewalClaim
}

/** What stands in `catu`: what a token opens. */
export interface PathMatch {
  readonly kind: 'exact' | 'prefix'
  readonly path: string
}

const idDomain = 'fastify-cdn-access cti'

/**
 * The claims of a token for one path of a grant, as the bytes that are signed. Without an issue
 * time it is issued in 1970, so that any revocation takes it. Without an id it gets one of its own
 * claims, so that viewers with equal grants share one token.
 */
export function claimsOf (grant: CdnGrant, granted: string, scope: TokenScope): Buffer {
  const { expiresAt, notBefore, issuedAt = 0, revocationId } = grant
  const { kind, path } = pathMatchOf(granted)
  const id = revocationId === undefined
    ? ownId(granted, grant, scope)
    : Buffer.from(revocationId, 'base64url')
  // In the order in which they are written.
  const map = new Map<number, CborValue>([[claims.iss, scope.issuer], [claims.exp, expiresAt]])
  if (notBefore !== undefined) map.set(claims.nbf, notBefore)
  map.set(claims.iat, issuedAt).set(claims.cti, id).set(claims.catv, 1)
  map.set(
    claims.catu,
    new Map([
      [uriParts.host, new Map([[matches.exact, scope.host]])],
      [uriParts.path, new Map([[matches[kind], path]])]
    ])
  )
  if (scope.renewal !== undefined) map.set(claims.catr, scope.renewal(granted))
  return encodeCbor(map)
}

/** A path as a match: a `*` at its end is the only wildcard that there is. */
export function pathMatchOf (granted: string): PathMatch {
  return granted.endsWith('*')
    ? { kind: 'prefix', path: granted.slice(0, -1) }
    : { kind: 'exact', path: granted }
}

/** Whatever else stands in the token stands in what is hashed. */
function ownId (granted: string, grant: CdnGrant, { issuer, host }: TokenScope): Buffer {
  const { expiresAt, notBefore, issuedAt } = grant
  const parts = JSON.stringify([idDomain, issuer, host, granted, expiresAt, notBefore, issuedAt])
  return hash('sha256', parts, 'buffer').subarray(0, ctiLength)
}
