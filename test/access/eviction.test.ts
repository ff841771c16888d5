import t from 'tap'
import { createEviction, mostAreas, type Eviction } from '../../src/access/eviction.js'
import type { HeldArea } from '../../src/access/held.js'
import { resolveCookie } from '../../src/config/cookie-options.js'
import type { Place } from '../../src/cookies/cookies.js'
import { clock, media } from '../fixtures/server.js'

const second = media({ url: 'https://files.example.com', name: 'files' })
const targets = [media(), second].map((cdn) => ({
  cdn,
  attributes: resolveCookie({ domain: 'example.com' }, cdn)
}))

const placeOf = (path: string, more: Partial<Place> = {}): Place => ({
  cdn: 'cloudfront',
  domain: 'example.com',
  partitioned: false,
  path,
  ...more
})

/** An area of these paths that ends so many seconds from now; undefined where it is no ticket. */
function heldArea (
  ticketName: string,
  left: number | undefined,
  places: readonly Place[] = [placeOf(`/${ticketName}/`)],
  setAt = 0
): HeldArea {
  const head = { fingerprint: 'abcdefghij_-0123', keys: ['AAAAAAAA'], places, setAt }
  return {
    ticketName,
    places,
    ticket: left === undefined ? undefined : { expiresAt: clock + left, ...head }
  }
}

interface Bounds {
  areas?: number | undefined
  bytes?: number
}

function evictionOf ({ areas, bytes = 500 }: Bounds): Eviction {
  return createEviction({ targets, areas, longestLife: 630, bytesToClear: () => bytes })
}

function evict (
  others: readonly HeldArea[],
  { places = [placeOf('/new/')], ...bounds }: Bounds & { places?: readonly Place[] } = {}
): { met: string[], crowded: string[] } {
  const { met, crowded } = evictionOf(bounds).leavingFor(
    { ticketName: 'new', places },
    others,
    clock
  )
  return {
    met: met.map(({ ticketName }) => ticketName),
    crowded: crowded.map(({ ticketName }) => ticketName)
  }
}

t.test('keeps what fits', async (t) => {
  t.same(evict([]), { met: [], crowded: [] })
  t.same(evict([heldArea('a', 10), heldArea('b', -5)]), { met: [], crowded: [] })
})

t.test('pushes out what ends first, and before it what is over', async (t) => {
  const others = [
    heldArea('late', 500),
    heldArea('soon', 100),
    heldArea('over', -1),
    heldArea('later', 600),
    heldArea('beyond', 631),
    heldArea('odd', undefined)
  ]
  t.same(evict(others, { areas: 3 }).crowded, ['odd', 'over', 'beyond', 'soon'])
  t.same(evict(others, { areas: 1 }).crowded, ['odd', 'over', 'beyond', 'soon', 'late', 'later'])
})

t.test('clears what is no ticket even where it fits', async (t) => {
  t.same(evict([heldArea('good', 10), heldArea('odd', undefined)]).crowded, ['odd'])
})

t.test('holds as many by default as one reply of 3.5 kB can clear', async (t) => {
  const others = Array.from({ length: 12 }, (_, index) => heldArea(`${index}`, 100 + index))
  t.equal(others.length + 1 - evict(others, { bytes: 500 }).crowded.length, 7)
  t.equal(others.length + 1 - evict(others, { bytes: 1800 }).crowded.length, 1)
  t.equal(evict(others, { bytes: 5000 }).crowded.length, 12, 'an area is issued whatever it takes')
})

t.test('holds more where the option says so, within 8 kB, 16 areas and 16 places', async (t) => {
  const others = Array.from({ length: 20 }, (_, index) => heldArea(`${index}`, 100 + index))
  const stay = (areas: number, bytes: number): number =>
    21 - evict(others, { areas, bytes }).crowded.length
  t.equal(stay(10, 500), 10)
  t.equal(stay(16, 400), 16)
  t.equal(stay(16, 1024), 8)
  t.equal(21 - evict(others, { bytes: 1 }).crowded.length, mostAreas)
  const wide = [1, 2, 3].map((id) =>
    heldArea(`${id}`, id, [1, 2, 3, 4, 5].map((folder) => placeOf(`/${id}/${folder}/`)))
  )
  t.same(evict(wide, { bytes: 1 }).crowded, [], '15 and 1')
  t.same(evict(wide, { bytes: 1, places: [placeOf('/x/'), placeOf('/y/')] }).crowded, ['1'])
})

t.test('lets go of what the browser would send with the new cookies', async (t) => {
  const held = (place: Place): HeldArea[] => [heldArea('a', 100, [placeOf('/z/'), place])]
  for (
    const place of [
      placeOf('/new/'),
      placeOf('/'),
      placeOf('/new/deeper/'),
      placeOf('/new/', { domain: 'media.example.com' }),
      placeOf('/new/', { partitioned: true }),
      placeOf('/new/', { cdn: 'files' })
    ]
  ) t.same(evict(held(place)), { met: ['a'], crowded: [] }, JSON.stringify(place))
  for (
    const place of [placeOf('/newer/'), placeOf('/ne/'), placeOf('/new/', { cdn: 'unknown' })]
  ) t.same(evict(held(place)).met, [], JSON.stringify(place))
})

t.test('counts what the new cookies meet no more', async (t) => {
  t.same(evict([heldArea('a', 10), heldArea('new', 20)], { areas: 2 }), {
    met: ['new'],
    crowded: []
  })
})

t.test('knows an area that one more would push out, or soon', async (t) => {
  const others = [heldArea('late', 500), heldArea('soon', 100)]
  const isAtRisk = (own: HeldArea, areas: number | undefined): boolean =>
    evictionOf({ areas }).isAtRisk(own, others, clock)
  t.ok(isAtRisk(heldArea('own', 50), 3), 'it goes first')
  t.ok(isAtRisk(heldArea('own', 200), 3), 'it goes second')
  t.notOk(isAtRisk(heldArea('own', 501), 3), 'it goes last')
  for (const areas of [4, undefined]) t.notOk(isAtRisk(heldArea('own', 50), areas), 'there is room')
})

t.test('orders areas that end together by when they were asked for', async (t) => {
  const area = (name: string, setAt: number): HeldArea => heldArea(name, 500, undefined, setAt)
  const others = [area('third', 3), area('first', 1), area('second', 2)]
  t.same(evict(others, { areas: 1 }).crowded, ['first', 'second', 'third'])
  const isAtRisk = (setAt: number): boolean =>
    evictionOf({ areas: 4 }).isAtRisk(area('own', setAt), others, clock)
  t.same([2, 4].map(isAtRisk), [true, false])
})
