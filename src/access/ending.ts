import { samePlace, type Place } from '../cookies/cookies.js'
import type { TicketNames } from './area.js'
import type { Changes, Clearing } from './clearing.js'
import type { ReadHeldAreas } from './held.js'
import type { Viewer } from './viewer.js'

interface EndingContext {
  readonly ticketNames: TicketNames
  /** Where cookies lie that were issued for the `paths` option. */
  readonly staticPlaces: readonly Place[]
  readonly clearing: Clearing
  readonly readHeldAreas: ReadHeldAreas
}

/** Takes away what a viewer may hold, in one area or in all. */
export interface Ending {
  endAll(viewer: Viewer): Changes
  /** In the area that the request asks for. */
  end(viewer: Viewer): Changes
}

export function createEnding (
  { ticketNames, staticPlaces, clearing, readHeldAreas }: EndingContext
): Ending {
  const base = ticketNames(undefined)

  function endAll ({ cookies, staged }: Viewer): Changes {
    const held = readHeldAreas(cookies)
    const others = held.filter(({ ticketName }) => ticketName !== base)
    // Who sends no cookie at all says nothing of what is held: then all is ended that may be.
    const came = cookies === undefined || others.length < held.length
    const places = [...held.flatMap((area) => area.places), ...staged?.places ?? []]
    const cleared = clearing.clear({
      ticketName: base,
      came,
      others,
      places,
      always: staticPlaces
    })
    return { ...cleared, everyArea: true, pushedOut: 0 }
  }

  function end ({ cookies, area, staged }: Viewer): Changes {
    const ticketName = ticketNames(area)
    const held = readHeldAreas(cookies)
    const [own, others] = [true, false].map((is) =>
      held.filter((each) => (each.ticketName === ticketName) === is).flatMap(({ places }) => places)
    ) as [own: Place[], others: Place[]]
    const came = held.some((each) => each.ticketName === ticketName)
    const places = [...own, ...staged?.places ?? []]
    const always = area === undefined ? unclaimedBy(others) : []
    const cleared = clearing.clear({ ticketName, came, others: [], places, always })
    return { ...cleared, everyArea: false, pushedOut: 0 }
  }

  /** Where cookies of the viewer's one area may lie, and no other area says that its own do. */
  function unclaimedBy (others: readonly Place[]): readonly Place[] {
    return staticPlaces.filter((place) => !others.some((other) => samePlace(place, other)))
  }

  return { endAll, end }
}
