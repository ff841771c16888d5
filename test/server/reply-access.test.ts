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

/** What a denied viewer is left with after a request like this. */
async function leftAfter (headers: Record<string, string>, url = '/cdn-access'): Promise<boolean> {
  let answer: unknown = [cdnPath`/a/*`]
  const app = await startApi(fixedClock(), { authorize: () => answer as never })
  app.get('/page', async (_request, reply) => reply.issueCdnAccess())
  const viewer = createViewer()
  await viewer.ask(app)
  answer = false
  const cookie = viewer.cookies(apiUrl)
  const { statusCode, headers: sent } = await app.inject({
    url,
    headers: { host: 'api.example.com', cookie, ...headers }
  })
  t.equal(statusCode, 403)
  return sent['set-cookie'] === undefined
}

const site = (value: string, mode: string): Record<string, string> => ({
  'sec-fetch-site': value,
  'sec-fetch-mode': mode
})

t.test('takes nothing from a viewer who is denied by way of a link or another site', async (t) => {
  t.notOk(await leftAfter({}), 'a client that is no browser')
  t.notOk(await leftAfter(site('same-origin', 'cors')))
  t.notOk(await leftAfter(site('same-site', 'cors')), 'a page on a sibling host')
  t.ok(await leftAfter(site('cross-site', 'cors')), 'an embed: access lapses')
  t.ok(await leftAfter(site('none', 'navigate')), 'a typed address')
  t.ok(await leftAfter(site('same-site', 'no-cors')), 'a picture on a sibling host')
  t.ok(await leftAfter(site('cross-site', 'navigate')), 'a link')
  t.notOk(await leftAfter(site('none', 'navigate'), '/page'), 'a page of the host\'s own')
  t.ok(await leftAfter(site('cross-site', 'navigate'), '/page'), 'a link to a page of the host\'s')
})

t.test('answers no link, form or picture of another site', async (t) => {
  const app = await startApi(fixedClock())
  for (const method of ['GET', 'POST', 'DELETE'] as const) {
    for (const mode of ['navigate', 'no-cors']) {
      const headers = { host: 'api.example.com', 'x-user': 'ada', ...site('cross-site', mode) }
      const reply = await app.inject({ method, url: '/cdn-access', headers })
      t.match(reply, { statusCode: 403, headers: { 'set-cookie': undefined } })
      t.match(reply.json(), { code: 'CDN_ACCESS_CROSS_SITE' })
      t.equal(reply.headers['cache-control'], 'private, no-store')
    }
    const headers = { host: 'api.example.com', 'x-user': 'ada', ...site('cross-site', 'cors') }
    t.ok((await app.inject({ method, url: '/cdn-access', headers })).statusCode < 300, method)
  }
  t.match(app.cdnAccess.stats(), { issued: 2, denied: 0, failed: 0, cleared: 1 })
})

t.test('gives nothing on a reply on which the viewer was denied, and keeps what was cleared', async (t) => {
  let answer: unknown = [cdnPath`/a/*`]
  const app = await startApi(fixedClock(), { authorize: () => answer as never })
  app.get('/both', async (request, reply) => {
    if (request.headers['x-clear'] === undefined) await reply.issueCdnAccess()
    else reply.clearCdnAccess()
    answer = false
    await reply.issueCdnAccess().catch(() => undefined)
    return 'x'
  })
  const foreign = site('cross-site', 'cors')
  for (const headers of [{}, foreign]) {
    answer = [cdnPath`/a/*`]
    const { headers: sent } = await app.inject({ url: '/both', headers })
    const lines = [sent['set-cookie'] ?? []].flat()
    t.ok(lines.every((line) => line.includes('Max-Age=0')), JSON.stringify(headers))
  }
  const { headers: sent } = await app.inject({
    url: '/both',
    headers: { ...foreign, 'x-clear': '1' }
  })
  t.ok([sent['set-cookie'] ?? []].flat().length > 0, 'a logout stays one')
})

t.test('clears first where a changed grant has no room beside the earlier one', async (t) => {
  let folder = 'a'
  const app = await startApi(fixedClock(), {
    authorize: () => Array.from('123456', (name) => cdnPath`/${folder.repeat(60)}/${name}/*`)
  })
  const viewer = createViewer()
  await viewer.ask(app)
  folder = 'b'
  const waiting = await viewer.ask(app)
  t.match(waiting, { status: 503, body: { code: 'CDN_ACCESS_CLEARING_FIRST', retryIn: 1 } })
  t.equal(waiting.headers['retry-after'], '1')
  t.equal(viewer.cookies(`${mediaUrl}/${'a'.repeat(60)}/1/x`), '')
  t.match(await viewer.ask(app), { status: 200, body: { status: 'issued' } })
  t.match(app.cdnAccess.stats(), { issued: 2, failed: 1 })
})

t.test('clears the rest at the next poll, where one reply had no room for all', async (t) => {
  let names = 'abcdefgh'
  const app = await startApi(fixedClock(), {
    authorize: () => Array.from(names, (name) => cdnPath`/${name}/*`)
  })
  const viewer = createViewer()
  await viewer.ask(app)
  names = 'ijklmnop'
  const statuses: unknown[] = []
  for (let poll = 0; poll < 4; poll++) statuses.push((await viewer.ask(app)).body['status'])
  t.same(statuses, ['refreshed', 'refreshed', 'fresh', 'fresh'])
  for (const name of 'abcdefgh') t.equal(viewer.cookies(`${mediaUrl}/${name}/x`), '', name)
  for (const name of names) t.not(viewer.cookies(`${mediaUrl}/${name}/x`), '', name)
})

t.test('lets a logout win over an issue that began before it', async (t) => {
  let answer: () => void = () => undefined
  const app = await startApi(fixedClock(), {
    authorize: async () => {
      await new Promise<void>((resolve) => {
        answer = resolve
      })
      return true
    }
  })
  const codes: unknown[] = []
  app.get('/logout', async (_request, reply) => {
    const issuing = reply.issueCdnAccess().catch((error: { code?: unknown }) =>
      codes.push(error.code)
    )
    reply.clearCdnAccess()
    answer()
    await issuing
    return 'bye'
  })
  const { setCookie } = await createViewer().ask(app, 'GET', '/logout')
  t.ok(setCookie.length > 0 && setCookie.every((line) => line.includes('Max-Age=0')))
  t.same(codes, ['CDN_ACCESS_CLEARED'])
})
