import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { cloudfront, type Cdn } from '../../src/index.js'
import { createViewer, fixedClock, keys, mediaUrl, startApi } from '../fixtures/site.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    plan?: string
  }
}

const ada = { 'x-user': 'ada', host: 'api.example.com' }

t.test('answers GET, POST and DELETE, and nothing else', async (t) => {
  const app = await startApi(fixedClock())
  for (
    const [method, status] of [['GET', 200], ['POST', 200], ['DELETE', 204], ['HEAD', 404], [
      'PUT',
      404
    ], ['PATCH', 404]] as const
  ) {
    t.equal(
      (await app.inject({ method, url: '/cdn-access', headers: ada })).statusCode,
      status,
      method
    )
  }
})

t.test('answers with a receipt that holds no path', async (t) => {
  const { body } = await createViewer(ada).ask(await startApi(fixedClock()))
  t.same(Object.keys(body), ['status', 'expiresIn', 'refreshIn', 'expiresAt'])
})

t.test('ignores bodies, whatever their type', async (t) => {
  const app = await startApi(fixedClock())
  const bodies = [
    ['application/json', '{"broken'],
    ['text/csv', 'a,b'],
    ['not a type', 'x'],
    ['multipart/form-data', ''],
    ['application/json', ''],
    ['application/json', 'x'.repeat(1_100_000)]
  ]
  for (const [type, payload] of bodies) {
    for (const [method, status] of [['POST', 200], ['DELETE', 204]] as const) {
      t.equal(
        (await app.inject({
          method,
          url: '/cdn-access',
          headers: { ...ada, 'content-type': type! },
          payload: payload!
        })).statusCode,
        status,
        `${method} ${type}`
      )
    }
  }
})

t.test('ignores a body over a real socket and answers the next request on it', async (t) => {
  const app = await startApi(fixedClock())
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  t.teardown(() => app.close())
  const chunks = new ReadableStream({
    start (controller) {
      controller.enqueue(new TextEncoder().encode('a'.repeat(100_000)))
      controller.close()
    }
  })
  const posted = await fetch(`${address}/cdn-access`, {
    method: 'POST',
    headers: { 'x-user': 'ada', 'content-type': 'text/odd' },
    body: chunks,
    duplex: 'half'
  })
  t.equal(posted.status, 200)
  t.match(await posted.json(), { status: 'issued' })
  t.equal((await fetch(`${address}/cdn-access`, { headers: { 'x-user': 'ada' } })).status, 200)
})

t.test('lives in the scope of the host: its hooks apply, even those that come later', async (t) => {
  const app = await startApi(fixedClock())
  app.addHook('onRequest', async (request) => {
    if (request.headers['x-user'] === 'mallory') {
      throw Object.assign(new Error('who are you'), { statusCode: 401 })
    }
  })
  const reply = await createViewer({ 'x-user': 'mallory' }).ask(app)
  t.match(reply, { status: 401, headers: { 'cache-control': 'private, no-store' }, setCookie: [] })
})

t.test('takes route options: an address, hooks, config, tags', async (t) => {
  const seen: unknown[] = []
  const routes: Array<{ url: string, method: string | string[], schema?: unknown }> = []
  const app = await startApi(
    fixedClock(),
    {
      route: {
        url: '/media-access',
        config: { plan: 'gold' },
        onRequest: async (request) => {
          seen.push((request.routeOptions.config as { plan?: string }).plan)
        },
        onSend: [async (_request, reply) => {
          reply.header('x-route', '1')
        }],
        preParsing: async () => {
          seen.push('preParsing')
        },
        schema: { tags: ['media'] }
      }
    },
    {},
    (own: FastifyInstance) =>
      own.addHook('onRoute', (route) => {
        routes.push(route)
      })
  )
  t.match((await createViewer(ada).ask(app, 'GET', '/media-access')).headers, {
    'x-route': '1',
    'cache-control': 'private, no-store'
  })
  t.same(seen, ['gold', 'preParsing'])
  t.same(routes.map(({ method, url }) => `${String(method)} ${url}`), [
    'GET /media-access',
    'POST /media-access',
    'DELETE /media-access'
  ])
  t.match(routes[0]!.schema, {
    tags: ['media'],
    response: { 200: { required: ['status', 'expiresIn', 'refreshIn', 'expiresAt'] } }
  })
})

t.test('keeps its own compilers where the host has others', async (t) => {
  const app = await startApi(fixedClock(), {}, {}, (own) => {
    own.setValidatorCompiler(() => {
      throw new Error('the host validates with something else')
    })
    own.setSerializerCompiler(() => {
      throw new Error('the host serializes with something else')
    })
  })
  t.match(await createViewer(ada).ask(app), { status: 200, body: { status: 'issued' } })
  t.match(await createViewer().ask(app), {
    status: 403,
    body: {
      statusCode: 403,
      code: 'CDN_ACCESS_DENIED',
      error: 'Forbidden',
      message: 'Access denied'
    }
  })
})

t.test('leaves an error handler of the host its own words', async (t) => {
  const app = await startApi(fixedClock(), {}, {}, (own) => {
    own.setErrorHandler(async (error: Error & { code?: string }, _request, reply) =>
      reply.code(403).send({ mine: error.code })
    )
  })
  t.same((await createViewer().ask(app)).body, { mine: 'CDN_ACCESS_DENIED' })
})

t.test('logs a denial in a line, without the places that the code came through', async (t) => {
  const lines: string[] = []
  const stream = { write: (line: string) => void lines.push(line) }
  const app = await startApi(fixedClock(), {}, { logger: { stream } })
  await createViewer().ask(app)
  const errors = lines.map((line) => JSON.parse(line).err?.stack).filter(Boolean)
  t.same(errors, ['FastifyError [CDN_ACCESS_DENIED]: Access denied'])
})

t.test('answers 503 with Retry-After while there is no key, and recovers by itself', async (t) => {
  let works = false
  const load = async (): Promise<unknown> => {
    if (!works) throw new Error('the store is down')
    return { keyPairId: 'KONE', privateKey: keys.privateKey }
  }
  const cdn = cloudfront({ url: mediaUrl, keys: { load, every: '1s' } } as never) as Cdn
  const app = await startApi(fixedClock(), { cdn })
  t.teardown(() => app.close())
  const viewer = createViewer(ada)
  const refused = await viewer.ask(app)
  t.match(refused, {
    status: 503,
    body: { code: 'CDN_ACCESS_KEY_UNAVAILABLE', retryIn: 1 },
    headers: { 'retry-after': '1', 'cache-control': 'private, no-store' },
    setCookie: []
  })

  works = true
  while ((await viewer.ask(app)).status === 503) {
    await new Promise((resolve) => {
      setTimeout(resolve, 50)
    })
  }
  t.match(await viewer.ask(app), { status: 200, body: { status: /^fresh$/ } })
  works = false
  await t.rejects(app.cdnAccess.reloadKeys(), { code: 'CDN_ACCESS_KEY_LOAD_FAILED' })
  t.match(await createViewer({ 'x-user': 'bob' }).ask(app), {
    status: 200,
    body: { status: 'issued' }
  }, 'the last good keys stay')
})

t.test('is not there where it is turned off', async (t) => {
  const app = await startApi(fixedClock(), { route: false })
  t.equal((await createViewer(ada).ask(app)).status, 404)
})

t.test('answers with its receipt, whatever the host does with payloads', async (t) => {
  const app = await startApi(fixedClock(), {}, {}, (own) => {
    own.addHook('preSerialization', async (_request, _reply, payload) => ({ data: payload }))
    own.setReplySerializer((payload) => JSON.stringify({ wrapped: payload }))
    own.addHook('onRequest', async (_request, reply) => {
      reply.serializer((payload: unknown) => JSON.stringify({ own: payload }))
    })
  })
  for (const method of ['GET', 'POST'] as const) {
    const { body, headers } = await createViewer(ada).ask(app, method)
    t.same(Object.keys(body), ['status', 'expiresIn', 'refreshIn', 'expiresAt'], method)
    t.equal(headers['content-type'], 'application/json; charset=utf-8')
  }
})
