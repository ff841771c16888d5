import { sameMac } from '../../keys/secret-key.js'
import type { EdgeRequest, Verdict } from '../cdn.js'
import { base64Url, decodeStrictly } from '../format/base64.js'
import { checkRequestPath } from '../format/request-path.js'
import { sentTwice } from '../format/duplicates.js'
import type { RefusalCode } from '../refusal-codes.js'
import { checkEnd } from '../format/time-window.js'
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
    const address = addressOf(list, settings, request)
    checkHash(list, { hash, expires, scope, address, path: decodedPath(path) }, keys)
    // nginx refuses from the second after the one in the cookie.
    checkEnd(list, Number(expires) + 1, request.now)
  })
}

function capture (list: Checklist, { captured, scope }: NginxSettings, path: string): string {
  const found = captured.exec(decodedPath(path))?.[0]
  if (found === undefined) {
    list.refuse(
      'scope',
      'scope-missing',
      `The path is not below ${scope}: no location with secure_link answers it.`,
      { expected: scope, found: path }
    )
  }
  list.pass('scope', `The path is in a folder of the shape ${scope}.`)
  return found
}

function findCookies (
  list: Checklist,
  settings: NginxSettings,
  { cookies }: EdgeRequest
): { hash: Buffer, expires: string } {
  const { hashCookie, expiresCookie } = settings
  const [hashText, expires] = [hashCookie, expiresCookie].map((cookie) => {
    const value = cookies.find(([name]) => name.toLowerCase() === cookie.toLowerCase())?.[1]
    if (value === undefined) {
      const [code, found] = missingOf(settings, cookies, cookie)
      list.refuse('cookies', code, found)
    }
    return value
  }) as [string, string]
  const hash = decodeStrictly(hashText, base64Url)
  if (hash?.length !== 16) {
    list.refuse(
      'cookies',
      hashFormFault(hashText),
      `${hashCookie} is not the 22 characters of an MD5 in base64url.`
    )
  }
  if (!/^[1-9]\d{0,11}$/.test(expires)) {
    list.refuse(
      'cookies',
      /^\d{12,}$/.test(expires) ? 'time-milliseconds' : 'time-unreadable',
      `${expiresCookie} is not a number of seconds.`,
      { expected: 'whole seconds since 1970' }
    )
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
    list.refuse(
      'address',
      'address-unknown',
      'The viewer\'s address is part of what is hashed, and it is not known.'
    )
  }
  list.pass('address', 'The viewer\'s address is part of what is hashed.')
  return remoteAddress(request.ip)
}

function checkHash (
  list: Checklist,
  { hash, ...hashed }: {
    hash: Buffer
    expires: string
    scope: string
    address: string
    path: string
  },
  keys: readonly NginxKey[]
): void {
  const key = keys.find((candidate) => sameMac(nginxHash(hashed, candidate), hash))
  if (key === undefined) {
    const folder = JSON.stringify(hashed.scope)
    const address = hashed.address === '' ? '' : ', another address'
    const other = otherScope(hash, hashed, keys)
    list.refuse(
      'hash',
      other === undefined ? 'signature-wrong' : 'hash-of-other',
      `It fits none of the accepted secrets with this expiry and the folder ${folder}: ` +
        `another folder's cookies, another secret${address} or a changed expiry.`,
      other === undefined ? {} : { expected: hashed.scope, found: other }
    )
  }
  list.pass('hash', `It fits the key ${key.id}.`)
}

/** A half of the set alone says that the browser was given both, or keeps one at another path. */
function missingOf (
  { hashCookie, expiresCookie }: NginxSettings,
  cookies: EdgeRequest['cookies'],
  missing: string
): [RefusalCode, string] {
  const names = new Set([hashCookie, expiresCookie].map((name) => name.toLowerCase()))
  return cookies.some(([name]) => names.has(name.toLowerCase()))
    ? ['credentials-incomplete', `The cookie ${missing} is missing beside the other one.`]
    : ['access-missing', noAccess(`no cookie ${missing}`, 'the cookies\'')]
}

function hashFormFault (text: string): RefusalCode {
  if (/%[0-9a-f]{2}/i.test(text)) return 'percent-encoded'
  if (/^[A-Za-z0-9+/]{22}(?:==)?$/.test(text)) {
    return /[+/]/.test(text) ? 'base64-standard' : 'base64-padding'
  }
  return 'malformed'
}

/** Folders above and below, the file itself and the address, as other signers hash them. */
function otherScope (
  hash: Buffer,
  hashed: { expires: string, scope: string, address: string, path: string },
  keys: readonly NginxKey[]
): string | undefined {
  const segments = hashed.path.split('/')
  const folders = segments.slice(0, 32).map((_, index) => `${segments.slice(0, index).join('/')}/`)
  const bare = folders.map((folder) => folder.slice(0, -1))
  return [hashed.path, ...folders, ...bare].find((scope) =>
    keys.some((key) => sameMac(nginxHash({ ...hashed, scope }, key), hash))
  )
}
