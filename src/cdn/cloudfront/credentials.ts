import type { EdgeRequest } from '../cdn.js'
import type { RequestTarget } from '../format/request-path.js'
import { sentTwice } from '../format/duplicates.js'
import { noAccess, type Checklist } from '../format/verdict.js'
import { cookiePrefix, policyParameters } from './parameters.js'

/** The values of a signed URL's parameters, or of the cookies, by the parameters' names. */
export type Credentials = Partial<Record<typeof policyParameters[number], string>>

/** Where credentials were found. */
export type Source = 'query parameters' | 'cookies'

type Pair = [name: string, value: string]

const cookieNames = policyParameters.map((name) => cookiePrefix + name)

const firstCounts = 'the first counts here, and AWS does not say which'

/**
 * Finds a complete set of credentials, and the query without them. A signed URL's parameters make
 * CloudFront ignore the cookies; an app's own parameter of that name does so too.
 *
 * A URL with both Policy and Expires is what `aws-cloudfront-sign` has written for years: the
 * policy counts. Of two such cookies one is left over, and no page of AWS says which counts.
 */
export function findCredentials (
  list: Checklist,
  target: RequestTarget,
  cookies: EdgeRequest['cookies']
): { credentials: Credentials, ownQuery: string, source: Source } {
  const pairs = (target.query ?? '').split('&')
  const signed = pairs.filter(isPolicyParameter)
  const ownQuery = pairs.filter((pair) => !isPolicyParameter(pair)).join('&')
  const found = signed.length > 0 ? signed.map(cutPair) : fromCookies(cookies)
  const source: Source = signed.length > 0 ? 'query parameters' : 'cookies'
  if (found.length === 0) {
    const neither = 'no CloudFront-* cookie and no signed-URL parameter'
    list.refuse('credentials', 'access-missing', noAccess(neither, 'the cookies\''))
  }
  const credentials: Credentials = Object.fromEntries(found.toReversed().map(readTildes))
  const required = ['Key-Pair-Id', 'Signature'] as const
  const missing = required.find((name) => credentials[name] === undefined)
  if (missing !== undefined) {
    const cause = signed.length === 0
      ? ''
      : `: a parameter called ${cutPair(signed[0]!)[0]} makes CloudFront ` +
        'take this for a signed URL and ignore the cookies'
    const code = signed.length > 0 && cookies.some(([name]) => cookieNames.includes(name))
      ? 'query-hides-cookies'
      : 'credentials-incomplete'
    list.refuse('credentials', code, `${missing} is missing among the ${source}${cause}.`)
  }
  if (credentials.Policy === undefined && credentials.Expires === undefined) {
    list.refuse(
      'credentials',
      'credentials-incomplete',
      `Neither Policy nor Expires is among the ${source}.`
    )
  }
  if (
    credentials.Policy !== undefined && credentials.Expires !== undefined && source === 'cookies'
  ) {
    list.refuse(
      'credentials',
      'kinds-mixed',
      'Both Policy and Expires are there, of a custom and of a canned policy: ' +
        'clear the one of the earlier kind.'
    )
  }
  const doubled = source === 'cookies' ? sentTwice(cookies, cookieNames, firstCounts) : ''
  list.pass('credentials', `They are complete, in ${source}.${doubled}`)
  list.suspect(doubled)
  return { credentials, ownQuery, source }
}

/** CloudFront's base64 has a `~`, which some signers and proxies percent-encode. */
function readTildes ([name, value]: Pair): Pair {
  return [name, value.replace(/%7e/gi, '~')]
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
