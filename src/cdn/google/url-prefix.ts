import { pathKind } from '../cdn-path.js'
import { refusePath, refuseUrl } from '../format/refusals.js'
import { refuseUncovered } from '../format/uncovered.js'
import type { Checklist } from '../format/verdict.js'

/** Why neither of Google's CDNs takes a pattern of hosts. */
export const oneHost: string =
  'what is signed begins with one scheme and one host, and a prefix has no pattern. ' +
  'Register a CDN for each host, whose cookies have a Domain of their own'

const wouldWiden = 'its cookies hold a prefix, which would open every longer name as well. ' +
  'Grant the folder with "/*" at the end, or sign the one URL with signUrl. ' +
  'cdnPath.prefix`/a` opens those names where you want it to'

const noPattern = 'its format has no pattern inside a path. ' +
  'Grant a folder with "/*" at the end'

/**
 * Refuses what a format of URL prefixes would widen or can't say: an exact file `/a.png` would open
 * `/a.png.bak` as well.
 *
 * @throws CDN_ACCESS_PATH_UNSUPPORTED
 */
export function requirePrefixes (name: string, paths: readonly string[]): void {
  refusePatterns(name, paths)
  const exact = paths.find((path) => pathKind(path) === 'exact')
  if (exact !== undefined) refusePath(name, exact, wouldWiden)
}

/**
 * Refuses what a signed URL can't say: it holds one exact path, or a prefix.
 *
 * @throws CDN_ACCESS_PATH_UNSUPPORTED
 */
export function refusePatterns (name: string, paths: readonly string[]): void {
  const pattern = paths.find((path) => pathKind(path) === 'glob')
  if (pattern !== undefined) refusePath(name, pattern, noPattern)
}

/**
 * The prefix that a granted path stands for: scheme, host and folder with the slash at its end,
 * `/x/*`, or a name's beginning, `/x/a*`.
 */
export function urlPrefix (url: string, path: string): string {
  return url + path.slice(0, -1)
}

/**
 * What a signed URL of this grant covers: its own path alone, or all that begins with a text.
 *
 * @throws CDN_ACCESS_PATH_UNSUPPORTED for a pattern
 * @throws CDN_ACCESS_SIGNED_URL_UNSUPPORTED where the granted path does not cover the URL's
 */
export function signedScope (name: string, granted: string, path: string): 'exact' | 'prefix' {
  refusePatterns(name, [granted])
  const exact = pathKind(granted) === 'exact'
  const covered = exact ? granted === path : path.startsWith(granted.slice(0, -1))
  if (!covered) refuseUrl(name, `the grant is for ${granted}, which does not cover it`)
  return exact ? 'exact' : 'prefix'
}

/**
 * Checks a request's path against a signed prefix of scheme, host and path: plain text,
 * character by character.
 */
export function checkUrlPrefix (list: Checklist, prefix: string, url: string, path: string): void {
  const coverage = {
    granted: [`${prefix}*`],
    requested: `${url}${path}`,
    covers: (other: string) => other.startsWith(prefix)
  }
  const ownHost = prefix === url || prefix.startsWith(`${url}/`)
  if (!ownHost || /[?#]/.test(prefix)) {
    refuseUncovered(
      list,
      'prefix',
      `The signed prefix is no folder of ${url}: ` +
        'scheme, host and port must be the same, without a query.',
      coverage
    )
  }
  if (!`${url}${path}`.startsWith(prefix)) {
    refuseUncovered(
      list,
      'prefix',
      `Access is for ${prefix}, which this URL does not start with.`,
      coverage
    )
  }
  list.pass('prefix', `The URL starts with ${prefix}.`)
}
