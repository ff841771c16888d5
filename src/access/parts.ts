import type { CdnGrant } from '../cdn/cdn.js'
import { cookiePathsMeet } from '../cdn/format/cookie-path.js'
import { cookiesMeet, type AccessCdn, type Place } from '../cookies/cookies.js'
import * as errors from '../errors.js'

/** One CDN's part of a permission: a grant that only lacks what an issue adds. */
export interface PermissionPart {
  readonly target: AccessCdn
  readonly grant: Omit<CdnGrant, keyof Issue>
  readonly cookiePaths: readonly string[]
  /** Where the cookies will lie. */
  readonly places: readonly Place[]
}

const longestCookiePath = 1000

/** The cookie paths of every CDN, or the refusal of what can't be set together. */
export function planParts (
  parts: ReadonlyArray<Pick<PermissionPart, 'target' | 'grant'>>
): PermissionPart[] {
  const planned = parts.map(({ target, grant }) => {
    const cookiePaths = target.cdn.plan({ expiresAt: 0, ...grant })
    return { target, grant, cookiePaths, places: placesOf(target, cookiePaths) }
  })
  for (const { target, cookiePaths } of planned) {
    if (cookiePaths.some((path) => path.length > longestCookiePath || path.includes(';'))) {
      throw new errors.CDN_ACCESS_COOKIE_PATH_INVALID(target.cdn.name)
    }
  }
  planned.forEach((first, i) =>
    planned.slice(i + 1).forEach((second) => refuseConflict(first, second))
  )
  return planned
}

/** What of a grant is known when it is signed. */
export type Issue = Pick<CdnGrant, 'expiresAt' | 'issuedAt' | 'revocationId'>

/**
 * A grant as it is signed, with its expiry first: where a field follows a spread, V8 makes a hidden
 * class for each object, and that takes fifteen times as long.
 */
export function issuedGrant (grant: PermissionPart['grant'], issue: Issue): CdnGrant {
  return { ...issue, ...grant }
}

/** What of the granted paths is for one CDN: each path once, sorted. */
export function pathsAt (
  granted: ReadonlyArray<{ readonly path: string, readonly cdn: string | undefined }>,
  { cdn: { name } }: AccessCdn
): string[] {
  const own = granted.filter(({ cdn }) => cdn === undefined || cdn === name).map(({ path }) => path)
  return [...new Set(own)].toSorted()
}

function placesOf ({ cdn, attributes }: AccessCdn, cookiePaths: readonly string[]): Place[] {
  return [...new Set(cookiePaths)].map((path) => ({
    cdn: cdn.name,
    domain: attributes.domain,
    partitioned: attributes.partitioned,
    path
  }))
}

function refuseConflict (first: PermissionPart, second: PermissionPart): void {
  const name = cookiesMeet(first.target, second.target)
  if (name === undefined) return
  const path = first.cookiePaths.find((own) =>
    second.cookiePaths.some((other) => cookiePathsMeet(own, other))
  )
  if (path !== undefined) {
    throw new errors.CDN_ACCESS_COOKIE_CONFLICT(
      first.target.cdn.name,
      second.target.cdn.name,
      name,
      `${first.target.attributes.domain ?? 'the API\'s host'}${path}`
    )
  }
}
