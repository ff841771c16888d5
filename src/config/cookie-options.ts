import { createRequire } from 'node:module'
import { isIP, isIPv4 } from 'node:net'
import { domainToASCII } from 'node:url'
import type * as tldts from 'tldts'
import type { Cdn, CookieOptions } from '../cdn/cdn.js'
import { hostSpan } from '../cdn/host-pattern.js'
import { hostWithin, type AccessCdn, type CookieAttributes } from '../cookies/cookies.js'
import * as errors from '../errors.js'
import {
  checkFields,
  flag,
  given,
  isFields,
  oneOf,
  readElsewhere,
  type Rules
} from '../input/fields.js'

const rules: Rules = {
  domain: readElsewhere,
  sameSite: readElsewhere,
  secure: flag,
  httpOnly: flag,
  partitioned: flag,
  lifetime: oneOf('ttl', 'session')
}

/** Lays a CDN's own cookie attributes over the plugin's, leaf by leaf, and decides each one. */
export function resolveCookie (shared: unknown, cdn: Cdn): CookieAttributes {
  const merged = {
    ...readOwn(shared, 'cookie'),
    ...readOwn(cdn.cookie, `cookie of "${cdn.name}"`)
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
    throw new errors.CDN_ACCESS_COOKIE_SAME_SITE('must be "lax", "strict" or "none"')
  }
  if (secure && !https && !isLoopback(cdn.url)) throw new errors.CDN_ACCESS_COOKIE_SECURE(cdn.name)
  if (sameSite === 'none' && !secure) {
    throw new errors.CDN_ACCESS_COOKIE_SAME_SITE(
      'is "none", which browsers take with "cookie.secure" alone: use an https url'
    )
  }
  if (partitioned && !secure) throw new errors.CDN_ACCESS_COOKIE_PARTITIONED()
  return Object.freeze({
    domain: readDomain(domain, cdn),
    sameSite,
    secure,
    httpOnly,
    partitioned,
    lifetime
  })
}

/**
 * Refuses a domain on which browsers take no cookie. The list of public suffixes is loaded for this
 * alone.
 */
export async function checkCookieDomain ({ attributes: { domain } }: AccessCdn): Promise<void> {
  if (domain === undefined) return
  const { getPublicSuffix } = await loadSuffixes()
  if (getPublicSuffix(domain, { allowPrivateDomains: true }) === domain) {
    throw new errors.CDN_ACCESS_COOKIE_DOMAIN_PUBLIC(domain)
  }
}

/**
 * By `require` where it is found: Node.js imports a CommonJS package of this size two to three
 * times slower. Bundlers follow the import.
 */
export async function loadSuffixes (
  from: string = import.meta.url
): Promise<Pick<typeof tldts, 'getPublicSuffix'>> {
  try {
    return createRequire(from)('tldts') as typeof tldts
  } catch {
    return import('tldts')
  }
}

function readOwn (cookie: unknown, owner: string): CookieOptions {
  if (cookie === undefined) return {}
  if (!isFields(cookie)) {
    throw new errors.CDN_ACCESS_OPTION_INVALID(owner, 'an object such as { domain: "example.com" }')
  }
  checkFields(cookie, owner, rules, 'cookie')
  return given(cookie as CookieOptions)
}

function readDomain (domain: unknown, cdn: Cdn): string | undefined {
  if (domain === undefined) throw new errors.CDN_ACCESS_COOKIE_DOMAIN_MISSING()
  if (domain === false) return undefined
  const name = typeof domain === 'string' ? domain.replace(/^\./, '').toLowerCase() : ''
  const labels = name.split('.')
  if (
    labels.length < 2 || !labels.every((label) => domainLabel.test(label)) || name.length > 253 ||
    isIP(name) !== 0
  ) throw new errors.CDN_ACCESS_COOKIE_DOMAIN_INVALID(domainAdvice(name))
  const { domain: host, written } = hostSpan(cdn)
  if (!hostWithin(host, name)) throw new errors.CDN_ACCESS_COOKIE_DOMAIN_MISMATCH(name, written)
  return name
}

/** What @fastify/cookie writes: it throws at other labels, and only when access is issued. */
const domainLabel = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

function domainAdvice (name: string): string {
  const ascii = /[^\0-\x7f]/.test(name) ? domainToASCII(name) : ''
  if (ascii !== '') {
    return `write an international name in its punycode form, ${JSON.stringify(ascii)}`
  }
  return name.includes('_')
    ? '@fastify/cookie writes no underscore into a Domain. Use a parent domain without one'
    : 'an address or a single label such as "localhost" takes false'
}

/** Browsers send Secure cookies to http on the machine itself. */
function isLoopback (url: string): boolean {
  const { hostname } = new URL(url)
  return hostWithin(hostname, 'localhost') || hostname === '[::1]' ||
    (isIPv4(hostname) && hostname.startsWith('127.'))
}
