import t from 'tap'
import { createTicketNames } from '../../src/access/area.js'
import { bytesOf } from '../../src/cookies/line-size.js'
import { cdnPath, type CdnPath } from '../../src/index.js'
import { at, film, startSchool, ticketsOf } from '../fixtures/school.js'
import { apiUrl, createViewer, fixedClock, mediaUrl, startEdge, valueOf } from '../fixtures/site.js'

const ticketName = createTicketNames('__Host-cdn-access', 0)

t.test('gives two tabs two courses that leave each other alone', async (t) => {
  const clock = fixedClock()
  const [app, edge, viewer] = [await startSchool(clock), await startEdge(clock), createViewer()]
  t.match(await viewer.ask(app, 'GET', at(1)), { body: { status: 'issued' } })
  t.match(await viewer.ask(app, 'GET', at(2)), { body: { status: 'refreshed' } })
  for (const course of [1, 2]) {
    t.match(await viewer.ask(app, 'GET', at(course)), {
      body: { status: /^fresh$/ },
      setCookie: []
    })
    t.equal(await viewer.fetch(edge, film(course)), 200)
  }
  t.equal(await viewer.fetch(edge, film(3)), 403)
  t.equal(ticketsOf(viewer).length, 2)
})

t.test('opens one course more, and lets go of the one that ends first', async (t) => {
  const clock = fixedClock()
  const log: string[] = []
  const app = await startSchool(clock, {}, log)
  const [edge, viewer] = [await startEdge(clock), createViewer()]
  for (let course = 1; course <= 39; course++) {
    clock.advance(31)
    const reply = await viewer.ask(app, 'GET', at(course))
    t.ok(bytesOf(reply.setCookie) <= 3584, `${bytesOf(reply.setCookie)} bytes`)
    t.equal(await viewer.fetch(edge, film(course)), 200)
    t.ok(ticketsOf(viewer).length <= 6)
  }
  const open = await Promise.all(
    Array.from(
      { length: 40 },
      async (_, course) => (await viewer.fetch(edge, film(course))) === 200
    )
  )
  t.same(open.flatMap((is, course) => is ? [course] : []), [34, 35, 36, 37, 38, 39])
  t.match(await viewer.ask(app, 'GET', at(1)), { body: { status: 'refreshed' } })
  t.equal(await viewer.fetch(edge, film(1)), 200, 'what was pushed out comes back')
  t.equal(await viewer.fetch(edge, film(34)), 403)
  t.equal(app.cdnAccess.stats().pushedOut, 34)
  const said = log.filter((line) => line.includes('more areas than it can hold at a time: 6 fit'))
  t.equal(said.length, 1)
})

t.test('holds no cookie that no ticket names, whatever is pushed out', async (t) => {
  const clock = fixedClock()
  const app = await startSchool(clock, { areas: 2 })
  const viewer = createViewer()
  for (const course of [1, 2, 3, 4]) await viewer.ask(app, 'GET', at(course))
  t.same(
    [1, 2, 3, 4].filter((course) => viewer.cookies(mediaUrl + film(course)) !== ''),
    [3, 4]
  )
  t.equal(ticketsOf(viewer).length, 2)
})

t.test('ends the area that it denies, and no other', async (t) => {
  const clock = fixedClock()
  let banned = '0'
  const app = await startSchool(clock, {
    authorize: (_request, area) =>
      area !== undefined && area !== banned && [
        cdnPath`/courses/${area}/*`
      ]
  })
  const [edge, viewer] = [await startEdge(clock), createViewer()]
  await viewer.ask(app, 'GET', at(1))
  await viewer.ask(app, 'GET', at(2))
  banned = '1'
  const denied = await viewer.ask(app, 'GET', at(1))
  t.match(denied, { status: 403, body: { code: 'CDN_ACCESS_DENIED' } })
  t.same([await viewer.fetch(edge, film(1)), await viewer.fetch(edge, film(2))], [403, 200])
  t.equal(ticketsOf(viewer).length, 1)
  t.same((await viewer.ask(app, 'GET', at(1))).setCookie, [], 'there is nothing left to take')
})

t.test('clears one area at its address, and all at the address without', async (t) => {
  const clock = fixedClock()
  const app = await startSchool(clock)
  app.post('/logout', (_request, reply) => reply.clearCdnAccess().send())
  const [edge, viewer] = [await startEdge(clock), createViewer()]
  const open = async (): Promise<number[]> => {
    const found = [1, 2, 3].map(async (course) => [course, await viewer.fetch(edge, film(course))])
    return (await Promise.all(found)).flatMap(([course, status]) => status === 200 ? [course!] : [])
  }
  const openAll = async (): Promise<void> => {
    for (const course of [1, 2, 3]) await viewer.ask(app, 'GET', at(course))
  }
  await openAll()
  t.equal((await viewer.ask(app, 'DELETE', at(2))).status, 204)
  t.same(await open(), [1, 3])
  await viewer.ask(app, 'DELETE')
  t.same(await open(), [])
  t.same(ticketsOf(viewer), [])
  await openAll()
  await viewer.ask(app, 'POST', '/logout')
  t.same(await open(), [])
  t.same(ticketsOf(viewer), [])
  t.equal(app.cdnAccess.stats().cleared, 3)
})

t.test('gives way to a newer area where a browser would send both', async (t) => {
  const clock = fixedClock()
  const paths: Record<string, CdnPath[]> = {
    a: [cdnPath`/x/*`, cdnPath`/y/*`],
    b: [cdnPath`/y/*`],
    c: [cdnPath`/y/deep/*`],
    d: [cdnPath`/z/*`]
  }
  const app = await startSchool(clock, { authorize: (_request, area) => paths[area!]! })
  const [edge, viewer] = [await startEdge(clock), createViewer()]
  const open = async (): Promise<string> => {
    let found = ''
    for (const path of ['x', 'y', 'y/deep', 'z']) {
      if (await viewer.fetch(edge, `/${path}/1`) === 200) found += ` ${path}`
    }
    return found
  }
  const steps = [['d', ' z'], ['a', ' x y y/deep z'], ['b', ' y y/deep z'], ['c', ' y/deep z']]
  for (const [area, expected] of steps) {
    t.match(await viewer.ask(app, 'GET', at(area!)), { status: 200 })
    t.equal(await open(), expected, area!)
    t.equal(ticketsOf(viewer).length, area === 'd' ? 1 : 2)
  }
  t.match(await viewer.ask(app, 'GET', at('a')), { body: { status: 'refreshed' } })
  t.equal(await open(), ' x y y/deep z')
  t.equal(app.cdnAccess.stats().pushedOut, 0, 'that is no want of room')
})

t.test('leaves what a place still holds of another area to that area', async (t) => {
  const clock = fixedClock()
  const app = await startSchool(clock, { areas: 2 })
  const [edge, viewer] = [await startEdge(clock), createViewer()]
  // Two replies crossed: both areas say that their cookies lie in one place.
  const ticket = valueOf(await viewer.ask(app, 'GET', at(1)), ticketName('1'))!
  viewer.plant(`${ticketName('twin')}=${ticket}; Path=/; Secure`)
  clock.advance(100)
  const reply = await viewer.ask(app, 'GET', at(2))
  t.match(reply.body, { status: 'refreshed' })
  t.equal(ticketsOf(viewer).length, 2)
  t.equal(await viewer.fetch(edge, film(1)), 200)
  await viewer.ask(app, 'DELETE')
  t.equal(viewer.cookies(mediaUrl + film(1)) + viewer.cookies(apiUrl), '')
})

t.test('refuses what can be no area', async (t) => {
  const app = await startSchool(fixedClock())
  const viewer = createViewer()
  await viewer.ask(app, 'GET', at(1))
  for (const query of ['course=', 'course=1&course=2', `course=${'9'.repeat(257)}`]) {
    for (const method of ['GET', 'POST', 'DELETE'] as const) {
      t.match(await viewer.ask(app, method, `/cdn-access?${query}`), {
        status: 400,
        body: { code: 'CDN_ACCESS_AREA_INVALID' },
        setCookie: []
      })
    }
  }
  t.equal(app.cdnAccess.stats().failed, 9)
})

t.test('passes on what "area" throws, and takes nothing away', async (t) => {
  const clock = fixedClock()
  let broken: number | undefined
  const app = await startSchool(clock, {
    area: (request) => {
      if (broken === undefined) return (request.query as { course?: string }).course
      throw Object.assign(new Error('no'), { statusCode: broken })
    }
  })
  app.get('/hint', (request) => request.cdnAccessTicket)
  const [edge, viewer] = [await startEdge(clock), createViewer()]
  await viewer.ask(app, 'GET', at(1))
  for (const status of [403, 500]) {
    broken = status
    t.match(await viewer.ask(app, 'GET', at(1)), { status, setCookie: [] })
    t.match(await viewer.ask(app, 'DELETE', at(1)), { status, setCookie: [] })
    t.match(await viewer.ask(app, 'GET', '/hint'), { body: { status: 'none' } })
    t.equal(await viewer.fetch(edge, film(1)), 200)
  }
})

t.test('hints at the area that is asked for, and renews that one', async (t) => {
  const clock = fixedClock()
  const app = await startSchool(clock, { refreshOnRequest: true })
  app.get('/hint', (request) => request.cdnAccessTicket)
  const viewer = createViewer()
  await viewer.ask(app, 'GET', at(1))
  clock.advance(400)
  await viewer.ask(app, 'GET', at(2))
  clock.advance(100)
  t.match(await viewer.ask(app, 'GET', '/hint?course=2'), { body: { status: 'valid' } })
  t.match(await viewer.ask(app, 'GET', '/hint'), { body: { status: 'none' }, setCookie: [] })
  const renewed = await viewer.ask(app, 'GET', '/hint?course=1')
  t.match(renewed, { body: { status: 'due' } })
  t.ok(renewed.setCookie.some((line) => line.includes('Path=/courses/1/')))
  t.match(await viewer.ask(app, 'GET', '/hint?course=1'), { body: { status: 'valid' } })
})

t.test('starts anew where a reply clears and then issues', async (t) => {
  const clock = fixedClock()
  const app = await startSchool(clock)
  app.post('/login', async (_request, reply) => {
    reply.clearCdnAccess()
    return reply.issueCdnAccess()
  })
  const viewer = createViewer()
  for (const course of [1, 2, 3]) await viewer.ask(app, 'GET', at(course))
  await viewer.ask(app, 'POST', '/login?course=3')
  t.same(
    [1, 2, 3].filter((course) => viewer.cookies(mediaUrl + film(course)) !== ''),
    [3]
  )
  t.equal(ticketsOf(viewer).length, 1)
})

t.test('says refreshed where a ticket of another area came', async (t) => {
  const app = await startSchool(fixedClock())
  const reply = await createViewer().ask(app, 'GET', at(1))
  t.match(reply.body, { status: 'issued' })
  t.ok(valueOf(reply, ticketName('1')), 'the ticket is named by a hash')
})
