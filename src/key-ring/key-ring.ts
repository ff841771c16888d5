import type { Cdn } from '../cdn/cdn.js'
import * as errors from '../errors.js'
import type { CdnKey } from '../keys/key.js'
import { retryAfter, type EpochSeconds } from '../time.js'
import { openKeySource } from './key-source.js'
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
  /** Loads again; joins a load that is under way. Rejects where it fails, and keeps what it had. */
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

const firstLoadMilliseconds = 5000
const loadTimeoutMilliseconds = 30_000
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
  const source = openKeySource(cdn.keys, cdn.name)
  let keys: readonly RingKey[] = []
  let failures = 0
  let closed = false
  let timer: NodeJS.Timeout | undefined
  let nextLoadAt = 0
  let underWay: Promise<void> | undefined

  async function readRing (): Promise<readonly RingKey[]> {
    return parseRingKeys(cdn, await source.load(), proveAt?.())
  }

  async function replaceKeys (): Promise<void> {
    failures++
    keys = await within(loadTimeoutMilliseconds, readRing(), cdn.name)
    failures = 0
  }

  function reload (): Promise<void> {
    underWay ??= replaceKeys().finally(() => {
      underWay = undefined
      schedule()
    })
    return underWay
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
    const left = keys.length === 0 ? 'there is none yet' : 'the last good ones stay'
    log.error(
      { reason: reasonOf(error) },
      `fastify-cdn-access: the keys of "${cdn.name}" could not be loaded; ${left}`
    )
  }

  if (source.everySeconds === undefined) keys = await readRing()
  else await atMost(firstLoadMilliseconds, reload().catch(report))

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
        throw new errors.CDN_ACCESS_KEY_LOAD_FAILED(cdn.name, reasonOf(error), { cause: error })
      }),
    close: () => {
      closed = true
      clearTimeout(timer)
    }
  }
}

/** A loader's own error may quote what it read: all that looks like a key is taken out. */
function reasonOf (error: unknown): string {
  const withoutPem = String(error).replace(/-----BEGIN[\s\S]*/g, '[redacted]')
  return withoutPem.replace(/[A-Za-z0-9+=_-]{20,}/g, redact)
}

function redact (text: string): string {
  return /^CDN_ACCESS_[A-Z_]+$/.test(text) ? text : '[redacted]'
}

function atMost (milliseconds: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds)
  })
  return Promise.race([work, late]).finally(() => {
    clearTimeout(timer)
  })
}

/** A load that hangs counts as failed, so that the next one can come. */
function within<Result> (
  milliseconds: number,
  work: Promise<Result>,
  cdn: string
): Promise<Result> {
  let timer: NodeJS.Timeout
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const reason = `the source took longer than ${milliseconds / 1000} s`
      reject(new errors.CDN_ACCESS_KEY_LOAD_FAILED(cdn, reason))
    }, milliseconds).unref()
  })
  return Promise.race([work, late]).finally(() => {
    clearTimeout(timer)
  })
}
