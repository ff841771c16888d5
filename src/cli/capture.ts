import type { Inspection } from '../cdn/inspection.js'
import { inspect } from '../cdn/inspectors.js'
import { cookiePairs } from '../cookies/cookies.js'
import { cutUrl } from '../explain/cut-url.js'

/** A request as a browser, a file or a person shows it. */
export interface Capture {
  readonly method: string
  /** Undefined where cookies alone were given. */
  readonly url: string | undefined
  /** The raw `Cookie` header; undefined where none was sent. */
  readonly cookies: string | undefined
  /** The status of the reply, where that was seen. */
  readonly status?: number
  /** True where whoever wrote the file took the cookies out. */
  readonly cookiesRemoved?: boolean
  /** Cookies of a jar that a browser would not send with this request, and why. */
  readonly left?: ReadonlyArray<{ readonly name: string, readonly why: string }>
}

/** The credentials of a request, or of cookies without one. */
export function credentialsOf ({ url, cookies }: Capture): Inspection[] {
  const [origin = '', target] = cutUrl(url ?? '/')
  const [path = '', ...query] = target.split('?')
  return inspect({ origin, path, query: query.join('?'), cookies: cookiePairs(cookies) })
}

/**
 * A URL as it may be shown: without its query, which holds a signed URL's signature, and without
 * the signatures that stand in paths.
 */
export function shownUrl (url: string): string {
  const [address, ...query] = url.split('?')
  const plain = address!.replace(/^([a-z]+:\/\/)[^/]*@/i, '$1').replace(
    /((?:edge-cache-token|URISigningPackage|Signature|hmac)=)[^/;]*/g,
    '$1…'
  )
  return query.length === 0 ? plain : `${plain}?…`
}
