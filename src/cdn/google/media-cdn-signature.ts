import { CDN_ACCESS_GRANT_UNSUPPORTED, CDN_ACCESS_SIGNED_URL_UNSUPPORTED } from '../../errors.js'
import { base64Url } from '../format/base64.js'
import type { CdnGrant, UrlToSign } from '../cdn.js'
import { separateCookiePaths } from '../format/cookie-path.js'
import type { GoogleMediaCdnKey } from './media-cdn-key.js'
import {
  checkMediaCdnRequest,
  cookieName,
  refuseUnsigned,
  urlParameter,
  type MediaCdnMode
} from './media-cdn-request.js'
import {
  checkSigned,
  encodedSignature,
  findSignature,
  readSigned,
  refuseParameters,
  signCookies,
  signedFields,
  signQuery,
  type Signed,
  type SignatureFormat
} from './signature.js'
import type { RequestTarget } from '../format/request-path.js'
import { requirePrefixes, signedScope, urlPrefix } from './url-prefix.js'
import { verdict, type Checklist } from '../format/verdict.js'

type Format = SignatureFormat<GoogleMediaCdnKey>

const component = `${urlParameter}=`

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
    sign: (text, key) => key.signText!(text),
    verify: (text, signature, key) => key.verifyText(text, signature)
  }

  return {
    plan: (grant) => {
      refuseWhatIsNotSigned(name, grant)
      requirePrefixes(name, grant.paths)
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
    signUrl: async (urlToSign, grant, key) => {
      refuseWhatIsNotSigned(name, grant)
      return urlStyle === 'path'
        ? signComponent(format, urlToSign, grant, key)
        : signQuery(format, urlToSign, grant, key)
    }
  }
}

/** A URL with the signature as a segment: it opens what is below the folder before it. */
async function signComponent (
  format: Format,
  { path, query }: UrlToSign,
  grant: CdnGrant,
  key: GoogleMediaCdnKey
): Promise<string> {
  const granted = grant.paths[0]!
  if (signedScope(format.name, granted, path) === 'exact') {
    throw new CDN_ACCESS_SIGNED_URL_UNSUPPORTED(
      format.name,
      'a signature in the path opens the folder before it. Grant the folder with "/*" at the end, or set "urlStyle" to "query"'
    )
  }
  refuseParameters(format.name, query, ['Signature'])
  const folder = urlPrefix(format.url, granted)
  const text = `${folder}${component}${signedFields(grant, key, '&')}`
  const rest = `${format.url}${path}`.slice(folder.length)
  return `${text}&Signature=${await encodedSignature(format, text, key)}/${rest}${
    query === '' ? '' : `?${query}`
  }`
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
      'The URL carries two signatures, and which one counts is not documented.'
    )
  }
  if (end === -1 || after.startsWith('URLPrefix=')) {
    list.refuse(
      'credentials',
      `The path component is not ${component}Expires=…&KeyName=…&Signature=… with the rest of the path after it.`
    )
  }
  const prefix = `${format.url}${before}/`
  return {
    ...readSigned(list, format, {
      source: 'path',
      value: after.slice(0, end),
      separator: '&',
      ownUrl: prefix + component
    }),
    prefix
  }
}

function refuseWhatIsNotSigned (name: string, grant: CdnGrant): void {
  const field = (['notBefore', 'ip', 'claims'] as const).find((part) => grant[part] !== undefined)
  if (field !== undefined) {
    throw new CDN_ACCESS_GRANT_UNSUPPORTED(
      name,
      field,
      'a Media CDN signature is for a prefix and an expiry. Leave it out, or set "mode" to "token"'
    )
  }
}
