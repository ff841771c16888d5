import { sameMac } from '../../keys/secret-key.js'
import type { EdgeRequest, Verdict } from '../cdn.js'
import { addressInRange } from '../format/address.js'
import { sentTwice } from '../format/duplicates.js'
import { checkRequestPath, type RequestTarget } from '../format/request-path.js'
import type { RefusalCode } from '../refusal-codes.js'
import { checkRevocation } from '../format/revocation.js'
import { checkEnd, checkStart } from '../format/time-window.js'
import { refuseUncovered } from '../format/uncovered.js'
import { noAccess, verdict, type Checklist } from '../format/verdict.js'
import { matchesWildcard } from '../format/wildcard.js'
import {
  akamaiAlgorithms,
  akamaiHmac,
  withUrl,
  type AkamaiHashing,
  type AkamaiKey
} from './token.js'

interface Token {
  readonly fields: string
  readonly hmac: string
  /** Undefined in a token for one URL. */
  readonly acl: string | undefined
  readonly end: string
  readonly start: string | undefined
  readonly ip: string | undefined
  readonly id: string | undefined
}

const tokenPattern = new RegExp(
  '^(?<fields>(?:ip=(?<ip>[^~]+)~)?(?:st=(?<start>\\d{1,12})~)?exp=(?<end>\\d{1,12})' +
    '(?:~acl=(?<acl>[^~]+))?(?:~id=(?<id>[^~]+))?(?:~data=[^~]+)?)~hmac=(?<hmac>[0-9a-f]+)$'
)

const otherUrl =
  ' Or the token is for the URL of another path, or of one that is spelled otherwise.'

const firstCounts = 'the first counts here, and Akamai does not say which'

/** What a property is set to. */
export interface AkamaiProperty {
  readonly cookieName: string
  readonly hashing: AkamaiHashing
  /** True where it also takes tokens for one URL, and leaves the query out of them. */
  readonly urlTokens: boolean
}

/** What Akamai answers to a request. Its own order is not published. */
export async function checkAkamai (
  property: AkamaiProperty,
  request: EdgeRequest,
  keys: readonly AkamaiKey[]
): Promise<Verdict> {
  return verdict(403, async (list) => {
    const target = checkRequestPath(list, request.url)
    const token = findToken(list, property, target, request)
    checkHmac(list, token, target.path, property.hashing, keys)
    checkWindow(list, token, request.now)
    checkAddress(list, token, request.ip)
    checkAcl(list, token, target.path)
    const revocable = readRevocable(token)
    if (revocable !== undefined) await checkRevocation(list, revocable, request.revokedSince)
  })
}

/** An id of the app's is none that can be revoked. */
function readRevocable ({ id = '' }: Token): { id: string, issuedAt: number } | undefined {
  const [, own, issuedAt] = /^([\w-]{22})\.(\d{1,12})$/.exec(id) ?? []
  return own === undefined ? undefined : { id: own, issuedAt: Number(issuedAt) }
}

/**
 * A property reads its tokens in one place, cookie or query; here the query goes first, then the
 * first cookie of the name.
 */
function findToken (
  list: Checklist,
  { cookieName, urlTokens }: AkamaiProperty,
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
  if (groups.acl === undefined && !urlTokens) {
    list.refuse(
      'token',
      'url-token',
      'It has no acl, as a token for one URL. Where the property takes those and ignores the ' +
        'query string, set "urlTokens" to true.'
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
  { fields, hmac, acl }: Token,
  path: string,
  hashing: AkamaiHashing,
  keys: readonly AkamaiKey[]
): void {
  const given = Buffer.from(hmac)
  const text = acl === undefined ? withUrl(fields, path) : fields
  const fits = (key: AkamaiKey): boolean =>
    sameMac(Buffer.from(akamaiHmac(text, key, hashing)), given)
  const key = keys.find(fits)
  if (key === undefined) {
    list.refuse(
      'hmac',
      hmacFault(text, hmac, hashing, keys),
      `It fits none of the accepted keys with ${hashing.algorithm}: ` +
        `compare key, algorithm and salt with the property.${acl === undefined ? otherUrl : ''}`
    )
  }
  list.pass('hmac', `It fits the key ${key.id}, with ${hashing.algorithm}.`)
}

/** What is set otherwise at the signer, where an HMAC fits with it. */
function hmacFault (
  text: string,
  hmac: string,
  { algorithm, salt }: AkamaiHashing,
  keys: readonly AkamaiKey[]
): RefusalCode {
  const fits = (hashing: AkamaiHashing): boolean =>
    keys.some((key) => sameMac(Buffer.from(akamaiHmac(text, key, hashing)), Buffer.from(hmac)))
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
  if (acl === undefined) return list.pass('url', 'The token is for this very path.')
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
