import { sameMac } from '../../keys/secret-key.js'
import type { EdgeRequest, Verdict } from '../cdn.js'
import { addressInRange } from '../format/address.js'
import { sentTwice } from '../format/duplicates.js'
import { checkRequestPath, type RequestTarget } from '../format/request-path.js'
import type { RefusalCode } from '../refusal-codes.js'
import { checkEnd, checkStart } from '../format/time-window.js'
import { refuseUncovered } from '../format/uncovered.js'
import { noAccess, verdict, type Checklist } from '../format/verdict.js'
import { matchesWildcard } from '../format/wildcard.js'
import { akamaiAlgorithms, akamaiHmac, type AkamaiHashing, type AkamaiKey } from './token.js'

interface Token {
  readonly fields: string
  readonly hmac: string
  readonly acl: string
  readonly end: string
  readonly start: string | undefined
  readonly ip: string | undefined
}

const tokenPattern = new RegExp(
  '^(?<fields>(?:ip=(?<ip>[^~]+)~)?(?:st=(?<start>\\d{1,12})~)?exp=(?<end>\\d{1,12})~' +
    'acl=(?<acl>[^~]+)(?:~id=[^~]+)?(?:~data=[^~]+)?)~hmac=(?<hmac>[0-9a-f]+)$'
)

const firstCounts = 'the first counts here, and Akamai does not say which'

/** What Akamai answers to a request. Its own order is not published. */
export async function checkAkamai (
  cookieName: string,
  hashing: AkamaiHashing,
  request: EdgeRequest,
  keys: readonly AkamaiKey[]
): Promise<Verdict> {
  return verdict(403, (list) => {
    const target = checkRequestPath(list, request.url)
    const token = findToken(list, cookieName, target, request)
    checkHmac(list, token, hashing, keys)
    checkWindow(list, token, request.now)
    checkAddress(list, token, request.ip)
    checkAcl(list, token, target.path)
  })
}

/**
 * A property reads its tokens in one place, cookie or query; here the query goes first, then the
 * first cookie of the name.
 */
function findToken (
  list: Checklist,
  cookieName: string,
  target: RequestTarget,
  request: EdgeRequest
): Token {
  const parameter = target.query?.split('&').find((pair) => pair.startsWith(`${cookieName}=`))
  const text = parameter?.slice(cookieName.length + 1) ??
    request.cookies.find(([name]) => name === cookieName)?.[1]
  if (text === undefined) {
    const found = `neither a cookie nor a query parameter called ${cookieName}`
    list.refuse('token', 'access-missing', noAccess(found, 'the cookie\'s'))
  }
  const groups = tokenPattern.exec(text)?.groups as Token | undefined
  if (groups === undefined) {
    list.refuse(
      'token',
      /%(?:7e|3d|2a)/i.test(text) ? 'percent-encoded' : 'malformed',
      'It is not a token with exp, acl and hmac: was the value percent-encoded or cut off?'
    )
  }
  const doubled = parameter === undefined
    ? sentTwice(request.cookies, [cookieName], firstCounts)
    : ''
  const place = parameter === undefined ? 'cookie' : 'query'
  list.pass('token', `It is complete, in the ${place}.${doubled}`)
  list.suspect(doubled)
  return groups
}

function checkHmac (
  list: Checklist,
  { fields, hmac }: Token,
  hashing: AkamaiHashing,
  keys: readonly AkamaiKey[]
): void {
  const given = Buffer.from(hmac)
  const fits = (key: AkamaiKey): boolean =>
    sameMac(Buffer.from(akamaiHmac(fields, key, hashing)), given)
  const key = keys.find(fits)
  if (key === undefined) {
    list.refuse(
      'hmac',
      hmacFault(fields, hmac, hashing, keys),
      `It fits none of the accepted keys with ${hashing.algorithm}: ` +
        'compare key, algorithm and salt with the property.'
    )
  }
  list.pass('hmac', `It fits the key ${key.id}, with ${hashing.algorithm}.`)
}

/** What is set otherwise at the signer, where an HMAC fits with it. */
function hmacFault (
  fields: string,
  hmac: string,
  { algorithm, salt }: AkamaiHashing,
  keys: readonly AkamaiKey[]
): RefusalCode {
  const fits = (hashing: AkamaiHashing): boolean =>
    keys.some((key) => sameMac(Buffer.from(akamaiHmac(fields, key, hashing)), Buffer.from(hmac)))
  const withSalt = salt === undefined ? {} : { salt }
  if (akamaiAlgorithms.some((other) => fits({ algorithm: other, ...withSalt }))) {
    return 'algorithm-differs'
  }
  return salt !== undefined && fits({ algorithm }) ? 'salt-differs' : 'signature-wrong'
}

function checkWindow (list: Checklist, { end, start }: Token, now: number): void {
  checkEnd(list, Number(end), now)
  if (start !== undefined) checkStart(list, { start: Number(start) }, now)
}

function checkAddress (list: Checklist, { ip }: Token, address: string | undefined): void {
  if (ip === undefined) return
  if (address === undefined || !addressInRange(address, ip)) {
    list.refuse(
      'address',
      address === undefined ? 'address-unknown' : 'address-differs',
      `The token is good for ${ip}, and the viewer's address is ${address ?? 'not known'}.`,
      { expected: ip, found: address ?? 'not known' }
    )
  }
  list.pass('address', 'The token is good for the viewer\'s address.')
}

/** A signer may percent-encode the list as a whole: otherwise it begins with a slash. */
function readAcl (acl: string): string[] {
  const list = /^%2f/i.test(acl) ? acl.replace(/%[0-9A-F]{2}/gi, decodeByte) : acl
  return list.split('!')
}

function decodeByte (encoded: string): string {
  return String.fromCharCode(Number.parseInt(encoded.slice(1), 16))
}

/**
 * Each path of the list is matched against the request's path, without its query:
 * `*` crosses slashes.
 */
function checkAcl (list: Checklist, { acl }: Token, path: string): void {
  const patterns = readAcl(acl)
  if (!patterns.some((pattern) => matchesWildcard(pattern, path))) {
    refuseUncovered(
      list,
      'acl',
      `The token is good for ${acl}, which does not cover this path.`,
      {
        granted: patterns,
        requested: path,
        covers: (other) => patterns.some((pattern) => matchesWildcard(pattern, other))
      }
    )
  }
  list.pass('acl', 'The token covers this path.')
}
