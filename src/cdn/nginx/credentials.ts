import type { EdgeRequest } from '../cdn.js'
import { base64Url, decodeStrictly } from '../format/base64.js'
import { sentTwice } from '../format/duplicates.js'
import type { RequestTarget } from '../format/request-path.js'
import type { RefusalCode } from '../refusal-codes.js'
import { noAccess, type Checklist } from '../format/verdict.js'
import { readArgument } from './link.js'
import type { NginxBlock } from './block.js'

/** Hash and expiry, as a request carries them. */
export interface NginxCredentials {
  readonly source: 'link' | 'cookies'
  readonly hash: Buffer
  readonly expires: string
}

/** The link of a request, where it has one; otherwise its cookies. */
export function findCredentials (
  list: Checklist,
  block: NginxBlock,
  { query = '' }: RequestTarget,
  cookies: EdgeRequest['cookies']
): NginxCredentials {
  const { links } = block
  const text = links === undefined ? undefined : readArgument(query, links.hashArgument)
  if (links === undefined || text === undefined || text === '') {
    return findCookies(list, block, cookies)
  }
  const { hashArgument, expiresArgument } = links
  const expires = readArgument(query, expiresArgument) ?? ''
  const read = readPair(list, 'link', [hashArgument, text], [expiresArgument, expires])
  list.pass('link', 'Hash and expiry are in the query.')
  return { source: 'link', ...read }
}

function findCookies (
  list: Checklist,
  { hashCookie, expiresCookie }: NginxBlock,
  cookies: EdgeRequest['cookies']
): NginxCredentials {
  const [text, expires] = [hashCookie, expiresCookie].map((cookie) => {
    const value = cookies.find(([name]) => name.toLowerCase() === cookie.toLowerCase())?.[1]
    if (value === undefined) {
      const other = cookie === hashCookie ? expiresCookie : hashCookie
      list.refuse('cookies', ...missing(cookie, other, cookies))
    }
    return value
  }) as [string, string]
  const read = readPair(list, 'cookies', [hashCookie, text], [expiresCookie, expires])
  const sent = cookies.map(([name, value]) => [name.toLowerCase(), value] as const)
  const names = [hashCookie, expiresCookie].map((name) => name.toLowerCase())
  const doubled = sentTwice(sent, names, 'nginx takes the first')
  list.pass('cookies', `Both are there.${doubled}`)
  list.suspect(doubled)
  return { source: 'cookies', ...read }
}

/** A half of the set alone says that the browser was given both, or keeps one at another path. */
function missing (
  cookie: string,
  other: string,
  cookies: EdgeRequest['cookies']
): [RefusalCode, string] {
  return cookies.some(([name]) => name.toLowerCase() === other.toLowerCase())
    ? ['credentials-incomplete', `The cookie ${cookie} is missing beside ${other}.`]
    : ['access-missing', noAccess(`no cookie ${cookie}`, 'the cookies\'')]
}

function readPair (
  list: Checklist,
  check: 'link' | 'cookies',
  [hashName, text]: readonly [name: string, text: string],
  [expiresName, expires]: readonly [name: string, text: string]
): { hash: Buffer, expires: string } {
  const hash = decodeStrictly(text, base64Url)
  if (hash?.length !== 16) {
    const code = formFault(text)
    const strict = code === 'base64-padding' ? ' This is stricter than the CDN.' : ''
    list.refuse(
      check,
      code,
      `${hashName} is not the 22 characters of an MD5 in base64url.${strict}`
    )
  }
  if (!/^[1-9]\d{0,11}$/.test(expires)) {
    list.refuse(
      check,
      /^\d{12,}$/.test(expires) ? 'time-milliseconds' : 'time-unreadable',
      `${expiresName} is not a number of seconds.`,
      { expected: 'whole seconds since 1970' }
    )
  }
  return { hash, expires }
}

/** What cookie libraries and other encoders do to a hash. */
function formFault (text: string): RefusalCode {
  if (/%[0-9a-f]{2}/i.test(text)) return 'percent-encoded'
  if (!/^[A-Za-z0-9+/]{22}(?:==)?$/.test(text)) return 'malformed'
  return /[+/]/.test(text) ? 'base64-standard' : 'base64-padding'
}
