import type { CdnGrant } from '../cdn.js'
import { refuseClaim, refuseGrant, refusePath } from '../format/refusals.js'
import { reservedClaim } from './claims.js'
import { hasAmbiguousEncoding } from './pattern.js'
import type { NbfAtEdge } from './start.js'

const ignoresPaths = 'the verifier "jwt" does not look at paths, ' +
  'so the token opens all of the CDN. ' +
  'Grant "/*", or use an edge with the verifier "rfc9246"'

const ignoresStart = 'the edge does not look at "nbf", so that access would begin at once. ' +
  'Deny until then; or have the edge check the claim, and say so with the option "nbf"'

const ambiguousPath = 'it holds percent-encoding, which edges undo in different ways ' +
  'before they compare, so that two names could become one. ' +
  'Use names of A-Z a-z 0-9 - . _ ~, or grant the folder above'

/**
 * Refuses a grant that a token would widen or leave out, whatever carries the token.
 *
 * @throws CDN_ACCESS_PATH_UNSUPPORTED, CDN_ACCESS_GRANT_UNSUPPORTED
 */
export function refuseWhatNoTokenHolds (
  name: string,
  grant: CdnGrant,
  { verifier, nbf }: { verifier: 'rfc9246' | 'jwt', nbf: NbfAtEdge }
): void {
  for (const path of grant.paths) {
    if (verifier === 'jwt' && path !== '/*') refusePath(name, path, ignoresPaths)
    if (hasAmbiguousEncoding(path)) refusePath(name, path, ambiguousPath)
  }
  if (grant.ip !== undefined) {
    refuseGrant(
      name,
      'ip',
      'Traffic Server refuses tokens with cdniip, and other verifiers ignore it. Leave it out'
    )
  }
  if (grant.notBefore !== undefined && nbf === 'ignored') {
    refuseGrant(name, 'notBefore', ignoresStart)
  }
  const reserved = reservedClaim(grant.claims ?? {}, verifier)
  if (reserved !== undefined) {
    refuseClaim(name, reserved, 'the format itself sets or forbids it. Use another name')
  }
}
