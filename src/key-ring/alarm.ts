import type { EpochSeconds } from '../time.js'

/** Calls at a moment of a clock. One moment is awaited at a time. */
export interface Alarm {
  /** In place of the moment that was awaited before; `Infinity` for none. */
  set(at: EpochSeconds): void
  /** Never calls again. */
  close(): void
}

/** Milliseconds: a timer of more fires at once. */
const longestTimer = 2 ** 31 - 1

/**
 * An alarm by a clock that need not be the timers' own: when its timer ends early, it waits for the
 * rest. It keeps no process alive.
 */
export function createAlarm (now: () => EpochSeconds, ring: (now: EpochSeconds) => void): Alarm {
  let timer: NodeJS.Timeout | undefined
  let closed = false

  function set (at: EpochSeconds): void {
    clearTimeout(timer)
    if (closed || at === Infinity) return
    const milliseconds = Math.max(1, at - now()) * 1000
    timer = setTimeout(wake, Math.min(milliseconds, longestTimer), at).unref()
  }

  function wake (at: EpochSeconds): void {
    timer = undefined
    try {
      const time = now()
      if (time < at) set(at)
      else ring(time)
    } catch {
      // A clock that fails ends no process: the next load sets the alarm again.
    }
  }

  function close (): void {
    closed = true
    clearTimeout(timer)
  }

  return { set, close }
}
