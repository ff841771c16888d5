import { setTimeout as wait } from 'node:timers/promises'
import { NoAnswerInTime, within } from '../time.js'

/** How long a call to a service elsewhere may take, and what is worth another try. */
export interface Patience {
  /** When to give up, by `performance.now()`. */
  readonly deadline: number
  /** True of a failure after which the same call may work. */
  readonly isTransient: (error: unknown) => boolean
  /** Aborted where nobody waits for the answer any more. */
  readonly signal?: AbortSignal
}

const attemptSeconds = 2
const firstWait = 100
const longestWait = 1000

/**
 * What a call yields, tried again after a transient failure as long as there is time. An attempt
 * has 2 seconds. Between two lies a random time from none to 0.1, 0.2, 0.4 … 1 second, so that
 * processes that were throttled together do not come back together.
 *
 * @throws the last failure
 */
export async function patiently<Result> (
  { deadline, isTransient, signal }: Patience,
  call: (signal: AbortSignal) => Promise<Result>
): Promise<Result> {
  const secondsLeft = (): number => (deadline - performance.now()) / 1000
  const isAwaited = (): boolean => secondsLeft() > 0 && signal?.aborted !== true
  let failure: unknown = new NoAnswerInTime()
  let longest = firstWait
  while (isAwaited()) {
    try {
      return await attempt(Math.min(attemptSeconds, secondsLeft()), signal, call)
    } catch (error) {
      failure = error
    }
    const pause = Math.random() * longest
    const isWorthIt = failure instanceof NoAnswerInTime || isTransient(failure)
    if (!isWorthIt || secondsLeft() * 1000 <= pause) break
    longest = Math.min(2 * longest, longestWait)
    await wait(pause)
  }
  throw failure
}

async function attempt<Result> (
  seconds: number,
  signal: AbortSignal | undefined,
  call: (signal: AbortSignal) => Promise<Result>
): Promise<Result> {
  const givingUp = new AbortController()
  const giveUp = (): void => {
    givingUp.abort()
  }
  signal?.addEventListener('abort', giveUp)
  try {
    return await within(seconds, call(givingUp.signal), () => new NoAnswerInTime())
  } finally {
    signal?.removeEventListener('abort', giveUp)
    giveUp()
  }
}
