import type { CdnGrant } from '../cdn.js'
import { pathKind } from '../cdn-path.js'
import { refuseClaim, refuseGrant, refusePath } from '../format/refusals.js'

/** In characters of base64url: a token of 1 kB, which is what CloudFront Functions take. */
export const longestToken = 1366
const longestTokenBytes = 1024

const pattern = 'a token has room for one exact path or for one beginning of paths. ' +
  'Let "*" be its last character, and use no "?"'

const tooLong = `its token would take more than ${longestTokenBytes} bytes, ` +
  'and edges take no more. Grant a shorter path'

/**
 * Refuses a grant that no token holds. `overhead` is what a token takes in bytes beside its path.
 *
 * @throws CDN_ACCESS_PATH_UNSUPPORTED, CDN_ACCESS_GRANT_UNSUPPORTED
 */
export function refuseWhatNoTokenHolds (name: string, grant: CdnGrant, overhead: number): void {
  for (const path of grant.paths) {
    if (pathKind(path) === 'glob') refusePath(name, path, pattern)
    if (overhead + path.length > longestTokenBytes) refusePath(name, path, tooLong)
  }
  if (grant.ip !== undefined) {
    refuseGrant(
      name,
      'ip',
      'edges read the claim for it in different ways, and some not at all. Leave it out'
    )
  }
  const [claim] = Object.keys(grant.claims ?? {})
  if (claim !== undefined) {
    refuseClaim(name, claim, 'edges refuse tokens with claims that they do not know. Leave it out')
  }
}

/** Refuses a path whose finished token is too long: a key's signature decides as well. */
export function refuseLongToken (name: string, path: string, token: string): void {
  if (token.length > longestToken) refusePath(name, path, tooLong)
}
