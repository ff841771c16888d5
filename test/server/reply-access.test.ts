import t from 'tap'
import { cdnPath } from '../../src/index.js'
import {
  apiUrl,
  createViewer,
  fixedClock,
  mediaUrl,
  startApi,
  startEdge,
  startSeconds
} from '../fixtures/site.js'

t.test('takes what a denied viewer still holds, and leaves it where the API only failed', async (t) => {
  const clock = fixedClock()
  let answer: () => unknown = () => [cdnPath`/a/*`]
  const [app, edge, viewer] = [
    await startApi(clock, { authorize: () => answer() as never }),
    await startEdge(clock),
    createViewer()
  ]
  const failure = (statusCode: number) => () => {
    throw Object.assign(new Error('no'), { statusCode })
  }

  for (
    const denial of [
      () => false,
      () => [],
      failure(403),
      () => ({ paths: [cdnPath`/a/*`], until: startSeconds })
    ]
  ) {
    answer = () => [cdnPath`/a/*`]
    await viewer.ask(app)
    t.equal(await viewer.fetch(edge, '/a/1'), 200)
    answer = denial
    const denied = await viewer.ask(app)
    t.match(denied, {
      status: 403,
      body: { code: 'CDN_ACCESS_DENIED' },
      headers: { 'cache-control': 'private, no-store' }
    })
    t.equal(await viewer.fetch(edge, '/a/1'), 403)
    t.equal(viewer.cookies(`${mediaUrl}/a/1`) + viewer.cookies(apiUrl), '')
    t.same((await viewer.ask(app)).setCookie, [], 'who holds nothing is sent nothing')
  }

  answer = () => [cdnPath`/a/*`]
  await viewer.ask(app)
  for (const [index, status] of [401, 429, 500, 503].entries()) {
    answer = failure(status)
    t.match(await viewer.ask(app), { status, setCookie: [] })
    t.equal(await viewer.fetch(edge, '/a/1'), 200)
    t.equal(app.cdnAccess.stats().failed, index + 1)
  }
  t.match(app.cdnAccess.stats(), { issued: 5, denied: 8, fresh: 0 })
})

t.test('waits for an authorize that takes its time, and for its denial', async (t) => {
  const clock = fixedClock()
  const app = await startApi(clock, {
    authorize: async ({ headers }) => {
      await new Promise((resolve) => {
        setImmediate(resolve)
      })
      if (headers['x-user'] === 'mallory') throw Object.assign(new Error('no'), { statusCode: 403 })
      return ['/a']
    }
  })
  t.match(await createViewer({ 'x-user': 'ada' }).ask(app), {
    status: 200,
    body: { status: 'issued' }
  })
  t.match(await createViewer({ 'x-user': 'mallory' }).ask(app), {
    status: 403,
    body: { code: 'CDN_ACCESS_DENIED' }
  })
})
