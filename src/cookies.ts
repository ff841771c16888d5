import type { SerializeOptions } from '@fastify/cookie'
import type { AccessCookie, Cdn } from './cdn/cdn.js'
import { CDN_ACCESS_COOKIE_TOO_LARGE, CDN_ACCESS_COOKIE_VALUE_INVALID } from './errors.js'

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

/** `fastify.serializeCookie`. */
export type SerializeCookie = (name: string, value: string, options: SerializeOptions) => string

/** What browsers keep of one cookie, name and value together. */
const largestCookie = 4096

/** The cookie octets of RFC 6265, section 4.1.1. */
const cookieOctets = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/

/** The `Set-Cookie` lines of access cookies; their values are written as they stand. */
export function accessLines (serialize: SerializeCookie, { cdn, attributes }: AccessCdn, cookies: readonly AccessCookie[], maxAge: number): string[] {
  let path: string | undefined
  let tail = ''
  return cookies.map((cookie) => {
    const size = cookie.name.length + cookie.value.length
    if (!cookieOctets.test(cookie.value)) throw new CDN_ACCESS_COOKIE_VALUE_INVALID(cdn.name, cookie.name)
    if (size > largestCookie) throw new CDN_ACCESS_COOKIE_TOO_LARGE(cookie.name, size, largestCookie)
    if (cookie.path !== path) {
      path = cookie.path
      tail = attributesText(serialize, path, attributes, maxAge)
    }
    return `${cookie.name}=${cookie.value}${tail}`
  })
}

/** The `Set-Cookie` line of the ticket, on the API's own host. */
export function ticketLine (serialize: SerializeCookie, name: string, value: string, attributes: CookieAttributes, maxAge: number): string {
  return `${name}=${value}${attributesText(serialize, '/', { ...attributes, domain: undefined, httpOnly: true }, maxAge)}`
}

/** The lines that take cookies away: with another Domain, Path or partition they would take away nothing. */
export function clearLines (serialize: SerializeCookie, names: readonly string[], { domain, path, partitioned }: Omit<Place, 'cdn'>, { secure, sameSite }: Pick<CookieAttributes, 'secure' | 'sameSite'>): string[] {
  if (names.length === 0) return []
  const tail = tailOf(serialize, { maxAge: 0, path, sameSite, secure: secure || partitioned, partitioned, ...(domain === undefined ? {} : { domain }) })
  return names.map((name) => `${name}=${tail}`)
}

/** The name of a cookie that both CDNs set and a browser could send to one of them twice; undefined where there is none. */
export function cookiesMeet (first: AccessCdn, second: AccessCdn): string | undefined {
  const domains = [first.attributes.domain, second.attributes.domain]
  const meet = domains[0] === domains[1] || reaches(domains[1], first.cdn.url) || reaches(domains[0], second.cdn.url)
  return meet ? first.cdn.cookieNames.find((name) => second.cdn.cookieNames.includes(name)) : undefined
}

/** True where a host is the domain or lies below it. */
export function hostWithin (host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`)
}

/**
 * The raw pairs of a `Cookie` header, in its order, undecoded. Only space and tab are trimmed, as browsers do: with
 * other white space taken away, a sibling subdomain's `\u00a0__Host-x` would read as the `__Host-x` that it can't set.
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

function trim (text: string): string {
  return text.slice(skipBlanks(text, 0, 1), skipBlanks(text, text.length - 1, -1) + 1)
}

/** Where the next character stands that is neither space nor tab. */
function skipBlanks (text: string, from: number, step: 1 | -1): number {
  let at = from
  while (text[at] === ' ' || text[at] === '\t') at += step
  return at
}

function attributesText (serialize: SerializeCookie, path: string, attributes: CookieAttributes, maxAge: number): string {
  const { domain, sameSite, secure, httpOnly, partitioned, lifetime } = attributes
  return tailOf(serialize, {
    path,
    sameSite,
    secure,
    httpOnly,
    partitioned,
    ...(domain === undefined ? {} : { domain }),
    ...(lifetime === 'session' ? {} : { maxAge })
  })
}

/** What follows a cookie's value, which is the same for a whole set. */
function tailOf (serialize: SerializeCookie, attributes: SerializeOptions): string {
  return serialize('_', '', attributes).slice('_='.length)
}

function reaches (domain: string | undefined, url: string): boolean {
  return domain !== undefined && hostWithin(new URL(url).hostname, domain)
}
