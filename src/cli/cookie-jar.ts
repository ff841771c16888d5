import { pathMatches } from '../cdn/format/cookie-path.js'
import { hostWithin } from '../cookies/cookies.js'
import type { EpochSeconds } from '../time.js'
import type { Capture } from './capture.js'

/** One line of a jar. */
export interface JarCookie {
  readonly domain: string
  /** True where hosts below the domain get it too. */
  readonly below: boolean
  readonly path: string
  readonly secure: boolean
  /** 0 for a cookie that ends with the session. */
  readonly endsAt: EpochSeconds
  readonly name: string
  readonly value: string
}

/** True of text that looks like a jar in Netscape's format, which curl and extensions write. */
export function isCookieJar (text: string): boolean {
  return /^# (?:Netscape )?HTTP Cookie File/im.test(text) || linesOf(text).length > 0
}

/** Reads the lines of a jar; what is no line of one is passed over, as curl does. */
export function readCookieJar (text: string): JarCookie[] {
  return linesOf(text).map((fields) => {
    const [domain, below, path, secure, endsAt, name, ...value] = fields
    return {
      domain: domain!.replace(/^#HttpOnly_/i, '').replace(/^\./, '').toLowerCase(),
      below: below === 'TRUE',
      path: path!,
      secure: secure === 'TRUE',
      endsAt: Number(endsAt),
      name: name!,
      value: value.join('\t')
    }
  })
}

/** What a browser with this jar would send with a request, and what it would keep back, and why. */
export function captureFromJar (
  jar: readonly JarCookie[],
  url: string,
  now: EpochSeconds
): Capture {
  const told = jar.map((cookie) => ({ cookie, why: whyNotSent(cookie, new URL(url), now) }))
  const sent = told.flatMap(({ cookie, why }) => why === undefined ? [cookie] : [])
  // Longer paths first, as browsers send them (RFC 6265, section 5.4).
  const ordered = sent.toSorted((first, second) => second.path.length - first.path.length)
  return {
    method: 'GET',
    url,
    cookies: ordered.length === 0
      ? undefined
      : ordered.map(({ name, value }) => `${name}=${value}`).join('; '),
    left: told.flatMap(({ cookie, why }) => why === undefined ? [] : [{ name: cookie.name, why }])
  }
}

function whyNotSent (
  { domain, below, path, secure, endsAt }: JarCookie,
  { hostname, pathname, protocol }: URL,
  now: EpochSeconds
): string | undefined {
  if (below ? !hostWithin(hostname, domain) : hostname !== domain) {
    return `its Domain is ${domain}, and the host ${hostname}`
  }
  if (!pathMatches(pathname, path)) return `its Path is ${path}`
  if (secure && protocol === 'http:') return 'it is Secure, and the address is http'
  return endsAt !== 0 && endsAt <= now ? `it ended ${now - endsAt} s ago` : undefined
}

function linesOf (text: string): string[][] {
  return text.split(/\r?\n/).filter((line) => !line.startsWith('#') || /^#HttpOnly_/i.test(line))
    .map((line) => line.split('\t')).filter(({ length, 3: secure, 4: endsAt }) =>
      length >= 7 && /^(?:TRUE|FALSE)$/.test(secure!) && /^\d+$/.test(endsAt!)
    )
}
