import type { EdgeRequest, Verdict } from '../cdn.js'
import { pathKind } from '../cdn-path.js'
import { addressInRange } from '../format/address.js'
import { base64Url, decodeStrictly } from '../format/base64.js'
import { checkEnd, checkStart } from '../format/time-window.js'
import { refuseUncovered } from '../format/uncovered.js'
import { verdict, type Checklist } from '../format/verdict.js'
import type { GoogleMediaCdnKey } from './media-cdn-key.js'
import {
  checkMediaCdnRequest,
  cookieName,
  refuseUnsigned,
  urlParameter
} from './media-cdn-request.js'
import { checkUrlPrefix } from './url-prefix.js'

interface Fields {
  readonly globs?: string
  readonly prefix?: string
  readonly starts?: string
  readonly expires?: string
  readonly headers?: string
  readonly ranges?: string
  readonly signature?: string
  readonly hmac?: string
}

const tokenPattern = new RegExp([
  '^(?:PathGlobs=(?<globs>[\\w./*,!-]+)|URLPrefix=(?<prefix>[\\w-]+)|FullPath)~',
  '(?:Starts=(?<starts>[1-9]\\d{0,10})~)?Expires=(?<expires>[1-9]\\d{0,10})~',
  '(?:SessionID=[\\w.-]+~)?(?:Data=[\\w.-]+~)?',
  '(?:Headers=(?<headers>[\\w-]+(?:,[\\w-]+)*)~)?(?:IPRanges=(?<ranges>[\\w-]+)~)?',
  '(?:Signature=(?<signature>[\\w-]+)|hmac=(?<hmac>[0-9a-f]{64}))$'
].join(''))

const knownFields = 'PathGlobs, URLPrefix or FullPath; ' +
  'Starts, Expires, SessionID, Data, Headers, IPRanges; Signature or hmac'

const clearOne = ': clear the one that the browser keeps with another Domain or Path.'

/**
 * What Media CDN answers to a request on a route with `REQUIRE_TOKENS`. Its
 * order is not documented.
 */
export async function checkToken (
  url: string,
  request: EdgeRequest,
  keys: readonly GoogleMediaCdnKey[]
): Promise<Verdict> {
  return verdict(403, (list) => {
    const { path, query } = checkMediaCdnRequest(list, request)
    const token = findToken(list, query, request.cookies)
    const fields = readFields(list, token)
    checkProof(list, signedText(list, token, fields, path, request.headers), fields, keys)
    checkScope(list, fields, url, path)
    checkEnd(list, Number(fields.expires), request.now)
    checkStarts(list, fields, request.now)
    checkRanges(list, fields, request.ip)
  })
}

/** A token in the query is read in place of the cookie's. */
function findToken (
  list: Checklist,
  query: string | undefined,
  cookies: EdgeRequest['cookies']
): string {
  const start = `${urlParameter}=`
  const pairs = (query ?? '').split('&').filter((pair) => pair.startsWith(start))
  const inQuery = pairs.map((pair) => pair.slice(start.length))
  const inCookies = cookies.filter(([name]) => name === cookieName).map(([, value]) => value)
  const [found, source] = inQuery.length > 0
    ? [inQuery, `parameter ${urlParameter}`]
    : [inCookies, `cookie ${cookieName}`]
  if (found.length > 1) {
    list.refuse(
      'credentials',
      inQuery.length > 0 ? 'url-signed-twice' : 'sent-twice',
      `There are ${found.length} tokens, each as ${source}, and which one counts is not ` +
        `documented${inQuery.length > 0 ? '.' : clearOne}`
    )
  }
  const token = found[0] ?? refuseUnsigned(list, `a parameter ${urlParameter}`)
  list.pass('credentials', `There is one token, as ${source}.`)
  return token
}

function readFields (list: Checklist, token: string): Fields {
  const fields: Fields | undefined = tokenPattern.exec(token)?.groups
  if (fields === undefined) {
    list.refuse(
      'token',
      /%(?:7e|3d|2a|21)/i.test(token) ? 'percent-encoded' : 'malformed',
      `It does not hold the known fields in their order: ${knownFields}. ` +
        'Was it percent-encoded or cut off?'
    )
  }
  list.pass('token', 'It holds known fields in their order.')
  return fields
}

/**
 * What the token's maker signed: the path and the header values, which the token leaves
 * out, are the request's.
 */
function signedText (
  list: Checklist,
  token: string,
  { headers }: Fields,
  path: string,
  values: EdgeRequest['headers']
): string {
  if (token.startsWith('FullPath~') && path.includes('~')) {
    list.refuse(
      'path',
      'path-ambiguous',
      'The path holds "~", which would be read as the end of a field of the token.'
    )
  }
  const sent = token.slice(0, token.lastIndexOf('~'))
  const text = sent.replace(/^FullPath(?=~)/, () => `FullPath=${path}`)
  if (headers === undefined) return text
  const pairs = headers.split(',').map((name) => {
    const value = values?.[name.toLowerCase()]
    if (typeof value !== 'string' || /[,~]/.test(value)) {
      const found = values === undefined
        ? 'is not known here'
        : 'the request does not have once, without "," and "~"'
      list.refuse(
        'headers',
        'header-differs',
        `The token is bound to the header ${name}, which ${found}.`
      )
    }
    return `${name}=${value}`
  })
  return text.replace(`~Headers=${headers}`, () => `~Headers=${pairs.join(',')}`)
}

/** A token names no key: each of its kind is tried. */
function checkProof (
  list: Checklist,
  text: string,
  { signature, hmac }: Fields,
  keys: readonly GoogleMediaCdnKey[]
): void {
  const [algorithm, proof] = hmac === undefined
    ? ['Ed25519', decodeStrictly(signature!, base64Url)] as const
    : ['HMAC-SHA256', Buffer.from(hmac, 'hex')] as const
  const candidates = keys.filter((key) => key.algorithm === algorithm)
  const key = proof && candidates.find(({ verifyText }) => verifyText(text, proof))
  if (key === undefined) {
    list.refuse(
      'signature',
      'signature-wrong',
      `It does not fit the token and any accepted ${algorithm} key: was a field changed, ` +
        'is the key in the keyset, or does the token bind another path or header?'
    )
  }
  list.pass('signature', `It fits the token and the key ${key.id}.`)
}

function checkScope (list: Checklist, { globs, prefix }: Fields, url: string, path: string): void {
  if (prefix !== undefined) {
    const bytes = decodeStrictly(prefix, base64Url)
    if (bytes === undefined) {
      list.refuse('prefix', 'base64-padding', 'URLPrefix is not base64url without padding.')
    }
    return checkUrlPrefix(list, bytes.toString('latin1'), url, path)
  }
  if (globs === undefined) return list.pass('path globs', 'The token is good for this exact path.')
  const paths = globs.split(/[,!]/)
  if (!paths.some((glob) => globCovers(glob, path))) {
    refuseUncovered(
      list,
      'path globs',
      `Access is for ${globs}, which does not cover this path. ` +
        'A "*" counts as a whole last segment alone.',
      {
        granted: paths,
        requested: path,
        covers: (other) => paths.some((glob) => globCovers(glob, other))
      }
    )
  }
  list.pass('path globs', 'One of the paths covers this one.')
}

function globCovers (glob: string, path: string): boolean {
  return pathKind(glob) === 'prefix' ? path.startsWith(glob.slice(0, -1)) : glob === path
}

function checkStarts (list: Checklist, { starts }: Fields, now: number): void {
  if (starts === undefined) return
  checkStart(list, { start: Number(starts), first: Number(starts) + 1 }, now)
}

function checkRanges (list: Checklist, { ranges }: Fields, address: string | undefined): void {
  if (ranges === undefined) return
  const text = decodeStrictly(ranges, base64Url)?.toString('latin1')
  const covered = address !== undefined && text !== undefined &&
    text.split(',').some((range) => addressInRange(address, range))
  if (!covered) {
    const found = address ?? 'which is not known'
    list.refuse(
      'address',
      address === undefined ? 'address-unknown' : 'address-differs',
      `The viewer's address, ${found}, is in none of the token's ranges.`,
      { expected: text ?? 'a range', found }
    )
  }
  list.pass('address', 'The viewer\'s address is in a range of the token.')
}
