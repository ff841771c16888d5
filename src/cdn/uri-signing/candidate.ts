import type { EdgeRequest, Verdict } from '../cdn.js'
import { readCompactJws } from './compact-jws.js'

/** A token that a request carries, and the URI that it is held against. */
export interface Candidate {
  readonly token: string
  readonly uri: string
  readonly place: string
}

/** Where tokens are looked for. */
interface Places {
  readonly url: string
  readonly cookieName: string
  readonly verifier: 'rfc9246' | 'jwt'
}

/** The cookie of RFC 9246, and the parameter of its signed URLs. */
export const uriPackage = 'URISigningPackage'

const packagePattern =
  /[:/?#[\]@!$&'()*+,;=]URISigningPackage=([^:/?#[\]@!$&'()*+,;=]*)([!$&'()*+,;=])?/

/**
 * Traffic Server looks into the URI first, then takes all cookies of the name in turn; others take
 * the first cookie.
 */
export function findCandidates (
  { url, cookieName, verifier }: Places,
  { url: target, cookies }: EdgeRequest
): Candidate[] {
  const uri = url + target.replace(/^([^?]*)\?$/, '$1')
  const own = cookies.filter(([name]) => name === cookieName)
  const fromCookies = own.map(([, token], index) => ({
    token,
    uri,
    place: `cookie ${index + 1} of the name ${cookieName}`
  }))
  return verifier === 'jwt' ? fromCookies.slice(0, 1) : [...cutPackage(uri), ...fromCookies]
}

/**
 * The verdict of the first token that is allowed, else of the last one tried. A text that is no
 * JWS, or one of an unknown algorithm, ends the search.
 */
export async function firstAllowed (
  candidates: readonly Candidate[],
  check: (candidate: Candidate) => Promise<Verdict>
): Promise<Verdict> {
  let last: Verdict | undefined
  for (const candidate of candidates) {
    last = await check(candidate)
    if (last.allowed) break
    if (candidate.place !== 'URI' && !isReadable(candidate.token)) break
  }
  return last!
}

const algorithm = /^(?:[HRP]S|ES)(?:256|384|512)$/

function isReadable (token: string): boolean {
  return algorithm.test(String(readCompactJws(token)?.header['alg']))
}

/**
 * A package may stand behind any reserved character; with it goes the delimiter behind it, or else
 * the one before it.
 */
function cutPackage (uri: string): Candidate[] {
  const found = packagePattern.exec(uri)
  if (found === null) return []
  const [whole, token = '', delimiter] = found
  const before = uri.slice(0, found.index)
  const after = uri.slice(found.index + whole.length)
  const between = delimiter === undefined ? '' : uri[found.index]!
  return [{ token, uri: before + between + after, place: 'URI' }]
}
