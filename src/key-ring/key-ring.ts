import type { Cdn } from '../cdn/cdn.js'
import * as errors from '../errors.js'
import type { CdnKey } from '../keys/key.js'
import { retryAfter, type EpochSeconds } from '../time.js'
import { createHeldKeys } from './held-keys.js'
import { createKeyTeller, type KeyLog } from './key-events.js'
import { reportKeys, type KeyRingReport, type RingFacts } from './key-report.js'
import { openKeySource } from './key-source.js'
import { loadFailureReason } from './load-failure.js'
import { openSigners } from './open-signers.js'
import { openLoading } from './opening.js'
import { parseRingKeys, type RingKey } from './ring-keys.js'

/** A CDN's keys at this moment: one signs, all are accepted. */
export interface KeyRing {
  /**
   * Of the keys that may sign until `expiresAt` the first that has settled, or else the one that was
   * seen first; or the error that says why there is none.
   */
  signingKey(now: EpochSeconds, expiresAt: EpochSeconds): RingKey
  /**
   * True where a key whose {@link RingKey.identity} begins like this is accepted now, and will be
   * until then.
   */
  accepts(begin: string, now: EpochSeconds, until: EpochSeconds): boolean
  /** Every key that the CDN accepts; empty before the first load. */
  accepted(now: EpochSeconds): readonly CdnKey[]
  /** How it stands, without key material. */
  report(): KeyRingReport
  /**
   * Loads again, after a load that is under way. Rejects where it fails or takes 30 seconds, and
   * keeps what it had. The error's `cause` is the loader's own.
   *
   * @throws CDN_ACCESS_KEY_LOAD_FAILED
   */
  reload(): Promise<void>
  close(): void
}

export interface KeyRingContext {
  readonly log: KeyLog
  readonly now: () => EpochSeconds
  /** Whether each key that can sign has to prove it on a trial grant; default false. */
  readonly prove?: boolean
  /** How many seconds what is signed lives, for what is told of the ring; default 0. */
  readonly ttl?: number
}

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
 * Opens a CDN's ring. Entries given in code are opened, parsed and proven, or the error is thrown.
 * A source's first load is awaited for 5 seconds; what it lacks then comes with a later load.
 */
export async function openKeyRing (cdn: Cdn, context: KeyRingContext): Promise<KeyRing> {
  const { log, now, prove = false, ttl = 0 } = context
  const source = openKeySource(cdn)
  const tell = createKeyTeller(log)
  const held = createHeldKeys({
    cdn: cdn.name,
    source: source.origin,
    settle: source.settleSeconds,
    ttl,
    now,
    tell
  })
  let facts: RingFacts = { cdn: cdn.name, source: source.origin }
  let isCrowded = false

  async function read (signal: AbortSignal): Promise<void> {
    const entries = await source.load({ signal, now: now() })
    const opened = await openSigners(entries, cdn.name, signal)
    const keys = await parseRingKeys(cdn, opened, prove ? now() : undefined)
    facts = { ...facts, lastLoadAt: now() }
    held.take(keys)
    warnOfCrowd(new Set(keys.map(({ key }) => key.id)).size)
  }

  /** Once, until the ring is smaller again. */
  function warnOfCrowd (count: number): void {
    const { usual = Infinity } = cdn.keyLimits ?? {}
    if (count > usual && !isCrowded) {
      log.warn(
        { cdn: cdn.name, count, usual },
        `fastify-cdn-access: the ring of "${cdn.name}" has ${count} keys, and the CDN usually takes ` +
          `${usual}: take out those that sign no more`
      )
    }
    isCrowded = count > usual
  }

  function failed (error: unknown, asked: boolean): void {
    const reason = loadFailureReason(error, source.origin)
    tell({ event: 'failed', cdn: cdn.name, reason })
    if (!asked) {
      const left = held.all().length === 0 ? 'there is none yet' : 'the last good ones stay'
      log.error(
        { reason },
        `fastify-cdn-access: the keys of "${cdn.name}" could not be loaded; ${left}`
      )
    }
    facts = { ...facts, lastFault: Object.freeze({ at: now(), reason }) }
  }

  const loading = await openLoading(source, { cdn: cdn.name, read, failed })

  return {
    signingKey: (at, expiresAt) => {
      const signing = held.signingKey(at, expiresAt)
      if (signing !== undefined) return signing
      const keys = held.all()
      if (keys.length > 0 && !keys.some(({ key }) => key.canSign)) {
        throw new errors.CDN_ACCESS_VERIFY_ONLY(cdn.name)
      }
      throw retryAfter(new errors.CDN_ACCESS_KEY_UNAVAILABLE(), loading.secondsToNext())
    },
    accepted: (at) =>
      held.all().map(({ key }) => key).filter(({ notAfter = at + 1 }) => notAfter > at),
    accepts: (begin, at, until) =>
      held.all().some(({ key: { notAfter }, identity }) =>
        identity.startsWith(begin) &&
        (notAfter === undefined || (notAfter >= until && notAfter > at))
      ),
    report: () => reportKeys(held, facts),
    reload: () =>
      loading.reload().catch((cause: unknown) => {
        if (cause instanceof errors.CDN_ACCESS_KEY_LOAD_FAILED) throw cause
        const reason = loadFailureReason(cause, source.origin)
        throw new errors.CDN_ACCESS_KEY_LOAD_FAILED(cdn.name, reason, { cause })
      }),
    close: () => {
      loading.close()
      held.close()
    }
  }
}
