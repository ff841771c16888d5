import { samePlace, type AccessCdn, type Place } from '../cookies/cookies.js'
import { bytesOf, largestProxyBytes } from '../cookies/line-size.js'
import type { SetCookieWriter } from '../cookies/set-cookie.js'
import * as errors from '../errors.js'
import { retryAfter } from '../time.js'
import type { SignedAccess } from './compose.js'
import { formatRemains, writePlaces } from './ticket.js'

interface ClearingContext {
  readonly rules: { readonly targets: readonly AccessCdn[], readonly ttl: number }
  readonly setCookie: SetCookieWriter
}

/** What a reply will do to the viewer's cookies. */
export interface Changes {
  readonly kind: 'issue' | 'clear'
  /** Finished `Set-Cookie` lines. */
  readonly lines: readonly string[]
  /** Where the issued cookies lie; none for a clear. */
  readonly places: readonly Place[]
}

/**
 * Takes away what lies at other places than those of a grant, as far as a reply's head has room.
 */
export interface Clearing {
  /**
   * Issues access and clears the other places that a viewer holds. What does not fit is named by
   * the ticket, and cleared at a later reply.
   *
   * @throws CDN_ACCESS_CLEARING_FIRST where the ticket has no room for it either
   */
  issue(signed: SignedAccess, held: readonly Place[]): Changes
  /**
   * Clears what is held and the ticket, but for what one reply has no room for: that the ticket then
   * names. What `always` lists need not be named, for it comes with every clear.
   */
  clear(held: readonly Place[], always: readonly Place[]): Changes
}

export function createClearing ({ rules: { targets, ttl }, setCookie }: ClearingContext): Clearing {
  function linesOf (place: Place): string[] {
    const target = targets.find(({ cdn }) => cdn.name === place.cdn)
    if (target === undefined) return []
    return setCookie.clear(target.cdn.cookieNames, place, target.attributes)
  }

  /** As many places as fit beside the line that `lineFor` makes of those that are left. */
  function fit (
    room: number,
    places: readonly Place[],
    lineFor: (left: readonly Place[]) => string | undefined
  ): string[] | undefined {
    const clearing = places.map(linesOf)
    for (let count = places.length; count >= 0; count--) {
      const line = lineFor(places.slice(count))
      const lines = line === undefined ? undefined : [...clearing.slice(0, count).flat(), line]
      if (lines !== undefined && bytesOf(lines) <= room) return lines
    }
    return undefined
  }

  return {
    issue: ({ lines, places, ticketWith }, held) => {
      const others = uniquePlaces(held).filter((place) =>
        !places.some((own) => samePlace(own, place)) && linesOf(place).length > 0
      )
      if (others.length === 0) return { kind: 'issue', lines, places }
      const access = lines.slice(0, -1)
      const rest = fit(largestProxyBytes - bytesOf(access), others, ticketWith)
      if (rest === undefined) throw retryAfter(new errors.CDN_ACCESS_CLEARING_FIRST(), 1)
      return { kind: 'issue', lines: [...access, ...rest], places }
    },
    clear: (held, always) => {
      const places = uniquePlaces([...held, ...always])
      const ticketFor = (left: readonly Place[]): string | undefined => {
        const own = left.filter((place) => !always.some((other) => samePlace(other, place)))
        const remains = writePlaces(left) ?? writePlaces(own)
        if (remains === undefined) return undefined
        return remains.places.length === 0
          ? setCookie.clearTicket()
          : setCookie.ticket(formatRemains(remains), ttl)
      }
      const lines = fit(largestProxyBytes, places, ticketFor) ??
        fit(largestProxyBytes, places, () => setCookie.clearTicket())!
      return { kind: 'clear', lines, places: [] }
    }
  }
}

function uniquePlaces (places: readonly Place[]): Place[] {
  return places.filter((place, index) =>
    places.findIndex((other) => samePlace(place, other)) === index
  )
}
