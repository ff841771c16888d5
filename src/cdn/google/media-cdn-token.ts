import type { CdnGrant } from '../cdn.js'
import { pathKind } from '../cdn-path.js'
import { base64Url } from '../format/base64.js'
import { commonCookiePath } from '../format/cookie-path.js'
import { refuseCharacter, refuseClaim, refusePath } from '../format/refusals.js'
import type { GoogleMediaCdnKey } from './media-cdn-key.js'
import { cookieName, urlParameter, type MediaCdnMode } from './media-cdn-request.js'
import { checkToken } from './media-cdn-token-check.js'
import { refuseParameters } from './signature.js'
import { refusePatterns, signedScope, urlPrefix } from './url-prefix.js'

/** A field of a token: most are signed as they are sent. */
interface Field {
  readonly sent: string
  readonly signed: string
}

const unfitForList = 'and beside other paths, and as one exact file, it goes into a list ' +
  'in which characters other than letters, digits and - . _ separate or may be decoded. ' +
  'Rename it, or grant its folder alone'

const noBeginningInList =
  'what cdnPath.prefix makes fits a token alone: beside other paths it goes ' +
  'into a list, in which "*" is sure as a whole segment only. Grant it by itself, or folders'

const unfitForFullPath = 'which separates the fields of a token, so that the rest of the path ' +
  'would be read as some. Use a name without it, or sign with its folder as "scope"'

/**
 * Short tokens, for a route whose `signedRequestMode` is `REQUIRE_TOKENS`.
 *
 * Experimental: that `Edge-Cache-Cookie` carries a token. In URLs tokens are as
 * Google publishes them.
 */
export function mediaCdnTokens (name: string, url: string): MediaCdnMode {
  return {
    plan: (grant) => {
      cookieFields(name, url, grant)
      return [commonCookiePath(grant.paths)]
    },
    sign: async (grant, key) => [{
      name: cookieName,
      value: await token(cookieFields(name, url, grant), key),
      path: commonCookiePath(grant.paths)
    }],
    check: (request, keys) => checkToken(url, request, keys),
    planUrl: (grant) => {
      urlFields(name, url, grant)
    },
    signUrl: async ({ path, query }, grant, key) => {
      refuseParameters(name, query, [urlParameter])
      signedScope(name, grant.paths[0]!, path)
      const value = await token(urlFields(name, url, grant), key)
      return `${url}${path}?${query === '' ? '' : `${query}&`}${urlParameter}=${value}`
    }
  }
}

async function token (fields: readonly Field[], key: GoogleMediaCdnKey): Promise<string> {
  const proof = await key.signText!(fields.map(({ signed }) => signed).join('~'))
  const last = key.algorithm === 'Ed25519'
    ? `Signature=${base64Url.encode(proof)}`
    : `hmac=${proof.toString('hex')}`
  return [...fields.map(({ sent }) => sent), last].join('~')
}

/** One prefix is bound to scheme and host; several paths go into one list, which is not. */
function cookieFields (name: string, url: string, grant: CdnGrant): Field[] {
  const [path] = grant.paths
  const single = grant.paths.length === 1 && ['prefix', 'beginning'].includes(pathKind(path!))
  const fields = [
    single ? prefixField(url, path!) : globField(name, grant.paths),
    ...grantFields(name, grant)
  ]
  if (fields.some(({ sent }) => sent.includes(','))) {
    refuseClaim(
      name,
      'headers',
      'their names are joined by a comma, which no cookie can hold. Name one header'
    )
  }
  return fields
}

/** A URL's token is for its own path, or for the prefix around it. */
function urlFields (name: string, url: string, grant: CdnGrant): Field[] {
  const path = grant.paths[0]!
  refusePatterns(name, grant.paths)
  const scope = pathKind(path) === 'exact' ? pathField(name, path) : prefixField(url, path)
  return [scope, ...grantFields(name, grant)]
}

function prefixField (url: string, path: string): Field {
  return asItIs(`URLPrefix=${encode(urlPrefix(url, path))}`)
}

function pathField (name: string, path: string): Field {
  if (path.includes('~')) refuseCharacter(name, path, '~', unfitForFullPath)
  return { sent: 'FullPath', signed: `FullPath=${path}` }
}

function globField (name: string, paths: readonly string[]): Field {
  refusePatterns(name, paths)
  for (const path of paths) {
    if (pathKind(path) === 'beginning') refusePath(name, path, noBeginningInList)
    const odd = path.search(/[^A-Za-z0-9\-._/*]/)
    if (odd !== -1) refuseCharacter(name, path, path.slice(odd), unfitForList)
  }
  return asItIs(`PathGlobs=${paths.join('!')}`)
}

/** What follows the scope, in the order in which Google's samples write it. */
function grantFields (name: string, { notBefore, expiresAt, ip, claims = {} }: CdnGrant): Field[] {
  const { sessionId, data, headers, ...unknown } = claims
  const odd = Object.keys(unknown)[0]
  if (odd !== undefined) {
    refuseClaim(name, odd, 'a Media CDN token has sessionId, data and headers')
  }
  return [
    ...(notBefore === undefined ? [] : [asItIs(`Starts=${notBefore}`)]),
    asItIs(`Expires=${expiresAt}`),
    ...textField(name, 'SessionID', 'sessionId', sessionId),
    ...textField(name, 'Data', 'data', data),
    ...headersField(name, headers),
    ...(ip === undefined ? [] : [asItIs(`IPRanges=${encode(asRange(ip))}`)])
  ]
}

function textField (name: string, field: string, claim: string, value: unknown): Field[] {
  if (value === undefined) return []
  if (typeof value !== 'string' || !/^[\w.-]+$/.test(value)) {
    refuseClaim(
      name,
      claim,
      'it must be text of A-Z a-z 0-9 - . _ alone: ' +
        'anything else needs an encoding, such as base64url'
    )
  }
  return [asItIs(`${field}=${value}`)]
}

/** The names are sent, and their values only signed: the edge takes those from the request. */
function headersField (name: string, headers: unknown): Field[] {
  if (headers === undefined) return []
  const given = typeof headers === 'object' ? { ...headers } : {}
  const pairs: Array<[name: string, value: unknown]> = Object.entries(given)
  if (pairs.length === 0 || !pairs.every(isHeader)) {
    refuseClaim(
      name,
      'headers',
      'it must be an object of at least one header name and its value, ' +
        'printable ASCII without "," and "~"'
    )
  }
  return [{
    sent: `Headers=${pairs.map(([header]) => header).join(',')}`,
    signed: `Headers=${pairs.map((pair) => pair.join('=')).join(',')}`
  }]
}

function isHeader ([name, value]: [name: string, value: unknown]): boolean {
  return /^[\w-]+$/.test(name) && typeof value === 'string' &&
    /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value) && !/[,~]/.test(value)
}

function encode (text: string): string {
  return base64Url.encode(Buffer.from(text))
}

function asRange (ip: string): string {
  return ip.includes('/') ? ip : `${ip}/${ip.includes(':') ? 128 : 32}`
}

function asItIs (text: string): Field {
  return { sent: text, signed: text }
}
