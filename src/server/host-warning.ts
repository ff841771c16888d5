import type { FastifyRequest } from 'fastify'
import { hostWithin, type AccessCdn } from '../cookies/cookies.js'

/**
 * Says once where the API's own host can't set the cookies that the CDN needs: only a request shows
 * that host.
 */
export function createHostWarning (
  targets: readonly AccessCdn[]
): (request: FastifyRequest) => void {
  let asked = false
  return (request) => {
    if (asked) return
    asked = true
    for (const target of targets) warnWhereLost(request, target)
  }
}

function warnWhereLost (request: FastifyRequest, { cdn, attributes: { domain } }: AccessCdn): void {
  const apiHost = request.hostname
  const cdnHost = new URL(cdn.url).hostname
  if (domain === undefined ? apiHost === cdnHost : hostWithin(apiHost, domain)) return
  const reason = domain === undefined
    ? 'cookies without a Domain stay on the API\'s host'
    : `browsers refuse cookies with Domain "${domain}" from there`
  request.log.warn(
    `fastify-cdn-access: the API answers at "${apiHost}" and the CDN "${cdn.name}" at ` +
      `"${cdnHost}": ${reason}. Serve both below one parent domain and name it in cookie.domain`
  )
}
