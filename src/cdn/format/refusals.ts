import * as errors from '../../errors.js'

/** The error of a path that a CDN's format can't hold, or would widen. */
export function refusePath (cdn: string, path: string, why: string): Error {
  return new errors.CDN_ACCESS_PATH_UNSUPPORTED(cdn, path, why)
}

/** The error of a part of a grant that a CDN's format can't hold, by the part's name. */
export function refuseGrant (cdn: string, part: string, why: string): Error {
  return new errors.CDN_ACCESS_GRANT_UNSUPPORTED(cdn, part, why)
}

/** The error of a claim that a CDN's format can't hold. */
export function refuseClaim (cdn: string, claim: string, why: string): Error {
  return refuseGrant(cdn, `claims.${claim}`, why)
}

/** The error of a URL that a CDN can't sign. */
export function refuseUrl (cdn: string, why: string): Error {
  return new errors.CDN_ACCESS_SIGNED_URL_UNSUPPORTED(cdn, why)
}
