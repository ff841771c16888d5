import * as errors from './errors.js'

/** Whole seconds since 1970-01-01T00:00:00Z. */
export type EpochSeconds = number

/**
 * A length of time: whole seconds up to 86400, or a whole number with a unit:
 * `90s`, `10m`, `1h`, `7d`.
 */
export type Duration = number | `${number}${'s' | 'm' | 'h' | 'd'}`

const secondsPerUnit: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86400 }
const largestBareNumber = 86400
const firstMillisecondLike = 100_000_000_000

/** The last second that a moment can name: what begins then never does. */
export const lastMoment: EpochSeconds = firstMillisecondLike - 1

/** Reads a duration into whole seconds; `field` names it in the error. */
export function parseDuration (value: unknown, field: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) {
    if (value > largestBareNumber) throw new errors.CDN_ACCESS_DURATION_MILLISECONDS(field)
    return value
  }
  const match = typeof value === 'string' ? /^(\d{1,9})([smhd])$/.exec(value) : null
  if (match === null) throw new errors.CDN_ACCESS_DURATION_INVALID(field)
  return Number(match[1]) * secondsPerUnit[match[2] as string]!
}

/**
 * Reads a moment of a grant, a `Date` or epoch seconds, and floors it; `field`
 * names it in the error.
 */
export function parseMoment (value: unknown, field: string): EpochSeconds {
  const moment = momentOf(value)
  if (moment === undefined) {
    throw new errors.CDN_ACCESS_GRANT_INVALID(`"${field}" must be a Date or epoch seconds`)
  }
  return moment
}

/** A `Date` or epoch seconds, floored; undefined for anything else, milliseconds among it. */
export function momentOf (value: unknown): EpochSeconds | undefined {
  const seconds = value instanceof Date ? value.getTime() / 1000 : value
  const valid = typeof seconds === 'number' && Number.isFinite(seconds) && seconds >= 0 &&
    seconds < firstMillisecondLike
  return valid ? Math.floor(seconds) : undefined
}

/** A moment for people, in UTC; what is no moment of the calendar, as the number that it is. */
export function shownTime (seconds: number): string {
  const moment = new Date(seconds * 1000)
  return Number.isNaN(moment.getTime())
    ? String(seconds)
    : moment.toISOString().replace('.000Z', 'Z')
}

/**
 * The second in which a clock such as `Date.now` stands.
 *
 * @throws CDN_ACCESS_CLOCK_INVALID where it yields no milliseconds: what is compared with no number
 * is neither over nor to come
 */
export function secondsOf (now: () => number): EpochSeconds {
  const milliseconds: unknown = now()
  if (
    typeof milliseconds !== 'number' ||
    !(milliseconds >= firstMillisecondLike && milliseconds < Infinity)
  ) {
    throw new errors.CDN_ACCESS_CLOCK_INVALID(typeof milliseconds, secondsHint(milliseconds))
  }
  return Math.floor(milliseconds / 1000)
}

/** From 1973 on, a clock in seconds is taken for one. */
function secondsHint (time: unknown): string {
  return typeof time === 'number' && time >= firstMillisecondLike / 1000 &&
      time < firstMillisecondLike
    ? '. Is it in seconds? Multiply them by 1000'
    : ''
}

/**
 * Says when to come again, in the route's reply (`retryIn`) and in the header that HTTP has for it.
 * Whole seconds, at least 1.
 */
export function retryAfter<Failure extends Error> (failure: Failure, seconds: number): Failure {
  const retryIn = Math.max(1, Math.ceil(seconds))
  return Object.assign(failure, { retryIn, headers: { 'retry-after': String(retryIn) } })
}

/** What work yields, or the error that `late` makes where it takes longer than so many seconds. */
export function within<Result> (
  seconds: number,
  work: Promise<Result>,
  late: () => Error
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const call = callAfter(seconds, () => {
      reject(late())
    })
    const settled = <Value>(settle: (value: Value) => void) => (value: Value) => {
      call.cancel()
      settle(value)
    }
    work.then(settled(resolve), settled(reject))
  })
}

/** What work yields, whose signal is aborted where it takes longer than so many seconds. */
export async function abortedAfter<Result> (
  seconds: number,
  work: (signal: AbortSignal) => Promise<Result>
): Promise<Result> {
  const givingUp = new AbortController()
  const call = callAfter(seconds, () => {
    givingUp.abort()
  })
  try {
    return await work(givingUp.signal)
  } finally {
    call.cancel()
  }
}

/**
 * Where the process was too busy to listen, what came in the meantime is heard first: it is not
 * late, its listener was.
 */
function callAfter (seconds: number, listener: () => void): { cancel(): void } {
  let turn: NodeJS.Immediate | undefined
  const timer = setTimeout(() => {
    turn = setImmediate(listener)
  }, seconds * 1000).unref()
  return {
    cancel: () => {
      clearTimeout(timer)
      clearImmediate(turn)
    }
  }
}

/** For {@link within}, where nothing is to be told but that it took too long. */
export class NoAnswerInTime extends Error {}
