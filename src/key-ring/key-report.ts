import type { EpochSeconds } from '../time.js'
import type { HeldKeys } from './held-keys.js'
import type { KeyOrigin } from './load-failure.js'

/** A key of a ring, without key material. Times are epoch seconds. */
export interface KeyReport {
  /** The id by which the CDN knows the key. */
  readonly id: string
  /** What kind of key it is, where formats have several: `RSA-2048`. */
  readonly type?: string
  /** True of the one key that signs now. */
  readonly signs: boolean
  /** False where only the public half is there. */
  readonly canSign: boolean
  /** When this process first loaded it; after it has left and come again, the second time. */
  readonly firstSeenAt: EpochSeconds
  /** From when on it may sign, as far as its source's `settle` goes. */
  readonly settledAt: EpochSeconds
  readonly notBefore?: EpochSeconds
  readonly notAfter?: EpochSeconds
}

/** The keys of one CDN as this process has them, without key material. Times are epoch seconds. */
export interface KeyRingReport {
  /** The CDN's name. */
  readonly cdn: string
  /** In the order of the ring: all are accepted until their `notAfter`. */
  readonly keys: readonly KeyReport[]
  /** The key that signs now, and since when in this process; left out where none may. */
  readonly signing?: { readonly id: string, readonly since: EpochSeconds }
  /**
   * The last second in which the ring can sign what lives a whole `ttl`, also where another key
   * begins later; left out where it has no end, or where no key can sign.
   */
  readonly until?: EpochSeconds
  readonly source: KeyOrigin
  /** When a load last succeeded; left out before the first. */
  readonly lastLoadAt?: EpochSeconds
  /** The last load that failed, perhaps before the last that succeeded. */
  readonly lastFault?: KeyFault
}

/** A load that failed. */
export interface KeyFault {
  readonly at: EpochSeconds
  /** A code and a message of the package, else the kind of an error; never its text. */
  readonly reason: string
}

/** What a ring knows of itself, beside its keys. */
export type RingFacts = Pick<KeyRingReport, 'cdn' | 'source' | 'lastLoadAt' | 'lastFault'>

/** Says how a ring stands. */
export function reportKeys (held: HeldKeys, facts: RingFacts): KeyRingReport {
  const signing = held.signing()
  const end = held.end()
  const keys = held.all().map(({ key, identity, firstSeenAt, settledAt }): KeyReport =>
    Object.freeze({
      id: key.id,
      ...key.type === undefined ? {} : { type: key.type },
      signs: identity === signing?.key.identity,
      canSign: key.canSign,
      firstSeenAt,
      settledAt,
      ...key.notBefore === undefined ? {} : { notBefore: key.notBefore },
      ...key.notAfter === undefined ? {} : { notAfter: key.notAfter }
    })
  )
  return Object.freeze({
    ...facts,
    keys: Object.freeze(keys),
    ...signing === undefined
      ? {}
      : { signing: Object.freeze({ id: signing.key.key.id, since: signing.since }) },
    ...end === undefined ? {} : { until: end.until }
  })
}
