import * as errors from '../../errors.js'
import { checkFields, isFields, readElsewhere } from '../../input/fields.js'
import { parseDuration, type Duration } from '../../time.js'
import { cookiePathOf } from '../format/cookie-path.js'
import type { CborMap, CborValue } from '../format/cbor.js'

/** Renewal by the edge, which outlives everything that this server decides. */
export interface TokenRenewal {
  /** How long the edge makes access last, from each renewal on. At least 1 second. */
  readonly seconds: Duration
  /** How long before a token's end the edge renews it; default 60 seconds. */
  readonly before?: Duration
}

/** The same in whole seconds. */
export interface RenewalSeconds {
  readonly seconds: number
  readonly before: number
}

/** The claim `catr`. */
export type CatRenewalClaim = CborMap

/** The parts of the claim (CTA-5007). */
const parts = { type: 0, expadd: 1, deadline: 2, cookieName: 3, cookieParams: 5 } as const
const byCookie = 1

const option = 'renewAtEdgeWithoutRevocation'
const defaultBefore = 60

/**
 * Reads the option; undefined where the edge shall not renew.
 *
 * @throws CDN_ACCESS_OPTION_INVALID, CDN_ACCESS_OPTION_UNKNOWN, CDN_ACCESS_DURATION_INVALID,
 * CDN_ACCESS_DURATION_MILLISECONDS
 */
export function readTokenRenewal (renewal: TokenRenewal | undefined): RenewalSeconds | undefined {
  if (renewal === undefined) return undefined
  if (!isFields(renewal)) {
    throw new errors.CDN_ACCESS_OPTION_INVALID(option, '{ seconds, before }')
  }
  checkFields(renewal, option, { seconds: readElsewhere, before: readElsewhere }, option)
  const seconds = parseDuration(renewal.seconds, `${option}.seconds`)
  if (seconds === 0) {
    throw new errors.CDN_ACCESS_OPTION_INVALID(`${option}.seconds`, 'at least 1 second')
  }
  const before = parseDuration(renewal.before ?? defaultBefore, `${option}.before`)
  return { seconds, before }
}

/** The claim for a granted path: the edge writes the cookie that is there with another token. */
export function renewalClaim (
  { seconds, before }: RenewalSeconds,
  { cookieName, secure }: { cookieName: string, secure: boolean },
  path: string
): CatRenewalClaim {
  const attributes = [`Path=${cookiePathOf(path)}`, ...secure ? ['Secure'] : [], 'HttpOnly']
  return new Map<number, CborValue>([
    [parts.type, byCookie],
    [parts.expadd, seconds],
    [parts.deadline, before],
    [parts.cookieName, cookieName],
    [parts.cookieParams, attributes]
  ])
}
