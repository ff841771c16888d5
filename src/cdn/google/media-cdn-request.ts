import type { Cdn, EdgeRequest } from '../cdn.js'
import { checkRequestPath, type RequestTarget } from '../format/request-path.js'
import { noAccess, type Checklist } from '../format/verdict.js'
import type { GoogleMediaCdnKey } from './media-cdn-key.js'

/** What each of the two modes brings to the CDN. */
export type MediaCdnMode = Required<
  Pick<Cdn<GoogleMediaCdnKey>, 'plan' | 'sign' | 'check' | 'planUrl' | 'signUrl'>
>

export const cookieName = 'Edge-Cache-Cookie'

/** The query parameter of a token, and what opens the path component of a signature. */
export const urlParameter = 'edge-cache-token'

/**
 * Checks what a route with signed requests asks of each of them.
 *
 * @see https://cloud.google.com/media-cdn/docs/signed-requests
 */
export function checkMediaCdnRequest (list: Checklist, request: EdgeRequest): RequestTarget {
  if (!['GET', 'HEAD', 'OPTIONS'].includes(request.method)) {
    list.refuse(
      'method',
      'method-refused',
      'Media CDN takes signed requests with GET, HEAD and OPTIONS alone.',
      { expected: 'GET, HEAD or OPTIONS', found: request.method }
    )
  }
  list.pass('method', `${request.method} can be signed.`)
  return checkRequestPath(list, request.url)
}

/** Refuses a request that carries nothing: Media CDN blocks it. */
export function refuseUnsigned (list: Checklist, what: string): never {
  const found = `neither an ${cookieName} nor ${what} in its URL`
  list.refuse('credentials', 'access-missing', noAccess(found, 'the cookie\'s'))
}
