import cookie from '@fastify/cookie'
import Fastify, { type FastifyServerOptions } from 'fastify'
import t from 'tap'
import cdnAccess from '../src/index.js'
import { createViewer, fixedClock, media, startApi } from './fixtures/site.js'

const options = { cdn: media(), cookie: { domain: 'example.com' }, authorize: () => true as const }

/** Options of a server whose log is kept. */
function logTo (lines: string[], level: string): FastifyServerOptions {
  const write = (line: string): void => {
    lines.push(line)
  }
  return { logger: { level, stream: { write } } }
}

t.test('asks for @fastify/cookie by name', async (t) => {
  await t.rejects(async () => {
    await Fastify().register(cdnAccess, options).ready()
  }, /dependency '@fastify\/cookie' of plugin 'fastify-cdn-access' is not registered/)
})

t.test('leaves a host free to register @fastify/cookie with its own options', async (t) => {
  const app = Fastify()
  await app.register(cookie, {
    secret: 'a secret of the host',
    hook: false,
    parseOptions: {
      path: '/host',
      signed: true,
      domain: 'host.example.com',
      decode: () => 'decoded'
    } as never
  })
  await app.register(cdnAccess, { ...options, now: fixedClock().now })
  const viewer = createViewer()
  const { setCookie } = await viewer.ask(app)
  t.match(setCookie[0], 'Domain=example.com; Path=/; HttpOnly; Secure; SameSite=Lax')
  t.match(
    setCookie.at(-1),
    /^__Host-cdn-access=[^;.]+\.[^;]+; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/
  )
  t.equal((await viewer.ask(app)).body.status, 'fresh')
})

t.test('warns of a ttl that is shorter than clocks are exact', async (t) => {
  for (const [ttl, count] of [[59, 1], [60, 0]] as const) {
    const lines: string[] = []
    await startApi(fixedClock(), { ttl }, logTo(lines, 'warn'))
    t.equal(lines.filter((line) => line.includes(`a ttl of ${ttl} s is shorter`)).length, count)
  }
})

t.test('works in a scope, under a prefix, with route options of its own', async (t) => {
  const app = Fastify()
  await app.register(cookie)
  await app.register(async (scope) => {
    await scope.register(cdnAccess, { ...options, prefix: '/v1' })
  }, { prefix: '/api' })
  t.equal((await app.inject('/api/v1/cdn-access')).statusCode, 200)
  t.equal((await app.inject('/cdn-access')).statusCode, 404)
})

t.test('passes Fastify\'s log options on to its route', async (t) => {
  const lines: string[] = []
  const app = Fastify(logTo(lines, 'info'))
  await app.register(cookie)
  await app.register(
    cdnAccess,
    { ...options, logLevel: 'error', logSerializers: { own: () => 'x' } } as never
  )
  await app.inject({ url: '/cdn-access', headers: { host: 'api.example.com' } })
  t.same(lines, [])
})

t.test('asks whether a bare ttl of hours is milliseconds', async (t) => {
  for (
    const [ttl, count] of [[60_000, 1], [10_000, 1], [7200, 0], [10_800, 0], ['12h', 0]] as const
  ) {
    const lines: string[] = []
    const stream = { write: (line: string) => lines.push(line) }
    await startApi(fixedClock(), { ttl }, { logger: { level: 'warn', stream } })
    t.equal(lines.filter((line) => line.includes('divide by 1000')).length, count, String(ttl))
  }
})
