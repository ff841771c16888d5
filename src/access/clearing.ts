import { samePlace, type AccessCdn, type Place } from '../cookies/cookies.js'
import { bytesOf, defaultProxyBytes, largestProxyBytes } from '../cookies/line-size.js'
import type { SetCookieWriter } from '../cookies/set-cookie.js'
import * as errors from '../errors.js'
import { retryAfter, type EpochSeconds } from '../time.js'
import type { NewTicket, SignedAccess } from './compose.js'
import { createEviction, type NewArea } from './eviction.js'
import { mostPlaces } from './grant.js'
import type { HeldArea } from './held.js'
import { formatRemains, writePlaces } from './ticket.js'

interface ClearingContext {
  readonly rules: {
    readonly targets: readonly AccessCdn[]
    readonly ttl: number
    readonly expiryStep: number
  }
  readonly areas: number | undefined
  readonly setCookie: SetCookieWriter
  readonly warn: (message: string) => void
}

/** What a reply will do to the viewer's cookies. */
export interface Changes {
  readonly kind: 'issue' | 'clear'
  /** Finished `Set-Cookie` lines. */
  readonly lines: readonly string[]
  /** Where the issued cookies lie; none for a clear. */
  readonly places: readonly Place[]
  /** True of a clear that takes every area away. */
  readonly everyArea: boolean
  /** How many areas are taken away, for there is no room for them beside the one that is issued. */
  readonly pushedOut: number
}

/** What a viewer holds when one of its areas is issued. */
export interface Held {
  /** Where earlier cookies of this area lie. */
  readonly places: readonly Place[]
  readonly others: readonly HeldArea[]
  /** True where all that is held must go. */
  readonly mustGo: boolean
}

/** What is taken away. */
export interface ClearingOrder {
  /** The ticket that then names what one reply has no room for. */
  readonly ticketName: string
  /**
   * True where it came. One that did not may be on its way with an earlier reply, and is then the
   * only word of what came with it: it is not ended.
   */
  readonly came: boolean
  /** Other tickets that end as well. */
  readonly others: readonly HeldArea[]
  readonly places: readonly Place[]
  /** What need not be named, for it comes with every clear. */
  readonly always: readonly Place[]
}

/**
 * Takes away what lies at other places than those of a grant, as far as a reply's head has room.
 */
export interface Clearing {
  /**
   * Issues access and clears the other places that a viewer holds in this area, what the new cookies
   * meet, and areas for which there is no room. What does not fit is named by a ticket, and cleared
   * at a later reply.
   *
   * @throws CDN_ACCESS_CLEARING_FIRST where the ticket has no room for it either
   */
  issue(signed: SignedAccess, ticket: NewTicket, held: Held, now: EpochSeconds): Changes
  /** True where an area that is held would be among the next to be pushed out. */
  isAtRisk(own: HeldArea, others: readonly HeldArea[], now: EpochSeconds): boolean
  /** Clears what is held, but for what one reply has no room for. */
  clear(order: ClearingOrder): Pick<Changes, 'kind' | 'lines' | 'places'>
}

export function createClearing ({ rules, areas, setCookie, warn }: ClearingContext): Clearing {
  const { targets, ttl, expiryStep } = rules
  let warned = false
  const eviction = createEviction({
    targets,
    areas,
    longestLife: ttl + expiryStep,
    bytesToClear: (area) => bytesOfPlaces(area.places) + bytesOf(endsOf([area]))
  })
  const knownBytes = new WeakMap<readonly Place[], number>()

  function bytesOfPlaces (places: readonly Place[]): number {
    const bytes = knownBytes.get(places) ?? bytesOf(places.flatMap(linesOf))
    knownBytes.set(places, bytes)
    return bytes
  }

  function linesOf (place: Place): string[] {
    const target = targets.find(({ cdn }) => cdn.name === place.cdn)
    if (target === undefined) return []
    return setCookie.clear(target.cdn.cookieNames, place, target.attributes)
  }

  function endsOf (tickets: readonly NewArea[]): string[] {
    return tickets.map(({ ticketName }) => setCookie.clearTicket(ticketName))
  }

  function issue (
    signed: SignedAccess,
    ticket: NewTicket,
    held: Held,
    now: EpochSeconds
  ): Changes {
    const { places } = signed
    const area = { ticketName: ticket.ticketName, places }
    const { met, crowded } = eviction.leavingFor(area, held.others, now)
    const ending = held.mustGo ? held.others : met
    const leaving = held.mustGo ? [] : crowded
    const ended = [held.places, ...ending.map((other) => other.places)].flat()
    const others = uniquePlaces(ended).filter((place) =>
      !isAmong(place, places) && linesOf(place).length > 0
    )
    const isShared = ticket.setAt === 0 && ticket.fingerprint === signed.fingerprint
    if (others.length === 0 && ending.length === 0 && leaving.length === 0 && isShared) {
      return issued(signed.lines, places, 0)
    }
    const lines = [...signed.lines.slice(0, -1), ...endsOf(ending)]
    const rest = fit(
      largestProxyBytes - bytesOf(lines),
      others,
      (left) => linesIn(signed.ticketLine(ticket, left))
    )
    if (rest === undefined) throw retryAfter(new errors.CDN_ACCESS_CLEARING_FIRST(), 1)
    lines.push(...rest)
    const staying = held.others.filter((other) =>
      !ending.includes(other) && !leaving.includes(other)
    )
    const kept = [...places, ...staying.flatMap((other) => other.places)]
    const pushedOut = pushOut(lines, leaving, kept)
    if (pushedOut > 0) noteCrowd(staying.length + 1)
    return issued(lines, places, pushedOut)
  }

  function noteCrowd (fitting: number): void {
    if (warned) return
    warned = true
    warn(
      `a viewer asked for more areas than it can hold at a time: ${fitting} fit, and the one that ` +
        'ends first was taken away. Its page gets it back when it asks again. The option "areas" ' +
        'allows more, where proxies pass replies of 8 kB'
    )
  }

  /**
   * Whole areas: one, more while every proxy takes the reply, and more than that where a browser
   * could come to drop cookies of others. What stays is still named by its ticket, and goes with
   * the next replies.
   */
  function pushOut (
    lines: string[],
    leaving: readonly HeldArea[],
    kept: readonly Place[]
  ): number {
    let pushedOut = 0
    let held = leaving.reduce((sum, area) => sum + area.places.length, kept.length)
    for (const [index, area] of leaving.entries()) {
      const going = area.places.filter((place) => !isAmong(place, kept)).flatMap(linesOf)
      const more = [...going, ...endsOf([area])]
      const canWait = areas === undefined && index > 0 && held <= mostPlaces
      const most = canWait ? defaultProxyBytes : largestProxyBytes
      if (bytesOf(lines) + bytesOf(more) > most) break
      lines.push(...more)
      held -= area.places.length
      if (area.ticket !== undefined) pushedOut++
    }
    return pushedOut
  }

  /** As many places as fit beside the lines that `linesFor` makes of those that are left. */
  function fit (
    room: number,
    places: readonly Place[],
    linesFor: (left: readonly Place[]) => readonly string[] | undefined
  ): string[] | undefined {
    const clearing: string[][] = []
    for (let bytes = 0; clearing.length < places.length;) {
      const lines = linesOf(places[clearing.length]!)
      bytes += bytesOf(lines)
      if (bytes > room) break
      clearing.push(lines)
    }
    for (let count = clearing.length; count >= 0; count--) {
      const after = linesFor(places.slice(count))
      const lines = after === undefined ? undefined : [...clearing.slice(0, count).flat(), ...after]
      if (lines !== undefined && bytesOf(lines) <= room) return lines
    }
    return undefined
  }

  function clear (order: ClearingOrder): Pick<Changes, 'kind' | 'lines' | 'places'> {
    const { ticketName, came, others, always } = order
    const ends = endsOf(others)
    const room = largestProxyBytes - bytesOf(ends)
    const end = came ? [setCookie.clearTicket(ticketName)] : []
    const places = withCourtesy(uniquePlaces(order.places), always, bytesOf([...ends, ...end]))
    const ticketFor = (left: readonly Place[]): readonly string[] | undefined => {
      const own = left.filter((place) => !isAmong(place, always))
      const remains = writePlaces(left) ?? writePlaces(own)
      if (remains === undefined) return undefined
      return remains.places.length === 0
        ? end
        : [setCookie.ticket(ticketName, formatRemains(remains), ttl)]
    }
    const lines = fit(room, places, ticketFor)
    if (lines === undefined && others.length > 0) return clearSome(order)
    return cleared([...ends, ...lines ?? fit(room, places, () => end)!])
  }

  /**
   * Whole areas as well, where no ticket has room to name what is left of all: the others stay named
   * by their own.
   */
  function clearSome (order: ClearingOrder): Pick<Changes, 'kind' | 'lines' | 'places'> {
    const { others, places } = order
    const named = others.flatMap((other) => other.places)
    const own = places.filter((place) => !isAmong(place, named))
    const lines = [...clear({ ...order, others: [], places: own }).lines]
    for (const area of others) {
      const more = [...area.places.flatMap(linesOf), ...endsOf([area])]
      if (bytesOf(lines) + bytesOf(more) <= largestProxyBytes) lines.push(...more)
    }
    return cleared(lines)
  }

  /**
   * Where the viewer says what it holds, what it does not name is cleared only as far as every proxy
   * takes it.
   */
  function withCourtesy (
    held: readonly Place[],
    always: readonly Place[],
    bytesOfEnds: number
  ): readonly Place[] {
    const all = [...held, ...always.filter((place) => !isAmong(place, held))]
    const fits = bytesOfEnds + bytesOf(all.flatMap(linesOf)) <= defaultProxyBytes
    return fits || held.length === 0 ? all : held
  }

  return { issue, isAtRisk: eviction.isAtRisk, clear }
}

function cleared (lines: readonly string[]): Pick<Changes, 'kind' | 'lines' | 'places'> {
  return { kind: 'clear', lines, places: [] }
}

function issued (
  lines: readonly string[],
  places: readonly Place[],
  pushedOut: number
): Changes {
  return { kind: 'issue', lines, places, everyArea: false, pushedOut }
}

function linesIn (line: string | undefined): readonly string[] | undefined {
  return line === undefined ? undefined : [line]
}

function isAmong (place: Place, places: readonly Place[]): boolean {
  return places.some((other) => samePlace(place, other))
}

/** By a key, for a request can name hundreds. */
function uniquePlaces (places: readonly Place[]): Place[] {
  const byKey = new Map(places.map((place) => {
    const { cdn, domain, partitioned, path } = place
    return [JSON.stringify([cdn, domain, partitioned, path]), place]
  }))
  return [...byKey.values()]
}
