import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { cdnPath } from '../../src/index.js'
import { createViewer, fixedClock, startApi, type Clock, type Viewer } from '../fixtures/site.js'

const denied = Object.assign(new Error('no'), { statusCode: 403 })

/** An API with a viewer whose access is due. */
async function due (
  answer: () => unknown,
  log: string[] = []
): Promise<{ app: FastifyInstance, viewer: Viewer, clock: Clock }> {
  const clock = fixedClock()
  const app = await startApi(
    clock,
    { refreshOnRequest: true, authorize: () => answer() as never },
    {
      logger: {
        level: 'warn',
        stream: {
          write: (line: string) => {
            log.push(line)
          }
        }
      }
    }
  )
  app.get('/data', async () => ({ ok: true }))
  app.get(
    '/cached',
    async (_request, reply) => reply.header('cache-control', 'public, max-age=60').send('x')
  )
  app.get(
    '/expires',
    async (_request, reply) => reply.header('expires', 'Thu, 01 Jan 2026 00:10:00 GMT').send('x')
  )
  app.get(
    '/private',
    async (_request, reply) => reply.header('cache-control', 'private, max-age=60').send('x')
  )
  app.get('/fails', async () => {
    throw new Error('failed')
  })
  app.get('/clears', async (_request, reply) => reply.clearCdnAccess().send('x'))
  const viewer = createViewer()
  await viewer.ask(app)
  return { app, viewer, clock }
}

t.test('renews access that is due on a reply that succeeds and is not cacheable', async (t) => {
  const { app, viewer, clock } = await due(() => [cdnPath`/a/*`])
  t.same((await viewer.ask(app, 'GET', '/data')).setCookie, [], 'not before it is due')
  clock.advance(450)
  for (const url of ['/cached', '/expires', '/fails']) {
    t.same((await viewer.ask(app, 'GET', url)).setCookie, [], url)
  }
  const reply = await viewer.ask(app, 'GET', '/data')
  t.match(reply, {
    status: 200,
    body: { ok: true },
    headers: { 'cache-control': 'private, no-store' }
  })
  t.equal(reply.setCookie.length, 6)
  t.same((await viewer.ask(app, 'GET', '/data')).setCookie, [], 'and then it is not due any more')
  t.match(app.cdnAccess.stats(), { issued: 1, refreshed: 1 })
  clock.advance(450)
  t.equal((await viewer.ask(app, 'GET', '/private')).setCookie.length, 6)
})

t.test('leaves who holds nothing, or nothing any more, without', async (t) => {
  const { app, viewer, clock } = await due(() => [cdnPath`/a/*`])
  t.same((await createViewer().ask(app, 'GET', '/data')).setCookie, [])
  clock.advance(600)
  t.same((await viewer.ask(app, 'GET', '/data')).setCookie, [])
})

t.test('leaves what the handler staged', async (t) => {
  const { app, viewer, clock } = await due(() => [cdnPath`/a/*`])
  clock.advance(450)
  const { setCookie } = await viewer.ask(app, 'GET', '/clears')
  t.ok(setCookie.length > 0 && setCookie.every((line) => line.includes('Max-Age=0')))
})

t.test('never denies, never clears, and only logs a failure', async (t) => {
  let answer: () => unknown = () => [cdnPath`/a/*`]
  const log: string[] = []
  const { app, viewer, clock } = await due(() => answer(), log)
  log.length = 0
  clock.advance(450)
  for (
    const [now, lines] of [
      [() => false, 0],
      [() => {
        throw denied
      }, 0],
      [() => 7, 1],
      [() => {
        throw null
      }, 2]
    ] as const
  ) {
    answer = now
    t.match(await viewer.ask(app, 'GET', '/data'), {
      status: 200,
      body: { ok: true },
      setCookie: []
    })
    t.equal(log.length, lines)
  }
  t.match(JSON.parse(log[0]!), {
    level: 40,
    reason: 'CDN_ACCESS_GRANT_INVALID',
    msg: 'fastify-cdn-access: access could not be renewed on this request'
  })
})

t.test('lets a reply out as it is where the clock fails', async (t) => {
  const log: string[] = []
  let broken = false
  const clock = fixedClock()
  const logger = {
    level: 'warn',
    stream: {
      write: (line: string) => {
        log.push(line)
      }
    }
  }
  const now = (): number => broken ? Number.NaN : clock.now()
  const app = await startApi(clock, { refreshOnRequest: true, authorize: () => true, now }, {
    logger
  })
  app.get('/data', async () => ({ ok: true }))
  const viewer = createViewer()
  await viewer.ask(app)
  log.length = 0
  broken = true
  t.match(await viewer.ask(app, 'GET', '/data'), { status: 200, body: { ok: true }, setCookie: [] })
  t.match(log.map((line) => JSON.parse(line)), [{ reason: 'CDN_ACCESS_CLOCK_INVALID' }])
  t.match(await viewer.ask(app), {
    status: 500,
    body: { code: 'CDN_ACCESS_CLOCK_INVALID' },
    setCookie: []
  }, 'the route says so, and takes nothing away')
})

t.test('answers as the host does where a stream fails while access is renewed', async (t) => {
  const clock = fixedClock()
  let wait = Promise.resolve()
  const app = await startApi(clock, {
    refreshOnRequest: true,
    authorize: async () => {
      await wait
      return true
    }
  })
  app.get('/file', (_request, reply) => reply.send(createReadStream('/nowhere')))
  app.get('/good', (_request, reply) => reply.send(Readable.from(['good'])))
  const viewer = createViewer()
  await viewer.ask(app)
  clock.advance(500)
  wait = new Promise((resolve) => {
    setTimeout(resolve, 20)
  })
  t.match(await viewer.ask(app, 'GET', '/file'), { status: 500, setCookie: [] })
  const good = await viewer.ask(app, 'GET', '/good')
  t.match(good, { status: 200, body: { text: 'good' } })
  t.equal(good.setCookie.length, 6)
})
