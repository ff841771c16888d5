import t from 'tap'
import { createTicketNames } from '../../src/access/area.js'
import { createHeldReader, holdsLater } from '../../src/access/held.js'
import { formatTicket, writePlaces } from '../../src/access/ticket.js'
import type { Place } from '../../src/cookies/cookies.js'

const base = '__Host-cdn-access'
const ticketNames = createTicketNames(base, 10)
const readHeldAreas = createHeldReader(base, 10)
const placeOf = (path: string): Place => ({
  cdn: 'cloudfront',
  domain: 'example.com',
  partitioned: false,
  path
})
const valueOf = (path: string, expiresAt = 1_700_000_600): string =>
  formatTicket(
    { expiresAt, fingerprint: 'abcdefghij_-0123', keys: ['AAAAAAAA'], setAt: 0 },
    writePlaces([placeOf(path)])!
  )

t.test('reads every ticket of the registration but its own', async (t) => {
  const [a, b] = [ticketNames('a'), ticketNames('b')]
  const header = `x=1; ${a}=${valueOf('/a/')}; ${base}=${valueOf('/')};${b}=${valueOf('/b/')}; ` +
    `${base}-other.LRAT5pYQsCtd=${valueOf('/o/')}`
  t.same(
    readHeldAreas(header).map(({ ticketName, places }) => [ticketName, places]),
    [[a, [placeOf('/a/')]], [base, [placeOf('/')]], [b, [placeOf('/b/')]]]
  )
  t.same(readHeldAreas(header, a).map(({ ticketName }) => ticketName), [base, b])
  t.match(readHeldAreas(header)[0], { ticket: { expiresAt: 1_700_000_600 } })
})

t.test('holds nothing where none came', async (t) => {
  for (const header of [undefined, '', 'session=1', base, `${base}x=1`, `a=${base}`]) {
    t.same(readHeldAreas(header), [], `${header}`)
  }
})

t.test('takes the first of a name that came twice, as for its own', async (t) => {
  const header = `${base}=${valueOf('/first/')}; ${base}=${valueOf('/second/')}`
  t.same(readHeldAreas(header).map(({ places }) => places), [[placeOf('/first/')]])
})

t.test('keeps what is no ticket, with the places that can be read of it', async (t) => {
  const remains = `1.remains.${writePlaces([placeOf('/old/')])!.text}`
  const header = `${base}=${remains}; ${ticketNames('a')}=odd`
  t.same(readHeldAreas(header), [
    { ticketName: base, ticket: undefined, places: [placeOf('/old/')] },
    { ticketName: ticketNames('a'), ticket: undefined, places: [] }
  ])
})

t.test('reads 32 tickets at most', async (t) => {
  const header = Array.from(
    { length: 500 },
    (_, index) => `${ticketNames(String(index))}=${valueOf(`/${index}/`)}`
  ).join('; ')
  t.equal(readHeldAreas(header).length, 32)
})

t.test('knows at a glance whether another area goes later', async (t) => {
  const own = (expiresAt: number, setAt = 0): Parameters<typeof holdsLater>[2] => ({
    ticketName: ticketNames('own'),
    ticket: { expiresAt, setAt, fingerprint: 'f', keys: [], places: [] }
  })
  const head = { fingerprint: 'abcdefghij_-0123', keys: ['AAAAAAAA'] }
  const value = formatTicket({ ...head, expiresAt: 1000, setAt: 7 }, writePlaces([placeOf('/')])!)
  const cookies = `${ticketNames('own')}=${valueOf('/own/', 5000)}; ${ticketNames('a')}=${value}`
  const later = (...end: Parameters<typeof own>): boolean => holdsLater(cookies, base, own(...end))
  t.same([later(999), later(1001), later(1000, 7), later(1000, 8)], [true, false, true, false])
  t.ok(holdsLater(`${base}=odd`, base, own(1000)), 'what is odd has to be looked at')
  t.notOk(holdsLater(`${base}-other=${value}; ${ticketNames('own')}=1`, base, own(1)))
  t.notOk(holdsLater(undefined, base, own(1)))
})
