import t from 'tap'
import type { Changes, Clearing, ClearingOrder } from '../../src/access/clearing.js'
import { createEnding, type Ending } from '../../src/access/ending.js'
import type { HeldArea } from '../../src/access/held.js'
import { createTicketNames } from '../../src/access/area.js'
import type { Viewer } from '../../src/access/viewer.js'
import type { Place } from '../../src/cookies/cookies.js'

const base = '__Host-cdn-access'
const ticketNames = createTicketNames(base, 10)
const placeOf = (path: string): Place => ({
  cdn: 'cloudfront',
  domain: 'example.com',
  partitioned: false,
  path
})
const areaAt = (area: string | undefined, path: string): HeldArea => ({
  ticketName: ticketNames(area),
  ticket: undefined,
  places: [placeOf(path)]
})

/** What is asked of the clearing, where the viewer holds these areas. */
function endingOf (held: readonly HeldArea[]): { ending: Ending, orders: ClearingOrder[] } {
  const orders: ClearingOrder[] = []
  const clear: Clearing['clear'] = (order) => {
    orders.push(order)
    return { kind: 'clear', lines: [], places: [] }
  }
  const ending = createEnding({
    ticketNames,
    staticPlaces: [placeOf('/'), placeOf('/static/')],
    clearing: { clear } as Clearing,
    readHeldAreas: () => held
  })
  return { ending, orders }
}

function viewer (area?: string, staged?: Viewer['staged']): Viewer {
  return { cookies: 'sent', area, revocable: undefined, staged }
}

const held = [areaAt(undefined, '/one/'), areaAt('a', '/a/'), areaAt('b', '/static/')]

t.test('ends every area, with what the paths option and the reply at hand may have set', async (t) => {
  const { ending, orders } = endingOf(held)
  const staged: Pick<Changes, 'places' | 'everyArea'> & { kind: string } = {
    kind: 'issue',
    places: [placeOf('/new/')],
    everyArea: false
  }
  t.match(ending.endAll(viewer('a', staged)), { everyArea: true, pushedOut: 0 })
  t.same(orders, [{
    ticketName: base,
    came: true,
    others: held.slice(1),
    places: ['/one/', '/a/', '/static/', '/new/'].map(placeOf),
    always: ['/', '/static/'].map(placeOf)
  }])
})

t.test('ends one area alone', async (t) => {
  const { ending, orders } = endingOf(held)
  t.match(ending.end(viewer('a')), { everyArea: false })
  t.same(orders, [{
    ticketName: ticketNames('a'),
    came: true,
    others: [],
    places: [placeOf('/a/')],
    always: []
  }])
})

t.test('leaves places of the paths option to an area that says they are its own', async (t) => {
  const { ending, orders } = endingOf(held)
  ending.end(viewer())
  t.same(orders, [{
    ticketName: base,
    came: true,
    others: [],
    places: [placeOf('/one/')],
    always: [placeOf('/')]
  }])
})

t.test('says which ticket did not come', async (t) => {
  const { ending, orders } = endingOf(held.slice(1))
  ending.endAll(viewer('a'))
  ending.end(viewer())
  ending.end(viewer('c'))
  t.same(orders.map(({ came }) => came), [false, false, false])
})

t.test('ends the ticket of who sends no cookie at all', async (t) => {
  const { ending, orders } = endingOf([])
  ending.endAll({ cookies: undefined, area: undefined, revocable: undefined, staged: undefined })
  ending.endAll({ cookies: 'session=1', area: undefined, revocable: undefined, staged: undefined })
  t.same(orders.map(({ came }) => came), [true, false])
})
