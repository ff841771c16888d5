import t from 'tap'
import { bytesOf } from '../../src/cookies/line-size.js'
import { cdnPath } from '../../src/index.js'
import { at, film, startSchool } from '../fixtures/school.js'
import { createViewer, fixedClock, mediaUrl, startSeconds } from '../fixtures/site.js'

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
