import * as errors from '../../errors.js'
import { literalPart } from '../cdn-path.js'
import { matchesWildcard } from './wildcard.js'

/**
 * The `Path` attribute of a cookie for a granted path: an exact path as it is, otherwise the folder
 * before the first wildcard. A cookie's `Path` has no wildcard (RFC 6265, section 5.1.4).
 */
export function cookiePathOf (path: string): string {
  return literalPart(path)
}

/**
 * The cookie path of each granted path, for a format in which two sets of cookies must never meet.
 *
 * @throws CDN_ACCESS_PATH_OVERLAP where a browser would send two sets with one request
 */
export function separateCookiePaths (paths: readonly string[]): string[] {
  const cookiePaths = paths.map(cookiePathOf)
  cookiePaths.forEach((first, i) =>
    cookiePaths.forEach((second, j) => {
      if (i < j && cookiePathsMeet(first, second)) {
        const place = first.length < second.length ? second : first
        const way = wayOut(paths[i]!, paths[j]!)
        throw new errors.CDN_ACCESS_PATH_OVERLAP(paths[i], paths[j], place, way)
      }
    })
  )
  return cookiePaths
}

/** The path that covers both and opens nothing else, where it is one of the two. */
function wayOut (first: string, second: string): string {
  const wider = [first, second].find((path) => [first, second].every((own) => covers(path, own)))
  return wider === undefined
    ? 'Neither covers the other: grant one of them at a time, ' +
      'or give them names of which neither lies in the folder of the other'
    : `Grant "${wider}" alone, which covers both`
}

/**
 * Whether all that one path matches is matched by another. A `*` of the narrower is matched by a
 * `*` alone; a `?` could take it for one character.
 */
function covers (wider: string, narrower: string): boolean {
  return matchesWildcard(wider, narrower) && !(wider.includes('?') && narrower.includes('*'))
}

/**
 * The one narrowest cookie path that covers all granted paths, for a format that holds them all in
 * one cookie: a common folder, with its slash where no exact path is the folder's own name, or `/`.
 */
export function commonCookiePath (paths: readonly string[]): string {
  const cookiePaths = paths.map(cookiePathOf)
  let common = cookiePaths[0]!
  while (!cookiePaths.every((path) => pathMatches(path, common))) common = common.slice(0, -1)
  return common
}

/** True where some request carries cookies of both paths. */
export function cookiePathsMeet (first: string, second: string): boolean {
  return pathMatches(first, second) || pathMatches(second, first)
}

/** RFC 6265, section 5.1.4: whether a cookie of this path is sent with a request for that one. */
export function pathMatches (requestPath: string, cookiePath: string): boolean {
  return requestPath.startsWith(cookiePath) &&
    (requestPath.length === cookiePath.length || cookiePath.endsWith('/') ||
      requestPath[cookiePath.length] === '/')
}
