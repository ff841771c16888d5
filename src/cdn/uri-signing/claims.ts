import * as errors from '../../errors.js'
import { isFields } from '../../input/fields.js'

type Claims = Readonly<Record<string, unknown>>

const claimsOfJwt = ['iss', 'aud', 'exp', 'nbf', 'iat', 'jti']
const claimsOfCdni = ['cdniv', 'cdnicrit', 'cdniip', 'cdniuc', 'cdniets', 'cdnistt', 'cdnistd']
const ownClaims = new Set([...claimsOfJwt, ...claimsOfCdni])

/**
 * A copy of the claims that an app wants in every token.
 *
 * @throws CDN_ACCESS_OPTION_INVALID
 */
export function readClaims (claims: unknown, verifier: 'rfc9246' | 'jwt'): Claims {
  const copy = copyJson(claims)
  if (copy === undefined) {
    throw new errors.CDN_ACCESS_OPTION_INVALID('claims', 'an object that can be written as JSON')
  }
  const reserved = reservedClaim(copy, verifier)
  if (reserved !== undefined) {
    throw new errors.CDN_ACCESS_OPTION_INVALID(
      'claims',
      `without "${reserved}", which the format itself sets or forbids`
    )
  }
  return copy
}

/** The first claim that the format itself sets or forbids. RFC 9246 wants `sub` encrypted. */
export function reservedClaim (claims: Claims, verifier: 'rfc9246' | 'jwt'): string | undefined {
  return Object.keys(claims).find((claim) =>
    ownClaims.has(claim) || (claim === 'sub' && verifier === 'rfc9246')
  )
}

function copyJson (value: unknown): Claims | undefined {
  try {
    const copy: unknown = JSON.parse(JSON.stringify(value))
    return isFields(copy) ? copy : undefined
  } catch {
    return undefined
  }
}
