import type { FastifyRequest } from 'fastify'
import { answersAtHost, hostSpan } from '../cdn/host-pattern.js'
import { hostWithin, type AccessCdn } from '../cookies/cookies.js'

/**
 * A health probe or a scanner asks by an address of its own, and must not use up what a viewer's
 * host would say.
 */
const mostWarnings = 3

/**
 * Says, once for each of the first hosts where it is so, that the API's own host can't set the
 * cookies that the CDN needs: only a request shows that host.
 */
export function createHostWarning (
  targets: readonly AccessCdn[]
): (request: FastifyRequest) => void {
  const known = new Set<string>()
  let warnings = 0
  return (request) => {
    const { hostname } = request
    if (warnings === mostWarnings || known.has(hostname)) return
    const lost = targets.filter((target) => !reaches(hostname, target))
    // Hosts come from requests: they are kept while one more can be warned of, and while they are
    // few.
    if (known.size < 100) known.add(hostname)
    if (lost.length > 0) warnings++
    for (const target of lost) request.log.warn(warningOf(hostname, target))
  }
}

function reaches (apiHost: string, { cdn, attributes: { domain } }: AccessCdn): boolean {
  return domain === undefined
    ? answersAtHost(cdn, apiHost)
    : hostWithin(apiHost, domain)
}

function warningOf (apiHost: string, { cdn, attributes: { domain } }: AccessCdn): string {
  const reason = domain === undefined
    ? 'cookies without a Domain stay on the API\'s host'
    : `browsers refuse cookies with Domain "${domain}" from there`
  return `fastify-cdn-access: the API answers at "${apiHost}" and the CDN "${cdn.name}" at ` +
    `"${hostSpan(cdn).written}": ${reason}. Serve both below one parent domain and name it in ` +
    'cookie.domain. Where a proxy rewrites the Host header, set Fastify\'s trustProxy'
}
