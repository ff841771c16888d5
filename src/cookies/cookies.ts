import type { Cdn } from '../cdn/cdn.js'
import { hostSpan } from '../cdn/host-pattern.js'

/** The attributes of a CDN's cookies, every one decided. */
export interface CookieAttributes {
  /** Undefined: the API's own host alone. */
  readonly domain: string | undefined
  readonly sameSite: 'lax' | 'strict' | 'none'
  readonly secure: boolean
  readonly httpOnly: boolean
  readonly partitioned: boolean
  readonly lifetime: 'ttl' | 'session'
}

/** A CDN as this registration uses it. */
export interface AccessCdn {
  readonly cdn: Cdn
  readonly attributes: CookieAttributes
}

/** Where a set of cookies lies in the browser. */
export interface Place {
  readonly cdn: string
  readonly domain: string | undefined
  readonly partitioned: boolean
  readonly path: string
}

export function samePlace (first: Place, second: Place): boolean {
  return first.cdn === second.cdn && first.domain === second.domain &&
    first.partitioned === second.partitioned && first.path === second.path
}

/**
 * The name of a cookie that both CDNs set and a browser could send to one of them twice; undefined
 * where there is none.
 */
export function cookiesMeet (first: AccessCdn, second: AccessCdn): string | undefined {
  const domains = [first.attributes.domain, second.attributes.domain]
  const meet = domains[0] === domains[1] || reaches(domains[1], first.cdn) ||
    reaches(domains[0], second.cdn)
  return meet
    ? first.cdn.cookieNames.find((name) => second.cdn.cookieNames.includes(name))
    : undefined
}

/** True where a host is the domain or lies below it. */
export function hostWithin (host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`)
}

/**
 * The raw pairs of a `Cookie` header, in its order, undecoded. Only space and tab are trimmed, as
 * browsers do: with other white space taken away, a sibling subdomain's `\u00a0__Host-x` would read
 * as the `__Host-x` that it can't set.
 */
export function cookiePairs (header: string | undefined): Array<[name: string, value: string]> {
  return (header ?? '').split(';').filter((pair) => pair.includes('=')).map((pair) => {
    const equals = pair.indexOf('=')
    return [trim(pair.slice(0, equals)), trim(pair.slice(equals + 1))]
  })
}

/** The raw value of the first cookie of this name, whatever the host's cookie plugin decodes. */
export function readCookie (header: string | undefined, name: string): string | undefined {
  if (header === undefined) return undefined
  for (let at = header.indexOf(name); at !== -1; at = header.indexOf(name, at + 1)) {
    const equals = skipBlanks(header, at + name.length, 1)
    const before = skipBlanks(header, at - 1, -1)
    if (header[equals] === '=' && (before === -1 || header[before] === ';')) {
      const end = header.indexOf(';', equals)
      return trim(header.slice(equals + 1, end === -1 ? undefined : end))
    }
  }
  return undefined
}

/**
 * The raw pairs whose names begin with a text, in the header's order. By search, for a header holds
 * much else.
 */
export function cookiesFrom (
  header: string | undefined,
  start: string
): Array<[name: string, value: string]> {
  const found: Array<[name: string, value: string]> = []
  if (header === undefined) return found
  for (let end: number, at = header.indexOf(start); at !== -1; at = header.indexOf(start, end)) {
    end = header.indexOf(';', at)
    if (end === -1) end = header.length
    const before = skipBlanks(header, at - 1, -1)
    const pair = header.slice(at, end)
    const equals = pair.indexOf('=')
    if (equals !== -1 && (before === -1 || header[before] === ';')) {
      found.push([trim(pair.slice(0, equals)), trim(pair.slice(equals + 1))])
    }
  }
  return found
}

function trim (text: string): string {
  return text.slice(skipBlanks(text, 0, 1), skipBlanks(text, text.length - 1, -1) + 1)
}

/** Where the next character stands that is neither space nor tab. */
function skipBlanks (text: string, from: number, step: 1 | -1): number {
  let at = from
  while (text[at] === ' ' || text[at] === '\t') at += step
  return at
}

/** Whether a browser sends cookies of a domain to one of a CDN's hosts at least. */
function reaches (domain: string | undefined, cdn: Cdn): boolean {
  if (domain === undefined) return false
  const span = hostSpan(cdn)
  return hostWithin(span.domain, domain) || (span.below && hostWithin(domain, span.domain))
}
