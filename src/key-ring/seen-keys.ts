import type { EpochSeconds } from '../time.js'
import type { RingKey } from './ring-keys.js'

/** A key of a ring, and since when this process knows it. */
export interface SeenKey extends RingKey {
  readonly firstSeenAt: EpochSeconds
  /**
   * From then on the CDN and every process are taken to have it. The same as `firstSeenAt` where
   * keys need not settle.
   */
  readonly settledAt: EpochSeconds
  /** The load that brought it, counted from 1. */
  readonly load: number
}

/** A load, beside its keys. */
export interface Sighting {
  /** What the ring held before. */
  readonly before: readonly SeenKey[]
  readonly now: EpochSeconds
  /** Which load it is, counted from 1. */
  readonly load: number
  /** Seconds. */
  readonly settle: number
}

/**
 * The keys of a load: those that the ring held keep the time when they were first seen. Of what has
 * left nothing is remembered: it settles anew when it comes again.
 */
export function seeKeys (
  keys: readonly RingKey[],
  { before, now, load, settle }: Sighting
): readonly SeenKey[] {
  const known = new Map(before.map((key) => [key.identity, key]))
  return keys.map((key) => {
    const { firstSeenAt, load: first } = known.get(key.identity) ?? { firstSeenAt: now, load }
    return { ...key, firstSeenAt, settledAt: firstSeenAt + settle, load: first }
  })
}

/** True of a key that has settled. One that need not has, whatever the clock says. */
export function hasSettled ({ firstSeenAt, settledAt }: SeenKey, now: EpochSeconds): boolean {
  return settledAt <= now || settledAt === firstSeenAt
}
