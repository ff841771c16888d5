import { samePlace, type Place } from '../cookies/cookies.js'
import { ticketNameOf } from './area.js'
import type { Changes, Clearing } from './clearing.js'
import type { ReadHeldAreas } from './held.js'
import type { Viewer } from './viewer.js'

interface EndingContext {
  /** The name of the ticket of the viewer's one area. */
  readonly ticketName: string
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
  { ticketName: base, staticPlaces, clearing, readHeldAreas }: EndingContext
): Ending {
  function endAll ({ cookies, staged }: Viewer): Changes {
    const held = readHeldAreas(cookies)
    const others = held.filter(({ ticketName }) => ticketName !== base)
    const places = [...held.flatMap((area) => area.places), ...staged?.places ?? []]
    const cleared = clearing.clear({ ticketName: base, others, places, always: staticPlaces })
    return { ...cleared, everyArea: true, pushedOut: 0 }
  }

  function end ({ cookies, area, staged }: Viewer): Changes {
    const ticketName = ticketNameOf(base, area)
    const held = readHeldAreas(cookies)
    const [own, others] = [true, false].map((is) =>
      held.filter((each) => (each.ticketName === ticketName) === is).flatMap(({ places }) => places)
    ) as [own: Place[], others: Place[]]
    const places = [...own, ...staged?.places ?? []]
    const always = area === undefined ? unclaimedBy(others) : []
    const cleared = clearing.clear({ ticketName, others: [], places, always })
    return { ...cleared, everyArea: false, pushedOut: 0 }
  }

  /** Where cookies of the viewer's one area may lie, and no other area says that its own do. */
  function unclaimedBy (others: readonly Place[]): readonly Place[] {
    return staticPlaces.filter((place) => !others.some((other) => samePlace(place, other)))
  }

  return { endAll, end }
}
