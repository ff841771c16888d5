import type { Cdn } from '../cdn/cdn.js'
import * as errors from '../errors.js'
import type { CdnKey } from '../keys/key.js'
import { retryAfter, within, type EpochSeconds } from '../time.js'
import { openKeySource } from './key-source.js'
import { loadFailureReason } from './load-failure.js'
import { parseRingKeys, type RingKey } from './ring-keys.js'

/** A CDN's keys at this moment: one signs, all are accepted. */
export interface KeyRing {
  /** The first key that may sign until `expiresAt`, or the error that says why there is none. */
  signingKey(now: EpochSeconds, expiresAt: EpochSeconds): RingKey
  /**
   * True where a key whose {@link RingKey.identity} begins like this is accepted now, and will be
   * until then.
   */
  accepts(begin: string, now: EpochSeconds, until: EpochSeconds): boolean
  /** Every key that the CDN accepts; empty before the first load. */
  accepted(now: EpochSeconds): readonly CdnKey[]
  /**
   * Loads again; joins a load that is under way. Rejects where it fails or takes 30 seconds, and
   * keeps what it had. The error's `cause` is the loader's own.
   *
   * @throws CDN_ACCESS_KEY_LOAD_FAILED
   */
  reload(): Promise<void>
  close(): void
}

export interface KeyRingContext {
  readonly log: { error(details: object, message: string): void }
  /**
   * The clock by which each key that can sign proves it on a trial grant; left
   * out where none has to.
   */
  readonly proveAt?: () => EpochSeconds
}

const firstLoadSeconds = 5
const longestLoadSeconds = 30
const longestRetrySeconds = 30

/**
 * Opens the rings of several CDNs side by side, by name; where one fails, the
 * others are closed again.
 */
export async function openKeyRings (
  cdns: readonly Cdn[],
  context: KeyRingContext
): Promise<ReadonlyMap<string, KeyRing>> {
  const opened = await Promise.allSettled(
    cdns.map(async (cdn) => [cdn.name, await openKeyRing(cdn, context)] as const)
  )
  const failed = opened.find((result) => result.status === 'rejected')
  const rings = opened.filter((result) => result.status === 'fulfilled').map(({ value }) => value)
  if (failed !== undefined) {
    for (const [, ring] of rings) ring.close()
    throw failed.reason
  }
  return new Map(rings)
}

/**
 * Opens a CDN's ring. Entries given in code are parsed and proven, or the error is thrown. A
 * source's first load is awaited for 5 seconds; what it lacks then comes with a later load.
 */
export async function openKeyRing (cdn: Cdn, { log, proveAt }: KeyRingContext): Promise<KeyRing> {
  const source = openKeySource(cdn)
  let keys: readonly RingKey[] = []
  let failures = 0
  let closed = false
  let timer: NodeJS.Timeout | undefined
  let nextLoadAt = 0
  let loading: Promise<void> | undefined
  let underWay: Promise<void> | undefined
  let givingUp = new AbortController()

  async function readRing (): Promise<void> {
    givingUp = new AbortController()
    const entries = await source.load({ signal: givingUp.signal, now: 0 })
    keys = await parseRingKeys(cdn, entries, proveAt?.())
    failures = 0
  }

  /** One at a time until it settles, also after its time is over: it may hold a thread. */
  function load (): Promise<void> {
    loading ??= readRing().finally(() => {
      loading = undefined
    })
    return loading
  }

  async function loadInTime (): Promise<void> {
    failures++
    await within(longestLoadSeconds, load(), giveUp)
  }

  function reload (): Promise<void> {
    underWay ??= loadInTime().finally(() => {
      underWay = undefined
      schedule()
    })
    return underWay
  }

  function giveUp (): Error {
    givingUp.abort()
    const reason = `the source took longer than ${longestLoadSeconds} s`
    return new errors.CDN_ACCESS_KEY_LOAD_FAILED(cdn.name, reason)
  }

  function schedule (): void {
    clearTimeout(timer)
    if (closed || source.everySeconds === undefined) return
    const seconds = failures === 0
      ? source.everySeconds
      : Math.min(source.everySeconds, longestRetrySeconds, 2 ** Math.min(failures - 1, 10))
    nextLoadAt = performance.now() + seconds * 1000
    timer = setTimeout(() => {
      reload().catch(report)
    }, seconds * 1000).unref()
  }

  function report (error: unknown): void {
    if (closed) return
    const left = keys.length === 0 ? 'there is none yet' : 'the last good ones stay'
    log.error(
      { reason: loadFailureReason(error, source.origin) },
      `fastify-cdn-access: the keys of "${cdn.name}" could not be loaded; ${left}`
    )
  }

  function asLoadFailure (error: unknown): Error {
    if (error instanceof errors.CDN_ACCESS_KEY_LOAD_FAILED) return error
    const reason = loadFailureReason(error, source.origin)
    return new errors.CDN_ACCESS_KEY_LOAD_FAILED(cdn.name, reason, { cause: error })
  }

  async function loadFirst (): Promise<void> {
    const loaded = reload().catch(report)
    await within(firstLoadSeconds, loaded, firstLoadIsLate).catch(() => undefined)
  }

  await (source.everySeconds === undefined ? load() : loadFirst())

  return {
    signingKey: (at, expiresAt) => {
      const signing = keys.find(({ key }) =>
        key.canSign && (key.notBefore ?? at) <= at && (key.notAfter ?? expiresAt) >= expiresAt
      )
      if (signing !== undefined) return signing
      if (keys.length > 0 && !keys.some(({ key }) => key.canSign)) {
        throw new errors.CDN_ACCESS_VERIFY_ONLY(cdn.name)
      }
      const seconds = (nextLoadAt - performance.now()) / 1000
      throw retryAfter(new errors.CDN_ACCESS_KEY_UNAVAILABLE(), seconds)
    },
    accepted: (at) => keys.map(({ key }) => key).filter(({ notAfter = at + 1 }) => notAfter > at),
    accepts: (begin, at, until) =>
      keys.some(({ key: { notAfter }, identity }) =>
        identity.startsWith(begin) &&
        (notAfter === undefined || (notAfter >= until && notAfter > at))
      ),
    reload: () =>
      reload().catch((error: unknown) => {
        throw asLoadFailure(error)
      }),
    close: () => {
      closed = true
      clearTimeout(timer)
      givingUp.abort()
    }
  }
}

/** No failure: the server starts, and answers that there is no key until there is one. */
function firstLoadIsLate (): Error {
  return new errors.CDN_ACCESS_KEY_UNAVAILABLE()
}
