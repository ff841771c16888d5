import * as errors from '../../errors.js'
import { literalPart } from '../cdn-path.js'

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
        throw new errors.CDN_ACCESS_PATH_OVERLAP(paths[i], paths[j], place)
      }
    })
  )
  return cookiePaths
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
