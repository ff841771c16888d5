import { cookiePathsMeet } from '../cdn/format/cookie-path.js'
import { cookiesMeet, type AccessCdn, type Place } from '../cookies/cookies.js'
import { defaultProxyBytes, largestProxyBytes } from '../cookies/line-size.js'
import type { EpochSeconds } from '../time.js'
import { mostPlaces } from './grant.js'
import type { HeldArea } from './held.js'

/** What bounds the areas that one viewer holds. */
export interface EvictionRules {
  readonly targets: readonly AccessCdn[]
  /** The most areas; undefined for as many as one reply of 3.5 kB can clear. */
  readonly areas: number | undefined
  /** How far beyond now a ticket of ours can end, in seconds. */
  readonly longestLife: number
  /** What clearing an area takes of a reply's head. */
  readonly bytesToClear: (area: NewArea) => number
}

/** The area that is issued now. */
export type NewArea = Pick<HeldArea, 'ticketName' | 'places'>

/** The areas that give way to it. */
export interface Leaving {
  /** They lie where its cookies will lie, and can't stay beside it. */
  readonly met: readonly HeldArea[]
  /** There is no room for them, in the order in which they go. */
  readonly crowded: readonly HeldArea[]
}

/** The most areas that a viewer can hold, whatever their cookies take. */
export const mostAreas = 16

/** What a viewer can hold, and what it can't. */
export interface Eviction {
  /**
   * What can't stay beside a new area: what its cookies meet, what is no ticket any more, and, of
   * more than can be cleared in one reply, what ends first.
   */
  leavingFor(own: NewArea, others: readonly HeldArea[], now: EpochSeconds): Leaving
  /**
   * True where there is no room for one more of this kind, and another area that is held would stay
   * longer: who asks for its area now should not lose it to one that was asked for before.
   */
  isAtRisk(own: HeldArea, others: readonly HeldArea[], now: EpochSeconds): boolean
}

/** Most viewers have one area, and are issued it without a count. */
const nothingLeaves: Leaving = { met: [], crowded: [] }

export function createEviction (rules: EvictionRules): Eviction {
  return {
    leavingFor: (own, others, now) => {
      if (others.length === 0) return nothingLeaves
      const isMet = (other: HeldArea): boolean =>
        other.places.some((place) => own.places.some((each) => meet(each, place, rules.targets)))
      const met = others.filter(isMet)
      const staying = others.filter((other) => !met.includes(other))
      return { met, crowded: crowdedBy(own, inOrder(staying, now + rules.longestLife, now), rules) }
    },
    isAtRisk: (own, others, now) => {
      const held = inOrder([own, ...others], now + rules.longestLife, now)
      return held.at(-1) !== own && crowdedBy(own, held, rules).length > 0
    }
  }
}

/** The areas in the order in which they go. */
function inOrder (
  areas: readonly HeldArea[],
  latest: EpochSeconds,
  now: EpochSeconds
): readonly HeldArea[] {
  return areas.toSorted((first, second) =>
    endOf(first, now, latest) - endOf(second, now, latest) ||
    (first.ticket?.setAt ?? 0) - (second.ticket?.setAt ?? 0)
  )
}

function crowdedBy (
  own: NewArea,
  staying: readonly HeldArea[],
  { areas, bytesToClear }: EvictionRules
): HeldArea[] {
  const mostBytes = areas === undefined ? defaultProxyBytes : largestProxyBytes
  const sizes = staying.map(bytesToClear)
  let count = staying.length + 1
  let places = staying.reduce((sum, area) => sum + area.places.length, own.places.length)
  let bytes = sizes.reduce((sum, size) => sum + size, bytesToClear(own))
  const crowded: HeldArea[] = []
  for (const [index, area] of staying.entries()) {
    const fit = count <= (areas ?? mostAreas) && places <= mostPlaces && bytes <= mostBytes
    if (fit && area.ticket !== undefined) break
    crowded.push(area)
    count--
    places -= area.places.length
    bytes -= sizes[index]!
  }
  return crowded
}

/**
 * When an area ends: before all others where its cookie is no ticket and names what should be gone
 * already, next where its ticket is over or can't be one of ours.
 */
function endOf ({ ticket }: HeldArea, now: EpochSeconds, latest: EpochSeconds): EpochSeconds {
  if (ticket === undefined) return -1
  return ticket.expiresAt <= now || ticket.expiresAt > latest ? 0 : ticket.expiresAt
}

/** True of two sets of cookies of which a browser could send both, whatever their Domains are. */
function meet (first: Place, second: Place, targets: readonly AccessCdn[]): boolean {
  if (!cookiePathsMeet(first.path, second.path)) return false
  if (first.cdn === second.cdn) return true
  const [one, other] = [first, second].map((place) =>
    targets.find(({ cdn }) => cdn.name === place.cdn)
  )
  return one !== undefined && other !== undefined && cookiesMeet(one, other) !== undefined
}
