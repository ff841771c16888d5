import { createRequire } from 'node:module'
import { isIP, isIPv4 } from 'node:net'
import type * as tldts from 'tldts'
import type { Cdn } from '../cdn/cdn.js'
import { refuseUnknown } from '../cdn/format/factory-options.js'
import { hostWithin, type AccessCdn, type CookieAttributes } from '../cookies/cookies.js'
import {
  CDN_ACCESS_COOKIE_DOMAIN_INVALID,
  CDN_ACCESS_COOKIE_DOMAIN_MISMATCH,
  CDN_ACCESS_COOKIE_DOMAIN_MISSING,
  CDN_ACCESS_COOKIE_DOMAIN_PUBLIC,
  CDN_ACCESS_COOKIE_PARTITIONED,
  CDN_ACCESS_COOKIE_SAME_SITE,
  CDN_ACCESS_COOKIE_SECURE,
  CDN_ACCESS_OPTION_INVALID
} from '../errors.js'

const fields = ['domain', 'sameSite', 'secure', 'httpOnly', 'partitioned', 'lifetime']

/** Lays a CDN's own cookie attributes over the plugin's, leaf by leaf, and decides each one. */
export function resolveCookie (shared: unknown, cdn: Cdn): CookieAttributes {
  const merged = {
    ...checkFields(shared, 'cookie'),
    ...checkFields(cdn.cookie, `cookie of "${cdn.name}"`)
  }
  const https = cdn.url.startsWith('https:')
  const {
    domain,
    sameSite = 'lax',
    secure = https,
    httpOnly = true,
    partitioned = false,
    lifetime = 'ttl'
  } = merged
  if (sameSite !== 'lax' && sameSite !== 'strict' && sameSite !== 'none') {
    throw new CDN_ACCESS_COOKIE_SAME_SITE('must be "lax", "strict" or "none"')
  }
  if (lifetime !== 'ttl' && lifetime !== 'session') {
    throw new CDN_ACCESS_OPTION_INVALID('cookie.lifetime', '"ttl" or "session"')
  }
  for (const [field, value] of Object.entries({ secure, httpOnly, partitioned })) {
    if (typeof value !== 'boolean') {
      throw new CDN_ACCESS_OPTION_INVALID(`cookie.${field}`, 'true or false')
    }
  }
  if (secure && !https && !isLoopback(cdn.url)) throw new CDN_ACCESS_COOKIE_SECURE(cdn.name)
  if (sameSite === 'none' && !secure) {
    throw new CDN_ACCESS_COOKIE_SAME_SITE('is "none", which browsers take with "cookie.secure" alone: use an https url')
  }
  if (partitioned && !secure) throw new CDN_ACCESS_COOKIE_PARTITIONED()
  return Object.freeze({
    domain: readDomain(domain, cdn),
    sameSite,
    secure: secure as boolean,
    httpOnly: httpOnly as boolean,
    partitioned: partitioned as boolean,
    lifetime
  })
}

/** Refuses a domain on which browsers take no cookie. The list of public suffixes is loaded for this alone. */
export async function checkCookieDomain ({ attributes: { domain } }: AccessCdn): Promise<void> {
  if (domain === undefined) return
  const { getPublicSuffix } = await loadSuffixes()
  if (getPublicSuffix(domain, { allowPrivateDomains: true }) === domain) {
    throw new CDN_ACCESS_COOKIE_DOMAIN_PUBLIC(domain)
  }
}

/** By `require` where it is found: Node.js imports a CommonJS package of this size two to three times slower. Bundlers follow the import. */
export async function loadSuffixes (
  from: string = import.meta.url
): Promise<Pick<typeof tldts, 'getPublicSuffix'>> {
  try {
    return createRequire(from)('tldts') as typeof tldts
  } catch {
    return import('tldts')
  }
}

function checkFields (cookie: unknown, name: string): Record<string, unknown> {
  if (cookie === undefined) return {}
  if (typeof cookie !== 'object' || cookie === null || Array.isArray(cookie)) {
    throw new CDN_ACCESS_OPTION_INVALID(name, 'an object such as { domain: "example.com" }')
  }
  refuseUnknown(cookie, name, fields)
  return Object.fromEntries(Object.entries(cookie).filter(([, value]) => value !== undefined))
}

function readDomain (domain: unknown, cdn: Cdn): string | undefined {
  if (domain === undefined) throw new CDN_ACCESS_COOKIE_DOMAIN_MISSING()
  if (domain === false) return undefined
  const name = typeof domain === 'string' ? domain.replace(/^\./, '').toLowerCase() : ''
  if (
    !/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/.test(name) ||
    name.length > 253 || isIP(name) !== 0
  ) throw new CDN_ACCESS_COOKIE_DOMAIN_INVALID()
  const host = new URL(cdn.url).hostname
  if (!hostWithin(host, name)) throw new CDN_ACCESS_COOKIE_DOMAIN_MISMATCH(name, host)
  return name
}

/** Browsers send Secure cookies to http on the machine itself. */
function isLoopback (url: string): boolean {
  const { hostname } = new URL(url)
  return hostWithin(hostname, 'localhost') || hostname === '[::1]' ||
    (isIPv4(hostname) && hostname.startsWith('127.'))
}
