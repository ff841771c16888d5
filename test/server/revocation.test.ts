import t from 'tap'
import { cdnPath, memoryRevocations, type Cdn, type RevocationEdge } from '../../src/index.js'
import {
  createViewer,
  fixedClock,
  media,
  mediaUrl,
  startApi,
  startSeconds,
  valueOf,
  type Reply
} from '../fixtures/site.js'
import {
  fragileStore,
  startAskingEdge,
  startRevocableApi,
  tokens
} from '../fixtures/revocation-site.js'

const file = '/u/ada/a.mp4'

t.test('takes access back at the route and at the edge, and gives it again to who may', async (t) => {
  const clock = fixedClock()
  const store = memoryRevocations()
  let banned = false
  const app = await startRevocableApi(clock, store, {
    authorize: () => !banned && [cdnPath`/u/ada/*`]
  })
  const edge = await startAskingEdge(clock, store)
  const [ada, copy] = [createViewer({ 'x-user': 'ada' }), createViewer()]
  t.equal((await ada.ask(app)).body['status'], 'issued')
  for (const line of ada.cookies(mediaUrl + file).split('; ')) {
    copy.plant(`${line}; Domain=example.com; Path=/u/ada/`)
  }
  for (const viewer of [ada, copy]) t.equal(await viewer.fetch(edge, file), 200)
  t.equal((await ada.ask(app)).body['status'], 'fresh')

  t.same(await app.cdnAccess.revoke('ada'), { since: startSeconds, until: startSeconds + 720 })
  for (const viewer of [ada, copy]) t.equal(await viewer.fetch(edge, file), 403)
  t.equal((await ada.ask(app)).body['status'], 'refreshed', 'in the same second as well')
  t.equal(await ada.fetch(edge, file), 200)
  t.equal(await copy.fetch(edge, file), 403)
  t.equal((await ada.ask(app)).body['status'], 'fresh')

  banned = true
  await app.cdnAccess.revoke('ada')
  t.equal(await ada.fetch(edge, file), 403)
  t.equal((await ada.ask(app)).status, 403)
})

t.test('takes nothing from others', async (t) => {
  const clock = fixedClock()
  const store = memoryRevocations()
  const app = await startRevocableApi(clock, store)
  const edge = await startAskingEdge(clock, store)
  const bob = createViewer({ 'x-user': 'bob' })
  await bob.ask(app)
  await app.cdnAccess.revoke('ada')
  t.equal(await bob.fetch(edge, '/u/bob/a'), 200)
  t.equal((await bob.ask(app)).body['status'], 'fresh')
})

t.test('gives nothing while the store is away, and takes away as ever', async (t) => {
  const clock = fixedClock()
  const store = fragileStore()
  const app = await startRevocableApi(clock, store)
  const edge = await startAskingEdge(clock, store)
  const ada = createViewer({ 'x-user': 'ada' })
  await ada.ask(app)
  store.away = true
  for (const method of ['GET', 'POST'] as const) {
    const reply = await ada.ask(app, method)
    t.match(reply, {
      status: 503,
      body: { code: 'CDN_ACCESS_REVOCATION_UNAVAILABLE', retryIn: 5 },
      setCookie: [],
      headers: { 'retry-after': '5', 'cache-control': 'private, no-store' }
    })
  }
  const stranger = createViewer({ 'x-user': 'bob' })
  t.match(await stranger.ask(app), { status: 503, setCookie: [] })
  t.equal((await createViewer().ask(app)).status, 403, 'a denial needs no store')
  const refused = await edge.inject({
    url: file,
    headers: { cookie: ada.cookies(mediaUrl + file) }
  })
  t.match(refused, {
    statusCode: 503,
    headers: { 'retry-after': '5', 'cache-control': 'no-store' }
  })
  t.same(refused.json(), {
    statusCode: 503,
    error: 'Service Unavailable',
    message: 'The edge can\'t know at this moment whether access was revoked'
  })
  await t.rejects(app.cdnAccess.revoke('ada'), { code: 'CDN_ACCESS_REVOCATION_UNAVAILABLE' })
  t.equal((await ada.ask(app, 'DELETE')).status, 204)
  t.equal(ada.cookies(mediaUrl + file), '')
  store.away = false
  t.equal((await ada.ask(app)).body['status'], 'issued')
  t.equal(app.cdnAccess.stats().failed, 3)
})

t.test('reads the store once for a decision, and for nothing else', async (t) => {
  const store = fragileStore()
  const app = await startRevocableApi(fixedClock(), store)
  const ada = createViewer({ 'x-user': 'ada' })
  for (const reads of [1, 2, 3]) {
    await ada.ask(app)
    t.equal(store.reads, reads)
  }
  await createViewer().ask(app)
  await ada.ask(app, 'DELETE')
  t.equal(store.reads, 3)
})

t.test('renews nothing on other replies while the store is away', async (t) => {
  const clock = fixedClock()
  const store = fragileStore()
  const app = await startRevocableApi(clock, store, { refreshOnRequest: true })
  app.get('/page', async () => 'hello')
  const ada = createViewer({ 'x-user': 'ada' })
  await ada.ask(app)
  clock.advance(500)
  store.away = true
  t.match(await ada.ask(app, 'GET', '/page'), { status: 200, setCookie: [] })
  store.away = false
  t.ok((await ada.ask(app, 'GET', '/page')).setCookie.length > 0)
})

t.test('gives values that can be revoked', async (t) => {
  const clock = fixedClock()
  const store = fragileStore()
  const app = await startRevocableApi(clock, store, { values: () => true })
  const edge = await startAskingEdge(clock, store)
  const ask = () =>
    app.inject({
      url: '/cdn-access',
      headers: { 'x-user': 'ada', accept: 'application/vnd.cdn-access+json' }
    })
  const cookie = String((await ask()).json().cookies[0].header)
  const fetch = async () => (await edge.inject({ url: file, headers: { cookie } })).statusCode
  t.equal(await fetch(), 200)
  await app.cdnAccess.revoke('ada')
  t.equal(await fetch(), 403)
  store.away = true
  t.equal((await ask()).statusCode, 503)
})

t.test('signs for each viewer what carries an id, and for all what does not', async (t) => {
  const clock = fixedClock()
  const signed: string[] = []
  const counted = (cdn: Cdn): Cdn => ({
    ...cdn,
    sign: (grant, key) => {
      signed.push(`${cdn.name} ${grant.revocationId === undefined ? 'for all' : 'for one'}`)
      return cdn.sign(grant, key)
    }
  })
  const options = {
    cdn: [counted(media()), counted(tokens())],
    authorize: () => [cdnPath`/a/*`]
  }
  const app = await startRevocableApi(clock, memoryRevocations(), options)
  signed.length = 0
  const viewers = ['ada', 'bob', 'cleo'].map((user) => createViewer({ 'x-user': user }))
  const replies: Reply[] = []
  for (const viewer of viewers) replies.push(await viewer.ask(app))
  t.same(signed.toSorted(), [
    'cloudfront for all',
    'commonAccessToken for all',
    ...viewers.map(() => 'commonAccessToken for one')
  ])
  const values = (name: string) => new Set(replies.map((reply) => valueOf(reply, name))).size
  t.equal(values('CloudFront-Signature'), 1)
  t.equal(values('CTA-Common-Access-Token'), 3)
  t.equal(values('__Host-cdn-access'), 3, 'each has a ticket of its own')
  signed.length = 0
  for (const viewer of viewers) t.equal((await viewer.ask(app)).body['status'], 'fresh')
  t.same(signed, [])
  const stranger = await createViewer().ask(app)
  t.equal(stranger.body['status'], 'issued', 'who has no id is given what all share')
  t.same(signed, [])
})

t.test('ends a ticket where no part carries an id, and keeps the signature that all share', async (t) => {
  const lines: string[] = []
  const app = await startApi(fixedClock(), {
    revocation: { id: ({ headers }) => headers['x-user']?.toString(), store: memoryRevocations() }
  }, {
    logger: {
      level: 'warn',
      stream: {
        write: (line: string) => {
          lines.push(String(JSON.parse(line).msg))
        }
      }
    }
  })
  await app.ready()
  t.same(lines, [
    'fastify-cdn-access: a revocation ends what this API issues, and not what cloudfront let ' +
    'through: cookies of that format have no room for an id, and stay good until they end. Keep ' +
    '"ttl" short, or use a CDN with an edge that asks'
  ])
  const ada = createViewer({ 'x-user': 'ada' })
  const first = await ada.ask(app)
  t.equal((await ada.ask(app)).body['status'], 'fresh')
  await app.cdnAccess.revoke('ada')
  const second = await ada.ask(app)
  t.equal(second.body['status'], 'refreshed')
  t.equal(valueOf(second, 'CloudFront-Signature'), valueOf(first, 'CloudFront-Signature'))
  t.equal((await ada.ask(app)).body['status'], 'fresh')
})

t.test('knows what was revoked while authorize was at work', async (t) => {
  const clock = fixedClock()
  const store = memoryRevocations()
  let asked = 0
  let banned = false
  const app = await startRevocableApi(clock, store, {
    authorize: async () => {
      asked++
      const answer = !banned && [cdnPath`/u/ada/*`]
      if (asked === 1) {
        banned = true
        clock.advance(1)
        await app.cdnAccess.revoke('ada')
        clock.advance(2)
      }
      return answer
    }
  })
  t.match(await createViewer({ 'x-user': 'ada' }).ask(app), { status: 403, setCookie: [] })
  t.equal(asked, 2)
})

t.test('says what is missing, and what is no id', async (t) => {
  const app = await startApi(fixedClock())
  await t.rejects(app.cdnAccess.revoke('ada'), {
    code: 'CDN_ACCESS_REVOCATION_MISSING',
    message: 'revoke() needs the option "revocation", such as { id: (request) => ' +
      'request.user?.id, store: redisRevocations({ client }) }'
  })
  await t.rejects(app.cdnAccess.signUrl('/a', { revocable: 'ada' }), {
    code: 'CDN_ACCESS_REVOCATION_MISSING'
  })
  const odd = await startRevocableApi(fixedClock(), memoryRevocations(), {
    revocation: { id: () => 7 as never, store: memoryRevocations() }
  })
  t.match(await createViewer({ 'x-user': 'ada' }).ask(odd), {
    status: 500,
    body: { code: 'CDN_ACCESS_REVOCATION_ID_INVALID' },
    setCookie: []
  })
})

t.test('names the edge that could not be told', async (t) => {
  const edge: RevocationEdge = { name: 'far', revoke: () => Promise.reject(new TypeError('x')) }
  const app = await startRevocableApi(fixedClock(), memoryRevocations(), {
    revocation: { id: () => 'ada', store: memoryRevocations(), edges: [edge] }
  })
  await t.rejects(app.cdnAccess.revoke('ada'), {
    code: 'CDN_ACCESS_REVOCATION_INCOMPLETE',
    message: /far \(TypeError\)/
  })
})
