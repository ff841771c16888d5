import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { bytesOf } from '../../src/cookies/line-size.js'
import { cdnPath } from '../../src/index.js'
import { at, film, startSchool, ticketsOf } from '../fixtures/school.js'
import {
  apiUrl,
  createViewer,
  fixedClock,
  mediaUrl,
  startSeconds,
  type Reply,
  type Viewer
} from '../fixtures/site.js'

t.test('leaves access that ends at a moment of its own as it is, however many are held', async (t) => {
  const clock = fixedClock()
  const until = startSeconds + 300
  const app = await startSchool(clock, {
    areas: 2,
    authorize: (_request, area) => ({
      paths: [cdnPath`/courses/${area!}/*`],
      ...(area === '1' ? { until } : {})
    })
  })
  const viewer = createViewer()
  for (const course of [1, 2]) await viewer.ask(app, 'GET', at(course))
  t.match(await viewer.ask(app, 'GET', at(1)), { body: { status: /^fresh$/ }, setCookie: [] })
})

t.test('issues anew what would be pushed out next, where there is no room for one more', async (t) => {
  const clock = fixedClock()
  const app = await startSchool(clock, { areas: 2 })
  const viewer = createViewer()
  await viewer.ask(app, 'GET', at(1))
  t.match(await viewer.ask(app, 'GET', at(1)), { body: { status: /^fresh$/ } })
  clock.advance(60)
  await viewer.ask(app, 'GET', at(2))
  t.match(await viewer.ask(app, 'GET', at(1)), { body: { status: 'refreshed' } })
  t.match(await viewer.ask(app, 'GET', at(1)), { body: { status: /^fresh$/ } })
  await viewer.ask(app, 'GET', at(3))
  t.same([1, 2, 3].filter((course) => viewer.cookies(mediaUrl + film(course)) !== ''), [1, 3])
})

t.test('refuses a grant whose cookies leave no room for the ticket of an area', async (t) => {
  const clock = fixedClock()
  const sizes: number[] = []
  const codes = new Set<string>()
  for (let length = 100; length <= 256; length++) {
    const app = await startSchool(clock, {
      authorize: (_request, area) =>
        Array.from(
          { length: 9 },
          (_, id) => cdnPath`/${area!}${String(id)}${'x'.repeat(length - 4)}/*`
        )
    })
    const reply = await createViewer().ask(app, 'GET', at(1))
    if (reply.status === 200) sizes.push(bytesOf(reply.setCookie))
    else codes.add(String(reply.body['code']))
  }
  t.ok(sizes.every((bytes) => bytes <= 8192), String(Math.max(...sizes)))
  t.same([...codes].filter((code) => !/TOO_LARGE/.test(code)), [])
})

t.test('takes all away where a hook has cleared before the route ends one area', async (t) => {
  const clock = fixedClock()
  const app = await startSchool(clock, {
    route: {
      preHandler: (request, reply, done) => {
        if (request.method === 'DELETE') reply.clearCdnAccess()
        done()
      }
    }
  })
  const viewer = createViewer()
  for (const course of [1, 2]) await viewer.ask(app, 'GET', at(course))
  await viewer.ask(app, 'DELETE', at(1))
  t.equal([1, 2].map((course) => viewer.cookies(mediaUrl + film(course))).join(''), '')
})

t.test('leaves the ticket of access that was on its way when the viewer logged out', async (t) => {
  const app = await startSchool(fixedClock(), {
    authorize: (_request, area) => [cdnPath`/courses/${area ?? 'all'}/*`]
  })
  for (const [issuing, ending] of [['', ''], ['?course=1', '?course=1'], ['', '?course=2']]) {
    const viewer = createViewer()
    await viewer.ask(app, 'GET', at(3))
    const { headers } = await app.inject({
      method: 'DELETE',
      url: `/cdn-access${ending}`,
      headers: { cookie: viewer.cookies(apiUrl) }
    })
    await viewer.ask(app, 'GET', `/cdn-access${issuing}`)
    for (const line of [headers['set-cookie'] ?? []].flat()) viewer.plant(line)
    await viewer.ask(app, 'DELETE')
    for (const course of ['1', 'all', '3']) {
      t.equal(viewer.cookies(`${mediaUrl}/courses/${course}/a`), '', `${issuing} ${ending}`)
    }
  }
})

t.test('keeps a ticket that names what is left for as long as that may live', async (t) => {
  let grant = { name: 'old', ttl: 600 }
  const app = await startSchool(fixedClock(), {
    authorize: () => ({
      paths: Array.from({ length: 7 }, (_, index) => cdnPath`/${grant.name}-${index}-xxxxxxxxxx/*`),
      ttl: grant.ttl
    })
  })
  const viewer = createViewer()
  const ticketOf = ({ setCookie }: Reply): string | undefined =>
    setCookie.find((line) => line.startsWith('__Host-cdn-access.'))
  t.match(ticketOf(await viewer.ask(app, 'GET', at(1))), /; Max-Age=600;/)
  grant = { name: 'new', ttl: 60 }
  t.match(ticketOf(await viewer.ask(app, 'GET', at(1))), /; Max-Age=600;/)
  t.not(viewer.cookies(`${mediaUrl}/old-6-xxxxxxxxxx/a`), '', 'there was no room')
  while (viewer.cookies(`${mediaUrl}/old-6-xxxxxxxxxx/a`) !== '') {
    await viewer.ask(app, 'GET', at(1))
  }
  t.match(ticketOf(await viewer.ask(app, 'POST', at(1))), /; Max-Age=60;/)
})

/** A browser that opens its tabs of the last session, all in one moment. */
async function restored (app: FastifyInstance, tabs: number): Promise<Viewer> {
  const viewer = createViewer()
  const replies = await Promise.all(
    Array.from({ length: tabs }, (_, course) => app.inject(at(course)))
  )
  for (const { headers } of replies) {
    for (const line of [headers['set-cookie'] ?? []].flat()) viewer.plant(line)
  }
  return viewer
}

t.test('keeps to what every proxy takes where many areas were opened in one moment', async (t) => {
  const app = await startSchool(fixedClock())
  const viewer = await restored(app, 16)
  t.equal(ticketsOf(viewer).length, 16)
  for (let course = 0; course < 16 && ticketsOf(viewer).length > 6; course++) {
    const reply = await viewer.ask(app, 'GET', at(15 - course))
    t.ok(bytesOf(reply.setCookie) <= 3584, `${bytesOf(reply.setCookie)} bytes`)
  }
})

t.test('names what it has no room to end, however much is held', async (t) => {
  const app = await startSchool(fixedClock(), {
    authorize: (_request, area) =>
      ['a', 'b', 'c'].map((part) => cdnPath`/courses/${area!}/${part}/*`)
  })
  const viewer = await restored(app, 24)
  const held = (): number =>
    Array.from({ length: 24 }, (_, course) => ['a', 'b', 'c'].map((part) => `${course}/${part}`))
      .flat().filter((path) => viewer.cookies(`${mediaUrl}/courses/${path}/1`) !== '').length
  for (let round = 0, before = held() + 1; round < 12 && held() > 0; round++) {
    t.ok(held() < before && ticketsOf(viewer).length > 0, `${before} and ${held()}`)
    before = held()
    const reply = await viewer.ask(app, 'DELETE')
    t.ok(bytesOf(reply.setCookie) <= 8192)
  }
  t.equal(held(), 0)
})
