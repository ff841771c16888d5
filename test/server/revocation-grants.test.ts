import t from 'tap'
import { cdnPath, memoryRevocations, type CdnAccessOptions } from '../../src/index.js'
import { createViewer, fixedClock, media, startSeconds } from '../fixtures/site.js'
import { startAskingEdge, startRevocableApi, tokens } from '../fixtures/revocation-site.js'

t.test('takes back every area of a viewer', async (t) => {
  const clock = fixedClock()
  const store = memoryRevocations()
  const app = await startRevocableApi(clock, store, {
    area: ({ query }) => (query as { course?: string }).course,
    authorize: (_request, area) => [cdnPath`/courses/${String(area)}/*`]
  })
  const edge = await startAskingEdge(clock, store)
  const ada = createViewer({ 'x-user': 'ada' })
  const ask = async (course: string) =>
    (await ada.ask(app, 'GET', `/cdn-access?course=${course}`)).body['status']
  t.same([await ask('1'), await ask('2')], ['issued', 'refreshed'])
  t.same([await ask('1'), await ask('2')], ['fresh', 'fresh'])
  await app.cdnAccess.revoke('ada')
  for (const course of ['1', '2']) {
    t.equal(await ada.fetch(edge, `/courses/${course}/a`), 403)
    t.equal(await ask(course), 'refreshed')
    t.equal(await ada.fetch(edge, `/courses/${course}/a`), 200)
    t.equal(await ask(course), 'fresh')
  }
})

const grants: Record<string, Partial<CdnAccessOptions>> = {
  'where nothing is kept': { cacheSize: 0 },
  'of two CDNs, where nothing is kept': { cdn: [tokens(), media()], cacheSize: 0 },
  'of two CDNs': { cdn: [tokens(), media()] },
  'of two CDNs, with a life of their own': {
    cdn: [tokens(), media()],
    authorize: () => ({
      ttl: '5m',
      paths: [{ path: '/u/ada/a', cdn: 'cloudfront' }, {
        path: '/u/ada/a',
        cdn: 'commonAccessToken'
      }]
    })
  },
  'with an end of their own': {
    authorize: () => ({ paths: [cdnPath`/u/ada/*`], until: startSeconds + 100 })
  }
}

for (const [name, options] of Object.entries(grants)) {
  t.test(`takes back grants ${name}`, async (t) => {
    const clock = fixedClock()
    const store = memoryRevocations()
    const app = await startRevocableApi(clock, store, options)
    const edge = await startAskingEdge(clock, store)
    const ada = createViewer({ 'x-user': 'ada' })
    t.equal((await ada.ask(app)).body['status'], 'issued')
    t.equal((await ada.ask(app)).body['status'], 'fresh')
    await app.cdnAccess.revoke('ada')
    t.equal(await ada.fetch(edge, '/u/ada/a'), 403)
    t.equal((await ada.ask(app)).body['status'], 'refreshed')
    t.equal(await ada.fetch(edge, '/u/ada/a'), 200)
  })
}

t.test('marks what viewers share with the first second of the step', async (t) => {
  const issued: Array<number | undefined> = []
  const clock = fixedClock()
  const cdn = tokens()
  const app = await startRevocableApi(clock, memoryRevocations(), {
    cdn: {
      ...cdn,
      sign: (grant, key) => {
        issued.push(grant.issuedAt)
        return cdn.sign(grant, key)
      }
    },
    authorize: () => [cdnPath`/a/*`]
  })
  issued.length = 0
  clock.advance(7)
  await createViewer().ask(app)
  clock.advance(2)
  await createViewer().ask(app)
  await createViewer({ 'x-user': 'ada' }).ask(app)
  t.same(issued, [startSeconds, startSeconds + 9])
})
