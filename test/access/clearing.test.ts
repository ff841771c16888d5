import t from 'tap'
import {
  createClearing,
  type Clearing,
  type ClearingOrder,
  type Held
} from '../../src/access/clearing.js'
import type { HeldArea } from '../../src/access/held.js'
import { writePlaces } from '../../src/access/ticket.js'
import { resolveCookie } from '../../src/config/cookie-options.js'
import type { Place } from '../../src/cookies/cookies.js'
import { bytesOf } from '../../src/cookies/line-size.js'
import { createSetCookieWriter } from '../../src/cookies/set-cookie.js'
import { clock, host, media } from '../fixtures/server.js'

interface Teardown {
  teardown: (close: () => unknown) => void
}

async function clearingOf (
  t: Teardown,
  areas?: number,
  warnings: string[] = []
): Promise<Clearing> {
  const app = await host(t)
  const cdn = media()
  const attributes = resolveCookie({ domain: 'example.com' }, cdn)
  const setCookie = createSetCookieWriter(app.serializeCookie.bind(app), attributes)
  const rules = { targets: [{ cdn, attributes }], ttl: 600, expiryStep: 30 }
  const warn = (message: string): void => {
    warnings.push(message)
  }
  return createClearing({ rules, areas, setCookie, warn })
}

const ticketName = '__Host-cdn-access'

const fingerprint = 'abcdefghij_-0123'
const oneArea = { ticketName, setAt: 0, fingerprint }

/** What a viewer holds who has one area. */
const held = (places: readonly Place[]): Held => ({ places, others: [], mustGo: false })

const order = (places: readonly Place[], always: readonly Place[] = []): ClearingOrder => ({
  ticketName,
  came: true,
  others: [],
  places,
  always
})

function placesOf (...paths: string[]): Place[] {
  return paths.map((path) => ({
    cdn: 'cloudfront',
    domain: 'example.com',
    partitioned: false,
    path
  }))
}

const paths = (count: number, length = 8): string[] =>
  Array.from({ length: count }, (_, index) => `/${String(index).padStart(length, 'p')}/`)

/** Access whose lines take so many bytes; its ticket names what is left by its paths. */
function signed (
  bytes: number,
  places: readonly Place[],
  most = 32
): Parameters<Clearing['issue']>[0] {
  return {
    places,
    values: undefined,
    fingerprint,
    sets: [],
    lines: ['x'.repeat(bytes - 14), 'ticket='],
    ticketLine: (_ticket, left) =>
      left.length > most ? undefined : `ticket=${left.map(({ path }) => path).join()}`
  }
}

t.test('leaves access as it is where nothing else is held', async (t) => {
  const clearing = await clearingOf(t)
  const own = placesOf('/a/')
  const access = signed(100, own)
  for (const before of [[], own, [...own, ...own]]) {
    t.same(clearing.issue(access, oneArea, held(before), clock), {
      kind: 'issue',
      lines: access.lines,
      places: own,
      everyArea: false,
      pushedOut: 0
    })
  }
  const strange = [{ ...own[0]!, cdn: 'other', path: '/b/' }]
  t.same(
    clearing.issue(access, oneArea, held(strange), clock).lines,
    access.lines,
    'nor can it clear an unknown CDN\'s'
  )
})

t.test('writes a ticket of its own for whom the shared one does not fit', async (t) => {
  const clearing = await clearingOf(t)
  const access = {
    ...signed(100, placesOf('/a/')),
    ticketLine: ({ fingerprint: own }: { fingerprint: string }) => `ticket=${own}`
  }
  const own = { ...oneArea, fingerprint: 'another' }
  t.equal(clearing.issue(access, own, held([]), clock).lines.at(-1), 'ticket=another')
})

t.test('clears what else is held, each place once', async (t) => {
  const clearing = await clearingOf(t)
  const { lines } = clearing.issue(
    signed(100, placesOf('/a/')),
    oneArea,
    held(placesOf('/b/', '/a/', '/b/')),
    clock
  )
  t.equal(lines.length, 1 + 5 + 1)
  for (const name of media().cookieNames) {
    t.ok(lines.includes(`${name}=; Max-Age=0; Domain=example.com; Path=/b/`), name)
  }
  t.equal(lines.at(-1), 'ticket=')
})

t.test('has the ticket name what one reply has no room for', async (t) => {
  const clearing = await clearingOf(t)
  const before = placesOf(...paths(8))
  const { lines } = clearing.issue(signed(6500, placesOf('/a/')), oneArea, held(before), clock)
  t.ok(bytesOf(lines) <= 8192, String(bytesOf(lines)))
  const cleared = before.filter(({ path }) => lines.some((line) => line.endsWith(`Path=${path}`)))
  const left = lines.at(-1)!.slice('ticket='.length).split(',')
  t.ok(cleared.length > 0 && left.length > 0)
  t.same([...cleared.map(({ path }) => path), ...left], before.map(({ path }) => path))
})

t.test('clears first where neither the reply nor the ticket has room', async (t) => {
  const clearing = await clearingOf(t)
  t.throws(
    () =>
      clearing.issue(signed(7900, placesOf('/a/'), 2), oneArea, held(placesOf(...paths(3))), clock),
    {
      code: 'CDN_ACCESS_CLEARING_FIRST',
      retryIn: 1
    }
  )
})

t.test('ends a ticket once everything is cleared', async (t) => {
  const clearing = await clearingOf(t)
  const { kind, lines } = clearing.clear(order(placesOf('/a/', '/a/', '/b/')))
  t.equal(kind, 'clear')
  t.equal(lines.length, 5 + 5 + 1)
  t.match(lines.at(-1), /^__Host-cdn-access=; Max-Age=0; Path=\/; HttpOnly; Secure;/)
})

t.test('keeps the ticket for what is still to be cleared', async (t) => {
  const clearing = await clearingOf(t)
  const before = placesOf(...paths(30, 4))
  const { lines } = clearing.clear(order(before))
  t.ok(bytesOf(lines) <= 8192)
  const left = before.slice((lines.length - 1) / 5)
  const remains = `__Host-cdn-access=1.remains.${writePlaces(left)!.text}; Max-Age=600`
  t.ok(left.length > 0 && lines.at(-1)!.startsWith(remains))
})

t.test('names what a configuration does not', async (t) => {
  const clearing = await clearingOf(t)
  const [before, always] = [placesOf(...paths(20, 4)), placesOf(...paths(16, 60))]
  const { lines } = clearing.clear(order(before, always))
  t.ok(bytesOf(lines) <= 8192, String(bytesOf(lines)))
  const left = before.slice((lines.length - 1) / 5)
  t.same(left, [], 'what is held goes first')
  t.match(lines.at(-1), /^__Host-cdn-access=; Max-Age=0;/, 'and what is always cleared comes again')
})

t.test('never sends more than a proxy passes, even where no ticket could name the rest', async (t) => {
  const clearing = await clearingOf(t)
  const { lines } = clearing.clear(order(placesOf(...paths(16, 250))))
  t.ok(lines.length > 10 && bytesOf(lines) <= 8192, String(bytesOf(lines)))
  t.match(lines.at(-1), /^__Host-cdn-access=; Max-Age=0;/)
})

/** An area that is held, at paths of its own. */
function heldArea (name: string, expiresAt: number, ...paths: string[]): HeldArea {
  const places = placesOf(...paths)
  const head = { fingerprint, keys: ['AAAAAAAA'], setAt: 0 }
  return { ticketName: name, places, ticket: { ...head, expiresAt, places } }
}

const areaTicket = { ticketName: 'new', setAt: clock, fingerprint }

t.test('sets the ticket of an area anew in every reply, for it says when', async (t) => {
  const clearing = await clearingOf(t)
  const own = placesOf('/a/')
  const access: Parameters<Clearing['issue']>[0] = {
    ...signed(100, own),
    ticketLine: ({ ticketName, setAt }) => `${ticketName}=${setAt}`
  }
  const issue = (now: number): string | undefined =>
    clearing.issue(access, { ...areaTicket, setAt: now }, held([]), now).lines.at(-1)
  t.same([issue(clock), issue(clock + 1)], [`new=${clock}`, `new=${clock + 1}`])
})

t.test('pushes out whole areas, and as many as a reply has room for', async (t) => {
  const warnings: string[] = []
  const clearing = await clearingOf(t, 1, warnings)
  const others = [1, 2, 3].map((id) => heldArea(`t${id}`, clock + 100 * id, `/${id}/`))
  const issue = (bytes: number): ReturnType<Clearing['issue']> =>
    clearing.issue(
      signed(bytes, placesOf('/a/')),
      areaTicket,
      { places: [], others, mustGo: false },
      clock
    )
  const all = issue(100)
  t.equal(all.pushedOut, 3)
  t.equal(all.lines.length, 2 + 3 * 6)
  const some = issue(7400)
  t.equal(some.pushedOut, 1, 'the others stay, and so do their tickets')
  t.ok(bytesOf(some.lines) <= 8192)
  t.ok(some.lines.some((line) => line.startsWith('t1=; Max-Age=0')))
  t.notOk(some.lines.some((line) => line.startsWith('t2=')))
  t.equal(issue(8100).pushedOut, 0)
  t.equal(warnings.length, 1, 'that is said once')
  t.match(warnings[0], 'a viewer asked for more areas than it can hold at a time: 1 fit')
})

t.test('takes every area away where a reply has cleared all', async (t) => {
  const clearing = await clearingOf(t, 16)
  const others = [heldArea('t1', clock + 100, '/1/'), heldArea('t2', clock + 100, '/a/')]
  const { lines, pushedOut } = clearing.issue(
    signed(100, placesOf('/a/')),
    areaTicket,
    { places: placesOf('/old/'), others, mustGo: true },
    clock
  )
  t.equal(pushedOut, 0, 'that is no want of room')
  for (const start of ['t1=; Max-Age=0', 't2=; Max-Age=0']) {
    t.ok(lines.some((line) => line.startsWith(start)), start)
  }
  const cleared = lines.filter((line) => line.startsWith('CloudFront-Policy=; Max-Age=0'))
  t.same(cleared.map((line) => line.split('Path=')[1]), ['/old/', '/1/'], 'not what is issued')
})

t.test('clears what is not held only as far as every proxy takes it', async (t) => {
  const clearing = await clearingOf(t)
  const always = placesOf('/static/')
  const paths = (places: number): string[] => {
    const { lines } = clearing.clear(
      order(placesOf(...Array(places).fill('/').map((_, id) => `/${id}/`)), always)
    )
    return lines.flatMap((line) => /^CloudFront-Policy=.*Path=(.*)$/.exec(line)?.[1] ?? [])
  }
  t.same(paths(0), ['/static/'])
  t.same(paths(2), ['/0/', '/1/', '/static/'])
  t.notOk(paths(11).includes('/static/'))
})

t.test('ends the tickets of all areas with one clear', async (t) => {
  const clearing = await clearingOf(t)
  const others = [heldArea('t1', clock + 100, '/1/'), heldArea('t2', clock + 100, '/2/')]
  const places = others.flatMap((area) => area.places)
  const { lines } = clearing.clear({ ...order(places), others })
  t.equal(lines.length, 2 + 2 * 5 + 1)
  t.match(lines.at(-1), /^__Host-cdn-access=; Max-Age=0/)
  t.match(lines.slice(0, 2), [/^t1=; Max-Age=0; Path=\//, /^t2=; Max-Age=0; Path=\//])
})

t.test('ends no ticket that did not come, and names with one what has no room', async (t) => {
  const clearing = await clearingOf(t)
  const ends = (places: readonly Place[]): string[] =>
    clearing.clear({ ...order(places), came: false }).lines.filter((line) =>
      line.startsWith(ticketName)
    )
  t.same(ends(placesOf('/a/')), [])
  const many = placesOf(...Array.from({ length: 24 }, (_, index) => `/a/${index}/`))
  t.match(ends(many), [/^__Host-cdn-access=1\.remains\./])
})
