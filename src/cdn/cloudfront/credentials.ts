import type { EdgeRequest } from '../cdn.js'
import type { RequestTarget } from '../format/request-path.js'
import { noAccess, type Checklist } from '../format/verdict.js'
import { cookiePrefix, policyParameters } from './policy.js'

/** The values of a signed URL's parameters, or of the cookies, by the parameters' names. */
export type Credentials = Partial<Record<typeof policyParameters[number], string>>

type Pair = [name: string, value: string]

/**
 * Finds a complete set of credentials, and the query without them. A signed URL's parameters make
 * CloudFront ignore the cookies; an app's own parameter of that name does so too.
 */
export function findCredentials (
  list: Checklist,
  target: RequestTarget,
  cookies: EdgeRequest['cookies']
): { credentials: Credentials, ownQuery: string } {
  const pairs = (target.query ?? '').split('&')
  const signed = pairs.filter(isPolicyParameter)
  const ownQuery = pairs.filter((pair) => !isPolicyParameter(pair)).join('&')
  const found = signed.length > 0 ? signed.map(cutPair) : fromCookies(cookies)
  const source = signed.length > 0 ? 'query parameters' : 'cookies'
  if (found.length === 0) {
    const neither = 'no CloudFront-* cookie and no signed-URL parameter'
    list.refuse('credentials', noAccess(neither, 'the cookies\''))
  }
  const credentials: Credentials = Object.fromEntries(found.toReversed())
  const required = ['Key-Pair-Id', 'Signature'] as const
  const missing = required.find((name) => credentials[name] === undefined)
  if (missing !== undefined) {
    const cause = signed.length === 0
      ? ''
      : `: a parameter called ${cutPair(signed[0]!)[0]} makes CloudFront ` +
        'take this for a signed URL and ignore the cookies'
    list.refuse('credentials', `${missing} is missing among the ${source}${cause}.`)
  }
  if (credentials.Policy === undefined && credentials.Expires === undefined) {
    list.refuse('credentials', `Neither Policy nor Expires is among the ${source}.`)
  }
  if (credentials.Policy !== undefined && credentials.Expires !== undefined) {
    list.refuse(
      'credentials',
      'Both Policy and Expires are there, of a custom and of a canned policy: ' +
        'clear the one of the earlier kind.'
    )
  }
  list.pass('credentials', `They are complete, in ${source}.`)
  return { credentials, ownQuery }
}

function fromCookies (cookies: EdgeRequest['cookies']): Pair[] {
  const own = cookies.filter(([name]) => name.startsWith(cookiePrefix))
  return own.map(([name, value]) => [name.slice(cookiePrefix.length), value])
}

function cutPair (pair: string): Pair {
  return [pair.split('=', 1)[0]!, pair.slice(pair.indexOf('=') + 1)]
}

function isPolicyParameter (pair: string): boolean {
  return (policyParameters as readonly string[]).includes(cutPair(pair)[0])
}
