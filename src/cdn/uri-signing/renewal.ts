import * as errors from '../../errors.js'
import { checkFields, readElsewhere, type Rule } from '../../input/fields.js'
import { parseDuration, type Duration } from '../../time.js'

/** Renewal by the edge, which outlives everything that this server decides. */
export interface EdgeRenewal {
  /**
   * How long the edge makes access last, from each request on: seconds, or a string with a unit.
   */
  readonly seconds: Duration
  /**
   * How many leading segments of the request's path the renewed cookie's `Path`
   * has. Default 0: `/`.
   */
  readonly segments?: number
}

const option = 'renewAtEdgeWithoutRevocation'

/** Traffic Server keeps these claims in 32 bits, where a greater number turns negative. */
const greatest = 2_147_483_647

const wholeNumber: Rule = {
  holds: isRenewalNumber,
  words: `a whole number from 0 to ${greatest}`
}

/**
 * The claims that let the edge renew its cookie; undefined where it shall not.
 *
 * @throws CDN_ACCESS_OPTION_INVALID, CDN_ACCESS_OPTION_UNKNOWN, CDN_ACCESS_DURATION_INVALID
 */
export function readRenewal (
  renewal: EdgeRenewal | undefined,
  verifier: 'rfc9246' | 'jwt'
): { cdniets: number, cdnistt: 1, cdnistd: number } | undefined {
  if (renewal === undefined) return undefined
  if (verifier === 'jwt') {
    refuse(option, 'left out with the verifier "jwt", which renews nothing')
  }
  if (typeof renewal !== 'object' || renewal === null) refuse(option, '{ seconds, segments }')
  checkFields(renewal, option, { seconds: readElsewhere, segments: wholeNumber }, option)
  const { segments = 0 } = renewal
  const seconds = parseDuration(renewal.seconds, `${option}.seconds`)
  if (seconds === 0) refuse(`${option}.seconds`, 'at least 1 second')
  if (!isRenewalNumber(seconds)) refuse(`${option}.seconds`, `at most ${greatest} seconds`)
  return { cdniets: seconds, cdnistt: 1, cdnistd: segments }
}

/** True of what Traffic Server can read as a number of seconds or of segments. */
export function isRenewalNumber (value: unknown): boolean {
  return Number.isInteger(value) && value as number >= 0 && value as number <= greatest
}

function refuse (field: string, words: string): never {
  throw new errors.CDN_ACCESS_OPTION_INVALID(field, words)
}
