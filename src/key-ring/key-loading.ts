import * as errors from '../errors.js'
import { within } from '../time.js'

/** The loads of a source: one at a time, at every interval, after a failure and after a change. */
export interface KeyLoading {
  /** Loads; joins a load that is under way. Never rejects: a failure is told and tried again. */
  load(): Promise<void>
  /**
   * Loads for somebody who waits for it: rejects where it fails or takes 30 seconds. Where a load is
   * under way, which may have read before what was changed, another begins after it.
   */
  reload(): Promise<void>
  /** Loads soon: several changes at once are one load, and one during a load leads to another. */
  changed(): void
  /** Seconds until the next load; 0 or less where it is due. */
  secondsToNext(): number
  close(): void
}

export interface KeyLoadingContext {
  readonly cdn: string
  /** Undefined where nothing changes. */
  readonly everySeconds: number | undefined
  /** Loads once, and takes what it brought. `signal` is aborted where that is given up. */
  readonly read: (signal: AbortSignal) => Promise<void>
  /** Told of each load that failed; `asked` where somebody waits for it and is told as well. */
  readonly failed: (error: unknown, asked: boolean) => void
}

const longestLoadSeconds = 30
const longestRetrySeconds = 30
const burstMilliseconds = 100

/** Loads nothing yet. */
export function createKeyLoading (
  { cdn, everySeconds, read, failed }: KeyLoadingContext
): KeyLoading {
  let failures = 0
  let closed = false
  let timer: NodeJS.Timeout | undefined
  let burst: NodeJS.Timeout | undefined
  let nextLoadAt = 0
  let loading: Promise<void> | undefined
  let underWay: Promise<void> | undefined
  let next: Promise<void> | undefined
  let changedSince = false
  let givingUp = new AbortController()

  async function readOnce (): Promise<void> {
    givingUp = new AbortController()
    await read(givingUp.signal)
    failures = 0
  }

  /** One at a time until it settles, also after its time is over: it may hold a thread. */
  function readAlone (): Promise<void> {
    loading ??= readOnce().finally(() => {
      loading = undefined
      if (changedSince) changed()
      changedSince = false
    })
    return loading
  }

  async function loadInTime (): Promise<void> {
    failures++
    await within(longestLoadSeconds, readAlone(), giveUp)
  }

  function join (asked: boolean): Promise<void> {
    underWay ??= loadInTime().catch((error: unknown) => {
      if (!closed) failed(error, asked)
      throw error
    }).finally(() => {
      underWay = undefined
      schedule()
    })
    return underWay
  }

  async function joinNext (): Promise<void> {
    const settled = Promise.allSettled([loading, underWay])
    await within(longestLoadSeconds, settled, giveUp).finally(() => {
      next = undefined
    })
    await join(true)
  }

  function giveUp (): Error {
    givingUp.abort()
    const reason = `the source took longer than ${longestLoadSeconds} s`
    return new errors.CDN_ACCESS_KEY_LOAD_FAILED(cdn, reason)
  }

  function schedule (): void {
    clearTimeout(timer)
    if (closed || everySeconds === undefined) return
    const seconds = failures === 0
      ? everySeconds
      : Math.min(everySeconds, longestRetrySeconds, 2 ** Math.min(failures - 1, 10))
    nextLoadAt = performance.now() + seconds * 1000
    timer = setTimeout(load, seconds * 1000).unref()
  }

  function load (): Promise<void> {
    return join(false).catch(() => undefined)
  }

  function reload (): Promise<void> {
    return loading === undefined ? join(true) : next ??= joinNext()
  }

  function changed (): void {
    if (closed) return
    burst ??= setTimeout(() => {
      burst = undefined
      if (loading === undefined) void load()
      else changedSince = true
    }, burstMilliseconds).unref()
  }

  return {
    load,
    reload,
    changed,
    secondsToNext: () => (nextLoadAt - performance.now()) / 1000,
    close: () => {
      closed = true
      clearTimeout(timer)
      clearTimeout(burst)
      givingUp.abort()
    }
  }
}
