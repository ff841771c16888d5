import { lastMoment as never, type EpochSeconds } from '../time.js'
import type { SeenKey } from './seen-keys.js'

/** When a ring can sign no more, and by which key. */
export interface RingEnd {
  readonly id: string
  readonly identity: string
  /** The last second in which it signs what lives a whole ttl. */
  readonly until: EpochSeconds
  /** When a quarter of the key's life is left. */
  readonly warnAt: EpochSeconds
}

export interface EndWatch {
  /** Tells where it is time to, and says when to look again; `Infinity` for never. */
  look(end: RingEnd | undefined, now: EpochSeconds): EpochSeconds
}

const secondsPerDay = 86_400

/**
 * The end of a ring: that of its last key that can sign. Undefined where one of them has none, or
 * where none can sign.
 */
export function endOfRing (keys: readonly SeenKey[], ttl: number): RingEnd | undefined {
  let end: RingEnd | undefined
  for (const { key, identity, firstSeenAt } of keys.filter(signsSometime)) {
    if (key.notAfter === undefined) return undefined
    const until = key.notAfter - ttl
    const life = Math.max(0, until - (key.notBefore ?? firstSeenAt))
    if (end === undefined || until > end.until) {
      end = { id: key.id, identity, until, warnAt: until - Math.floor(life / 4) }
    }
  }
  return end
}

/** False of a key that only verifies, also where that is said by when it may sign. */
function signsSometime (
  { key: { canSign, notBefore = 0, notAfter = Infinity } }: SeenKey
): boolean {
  return canSign && notBefore < Math.min(never, notAfter - 1)
}

/**
 * Tells that a ring runs out: first at a quarter of its last key's life, then once a day, and when
 * it has.
 */
export function createEndWatch (tell: (end: RingEnd, over: boolean) => void): EndWatch {
  let told: { readonly identity: string, readonly at: EpochSeconds } | undefined

  function nextAt ({ identity, until, warnAt }: RingEnd): EpochSeconds {
    if (told?.identity !== identity) return warnAt
    const tomorrow = told.at + secondsPerDay
    return told.at > until ? tomorrow : Math.min(tomorrow, until + 1)
  }

  return {
    look: (end, now) => {
      if (end === undefined) return Infinity
      if (nextAt(end) <= now) {
        told = { identity: end.identity, at: now }
        tell(end, now > end.until)
      }
      return nextAt(end)
    }
  }
}
