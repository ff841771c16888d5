import * as errors from '../../errors.js'

/** Refuses a path that a CDN's format can't hold, or would widen. */
export function refusePath (cdn: string, path: string, why: string): never {
  throw new errors.CDN_ACCESS_PATH_UNSUPPORTED(cdn, path, why)
}

/** Refuses a part of a grant, by its name, that a CDN's format can't hold. */
export function refuseGrant (cdn: string, part: string, why: string): never {
  throw new errors.CDN_ACCESS_GRANT_UNSUPPORTED(cdn, part, why)
}

/** Refuses a claim that a CDN's format can't hold. */
export function refuseClaim (cdn: string, claim: string, why: string): never {
  refuseGrant(cdn, `claims.${claim}`, why)
}

/** Refuses a URL that a CDN can't sign. */
export function refuseUrl (cdn: string, why: string): never {
  throw new errors.CDN_ACCESS_SIGNED_URL_UNSUPPORTED(cdn, why)
}
