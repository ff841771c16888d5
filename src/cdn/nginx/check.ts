import { sameMac } from '../../keys/secret-key.js'
import type { EdgeRequest, Verdict } from '../cdn.js'
import { base64Url, decodeStrictly } from '../format/base64.js'
import { checkRequestPath } from '../format/request-path.js'
import { sentTwice } from '../format/duplicates.js'
import { noAccess, verdict, type Checklist } from '../format/verdict.js'
import { decodedPath, nginxHash, remoteAddress, type NginxKey } from './scope.js'

interface NginxSettings {
  readonly scope: string
  readonly captured: RegExp
  readonly hashCookie: string
  readonly expiresCookie: string
  readonly ip: boolean
}

/** What the block of nginx answers to a request. */
export async function checkNginx (
  settings: NginxSettings,
  request: EdgeRequest,
  keys: readonly NginxKey[]
): Promise<Verdict> {
  return verdict(403, (list) => {
    const { path } = checkRequestPath(list, request.url)
    const scope = capture(list, settings, path)
    const { hash, expires } = findCookies(list, settings, request)
    checkHash(list, { hash, expires, scope, address: addressOf(list, settings, request) }, keys)
    checkExpiry(list, Number(expires), request.now)
  })
}

function capture (list: Checklist, { captured, scope }: NginxSettings, path: string): string {
  const found = captured.exec(decodedPath(path))?.[0]
  if (found === undefined) {
    list.refuse('scope', `The path is not below ${scope}: no location with secure_link answers it.`)
  }
  list.pass('scope', `The path is in a folder of the shape ${scope}.`)
  return found
}

function findCookies (
  list: Checklist,
  { hashCookie, expiresCookie }: NginxSettings,
  { cookies }: EdgeRequest
): { hash: Buffer, expires: string } {
  const [hashText, expires] = [hashCookie, expiresCookie].map((cookie) => {
    const value = cookies.find(([name]) => name.toLowerCase() === cookie.toLowerCase())?.[1]
    if (value === undefined) {
      list.refuse('cookies', noAccess(`no cookie ${cookie}`, 'the cookies\''))
    }
    return value
  }) as [string, string]
  const hash = decodeStrictly(hashText, base64Url)
  if (hash?.length !== 16) {
    list.refuse('cookies', `${hashCookie} is not the 22 characters of an MD5 in base64url.`)
  }
  if (!/^[1-9]\d{0,11}$/.test(expires)) {
    list.refuse('cookies', `${expiresCookie} is not a number of seconds.`)
  }
  const sent = cookies.map(([name, value]) => [name.toLowerCase(), value] as const)
  const names = [hashCookie, expiresCookie].map((name) => name.toLowerCase())
  const doubled = sentTwice(sent, names, 'nginx takes the first')
  list.pass('cookies', `Both are there.${doubled}`)
  list.suspect(doubled)
  return { hash, expires }
}

function addressOf (list: Checklist, { ip }: NginxSettings, request: EdgeRequest): string {
  if (!ip) return ''
  if (request.ip === undefined) {
    list.refuse('address', 'The viewer\'s address is part of what is hashed, and it is not known.')
  }
  list.pass('address', 'The viewer\'s address is part of what is hashed.')
  return remoteAddress(request.ip)
}

function checkHash (
  list: Checklist,
  { hash, ...hashed }: { hash: Buffer, expires: string, scope: string, address: string },
  keys: readonly NginxKey[]
): void {
  const key = keys.find((candidate) => sameMac(nginxHash(hashed, candidate), hash))
  if (key === undefined) {
    const folder = JSON.stringify(hashed.scope)
    const address = hashed.address === '' ? '' : ', another address'
    list.refuse(
      'hash',
      `It fits none of the accepted secrets with this expiry and the folder ${folder}: ` +
        `another folder's cookies, another secret${address} or a changed expiry.`
    )
  }
  list.pass('hash', `It fits the key ${key.id}.`)
}

/** nginx refuses from the second after the one in the cookie. */
function checkExpiry (list: Checklist, expires: number, now: number): void {
  if (expires < now) list.refuse('expiry', `Access ended ${now - expires - 1} s ago: refresh it.`)
  list.pass('expiry', `Access ends in ${expires - now + 1} s.`)
}
