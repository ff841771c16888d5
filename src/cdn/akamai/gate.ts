import type { CdnGrant } from '../cdn.js'
import { refuseCharacter, refuseClaim, refuseGrant, refuseUrl } from '../format/refusals.js'

/** What is meta in a token, or is so once it is decoded. */
const unfit = /[!~,]|%(?:21|7e|2a|3f)/i

const unfitForPaths = 'which separates fields or paths of a token, is a wildcard there, ' +
  'or is no cookie octet. Use names without it, or grant the folder above'

const unfitForUrls = 'which separates the fields that are hashed. Use a name without it'

/** Refuses a grant that no list of a token can hold, or would widen. */
export function refuseWhatNoTokenHolds (name: string, grant: CdnGrant): void {
  for (const path of grant.paths) {
    const [odd] = unfit.exec(path) ?? []
    if (odd !== undefined) refuseCharacter(name, path, odd, unfitForPaths)
  }
  refuseOddLimits(name, grant)
}

/** Refuses a grant whose token would not survive in a query. */
export function refuseWhatNoQueryHolds (name: string, grant: CdnGrant): void {
  refuseWhatNoTokenHolds(name, grant)
  const split = grant.paths.find((scope) => /[&+]/.test(scope))
  if (split !== undefined) {
    refuseUrl(
      name,
      `the path "${split}" holds "&" or "+", which would cut the query parameter. ` +
        'Grant the folder above it'
    )
  }
}

/**
 * Refuses a grant that no token for one URL can hold. The path is hashed alone: all but what
 * separates fields may stand in it.
 */
export function refuseWhatNoUrlTokenHolds (name: string, grant: CdnGrant): void {
  const path = grant.paths[0]!
  const [odd] = /~|%7e/i.exec(path) ?? []
  if (odd !== undefined) refuseCharacter(name, path, odd, unfitForUrls)
  refuseOddLimits(name, grant)
}

function refuseOddLimits (name: string, grant: CdnGrant): void {
  if (grant.ip?.includes('/') === true) {
    refuseGrant(name, 'ip', 'a token holds one address and no range. Give a single address')
  }
  for (const [claim, value] of Object.entries(grant.claims ?? {})) {
    if (claim !== 'id' && claim !== 'data') {
      refuseClaim(name, claim, 'a token has "id" and "data" alone. Put it into "data"')
    }
    if (typeof value !== 'string' || value === '' || !value.isWellFormed()) {
      refuseClaim(name, claim, 'it must be a non-empty well-formed string')
    }
  }
}

/** Refuses an id of the app's where the field holds the one by which access is revoked. */
export function refuseTwoIds (name: string, { revocationId, claims }: CdnGrant): void {
  if (revocationId === undefined || claims?.['id'] === undefined) return
  refuseClaim(
    name,
    'id',
    'the field holds the id by which access is revoked. Put it into "data", or let ' +
      '"revocation.id" answer undefined for this viewer'
  )
}
