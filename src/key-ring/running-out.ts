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
 * The end of a ring: the first from now on at which a key can sign no more and no other has begun.
 * Undefined where there is none, or where no key can sign. Of a ring that has ended it is the last;
 * of one that has not begun, the first after that.
 */
export function endOfRing (
  keys: readonly SeenKey[],
  ttl: number,
  now: EpochSeconds
): RingEnd | undefined {
  const spans = keys.filter(signsSometime).map((seen) => spanOf(seen, ttl))
  let begun = Math.max(now, Math.min(...spans.map(({ from }) => from)))
  let last = lastOf(spans, begun)
  while (last !== undefined && last.until >= begun && last.until < Infinity) {
    begun = last.until + 1
    last = lastOf(spans, begun)
  }
  if (last === undefined || last.until === Infinity) return undefined
  const { seen: { key, identity, firstSeenAt }, until } = last
  const life = Math.max(0, until - (key.notBefore ?? firstSeenAt))
  return { id: key.id, identity, until, warnAt: until - Math.floor(life / 4) }
}

/** When a key can sign what lives a whole ttl: from the first second to the last. */
interface Span {
  readonly seen: SeenKey
  readonly from: EpochSeconds
  readonly until: EpochSeconds
}

function spanOf (seen: SeenKey, ttl: number): Span {
  const { notBefore = -Infinity, notAfter = Infinity } = seen.key
  return { seen, from: notBefore, until: notAfter - ttl }
}

/** Of those that have begun by a second the one that ends last. */
function lastOf (spans: readonly Span[], begun: EpochSeconds): Span | undefined {
  return spans.filter(({ from }) => from <= begun).reduce<Span | undefined>(
    (last, span) => last === undefined || span.until > last.until ? span : last,
    undefined
  )
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
