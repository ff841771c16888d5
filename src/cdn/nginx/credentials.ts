import type { EdgeRequest } from '../cdn.js'
import { base64Url, decodeStrictly } from '../format/base64.js'
import { sentTwice } from '../format/duplicates.js'
import type { RequestTarget } from '../format/request-path.js'
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
      list.refuse('cookies', noAccess(`no cookie ${cookie}`, 'the cookies\''))
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

function readPair (
  list: Checklist,
  check: 'link' | 'cookies',
  [hashName, text]: readonly [name: string, text: string],
  [expiresName, expires]: readonly [name: string, text: string]
): { hash: Buffer, expires: string } {
  const hash = decodeStrictly(text, base64Url)
  if (hash?.length !== 16) {
    list.refuse(check, `${hashName} is not the 22 characters of an MD5 in base64url.`)
  }
  if (!/^[1-9]\d{0,11}$/.test(expires)) {
    list.refuse(check, `${expiresName} is not a number of seconds.`)
  }
  return { hash, expires }
}
