import type { FastifyRequest } from 'fastify'
import * as errors from '../errors.js'
import { sentHeader } from './sent-header.js'

/** The option `values`. */
export type AllowsValues = (request: FastifyRequest) => boolean | Promise<boolean>

/** What a client accepts that keeps no cookies, and wants them as values. */
export const valuesType = 'application/vnd.cdn-access+json'

/** True where a request names the type, with whatever weight but none. */
export function asksForValues (request: FastifyRequest): boolean {
  const accept = sentHeader(request, 'accept')
  return accept !== undefined && accept.split(',').some((range) => {
    const [type, ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    return type === valuesType && !parameters.some((each) => /^q=0(?:\.0*)?$/.test(each))
  })
}

/**
 * Refuses what a page could send. A page acts with rights that are not its own, its viewer's cookies,
 * and must not come to read what they are worth; and what a browser keeps, scripts can't read. That
 * a header is missing proves nothing, so the option has the last word.
 *
 * @throws CDN_ACCESS_VALUES_REFUSED
 */
export async function refuseValues (
  request: FastifyRequest,
  allows: AllowsValues | undefined
): Promise<void> {
  const reason = reasonIn(request)
  if (reason !== undefined) throw new errors.CDN_ACCESS_VALUES_REFUSED(reason)
  if (allows === undefined) {
    throw new errors.CDN_ACCESS_VALUES_REFUSED('the server does not set the option "values"')
  }
  const allowed: unknown = await allows(request)
  if (allowed === true) return
  throw new errors.CDN_ACCESS_VALUES_REFUSED(
    typeof allowed === 'boolean'
      ? 'the option "values" refuses this request'
      : `the option "values" must answer true or false, and answered ${kindOf(allowed)}`
  )
}

/** `Sec-Fetch-Mode` does not count: Node's own fetch sends it. */
function reasonIn (request: FastifyRequest): string | undefined {
  if (sentHeader(request, 'cookie') !== undefined) {
    return 'the request came with a Cookie header. Ask with credentials: "omit", and with what tells ' +
      'who you are in a header of its own'
  }
  const page = ['origin', 'sec-fetch-site'].find((name) => sentHeader(request, name) !== undefined)
  return page === undefined
    ? undefined
    : `a page asks, for the header "${page}" came: pages keep cookies, and need no values`
}

function kindOf (answer: unknown): string {
  if (answer === null) return 'null'
  return answer === undefined ? 'nothing' : `a value of type ${typeof answer}`
}
