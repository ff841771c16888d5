import type { CdnGrant, UrlToSign } from '../cdn.js'
import { pathKind } from '../cdn-path.js'
import { base64Url, base64UrlPadded, decodeStrictly } from '../format/base64.js'
import { separateCookiePaths } from '../format/cookie-path.js'
import { refusePath, refuseUrl } from '../format/refusals.js'
import type { RequestTarget } from '../format/request-path.js'
import { verdict, type Checklist } from '../format/verdict.js'
import type { GoogleMediaCdnKey } from './media-cdn-key.js'
import {
  checkMediaCdnRequest,
  cookieName,
  refuseUnsigned,
  urlParameter,
  type MediaCdnMode
} from './media-cdn-request.js'
import { checkSigned, findSignature, readSigned, type Signed } from './signature-check.js'
import {
  encodedSignature,
  refuseConditions,
  refuseParameters,
  signCookies,
  signedFields,
  signQuery,
  type SignatureFormat
} from './signature.js'
import { refusePatterns, requirePrefixes, signedScope, urlPrefix } from './url-prefix.js'

type Format = SignatureFormat<GoogleMediaCdnKey>

const component = `${urlParameter}=`

const tokensHoldMore = 'a Media CDN signature is for a prefix and an expiry. ' +
  'Leave it out, or set "mode" to "token"'

const folderInPath = 'a signature in the path opens the folder before it. ' +
  'Grant the folder with "/*" at the end, or set "urlStyle" to "query"'

const readAsSignature = 'which the CDN reads as a signature in the path. Use another name'

/** Ed25519 signatures, for a route whose `signedRequestMode` is `REQUIRE_SIGNATURES`. */
export function mediaCdnSignatures (
  name: string,
  url: string,
  urlStyle: 'query' | 'path'
): MediaCdnMode {
  const format: Format = {
    name,
    url,
    cookieName,
    codec: base64Url,
    // Of Google's own samples one pads and one does not.
    decode: (text) => decodeStrictly(text, base64Url) ?? decodeStrictly(text, base64UrlPadded),
    sign: (text, key) => key.signText!(text),
    verify: (text, signature, key) => key.verifyText(text, signature)
  }
  const planUrl = (grant: CdnGrant): void => {
    refuseConditions(name, grant, tokensHoldMore)
    refusePatterns(name, grant.paths)
    refuseComponents(name, grant.paths)
    if (urlStyle === 'path' && grant.paths.some((path) => pathKind(path) !== 'prefix')) {
      refuseUrl(name, folderInPath)
    }
  }

  return {
    plan: (grant) => {
      refuseConditions(name, grant, tokensHoldMore)
      requirePrefixes(name, grant.paths)
      refuseComponents(name, grant.paths)
      return separateCookiePaths(grant.paths)
    },
    sign: (grant, key) => signCookies(format, grant, key),
    check: (request, keys) =>
      verdict(403, (list) => {
        const target = checkMediaCdnRequest(list, request)
        const signed = findComponent(list, format, target) ??
          findSignature(list, format, target, request.cookies) ??
          refuseUnsigned(list, 'a signature')
        checkSigned(list, format, signed, { path: target.path, now: request.now }, keys)
      }),
    planUrl,
    signUrl: async (urlToSign, grant, key) => {
      planUrl(grant)
      if (urlToSign.path.includes(`/${component}`)) {
        refuseUrl(name, `its path holds "/${component}", ${readAsSignature}`)
      }
      return urlStyle === 'path'
        ? signComponent(format, urlToSign, grant, key)
        : signQuery(format, urlToSign, grant, key)
    }
  }
}

/** Refuses a path in which every request would seem to carry a signature of its own. */
function refuseComponents (name: string, paths: readonly string[]): void {
  const odd = paths.find((path) => path.includes(`/${component}`))
  if (odd !== undefined) refusePath(name, odd, `it holds "/${component}", ${readAsSignature}`)
}

/** A URL with the signature as a segment: it opens what is below the folder before it. */
async function signComponent (
  format: Format,
  { path, query }: UrlToSign,
  grant: CdnGrant,
  key: GoogleMediaCdnKey
): Promise<string> {
  const granted = grant.paths[0]!
  signedScope(format.name, granted, path)
  refuseParameters(format.name, query, ['Signature'])
  const folder = urlPrefix(format.url, granted)
  const text = `${folder}${component}${signedFields(grant, key, '&')}`
  const signature = await encodedSignature(format, text, key)
  const rest = `${format.url}${path}`.slice(folder.length)
  return `${text}&Signature=${signature}/${rest}${query === '' ? '' : `?${query}`}`
}

function findComponent (
  list: Checklist,
  format: Format,
  { path, query }: RequestTarget
): Signed | undefined {
  const [before = '', after, ...others] = path.split(`/${component}`)
  if (after === undefined) return undefined
  const end = after.indexOf('/')
  if (others.length > 0 || /(?:^|&)Signature=/.test(query ?? '')) {
    list.refuse(
      'credentials',
      'url-signed-twice',
      'The URL carries two signatures, and which one counts is not documented.'
    )
  }
  if (end === -1 || after.startsWith('URLPrefix=')) {
    list.refuse(
      'credentials',
      'malformed',
      `The path component is not ${component}Expires=…&KeyName=…&Signature=… ` +
        'with the rest of the path after it.'
    )
  }
  const prefix = `${format.url}${before}/`
  const signed = readSigned(list, format, {
    source: 'path',
    value: after.slice(0, end),
    separator: '&',
    ownUrl: prefix + component
  })
  return { ...signed, prefix }
}
