import { execFileSync } from 'node:child_process'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import compress from '@fastify/compress'
import cookie from '@fastify/cookie'
import proxy from '@fastify/http-proxy'
import middie from '@fastify/middie'
import { FastifyOtelInstrumentation } from '@fastify/otel'
import session from '@fastify/session'
import fastifyStatic from '@fastify/static'
import {
  InMemorySpanExporter,
  BasicTracerProvider,
  SimpleSpanProcessor
} from '@opentelemetry/sdk-trace-base'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import t, { type Test } from 'tap'
import { cdnAccess } from '../../src/index.js'
import { apart } from '../fixtures/apart.js'
import { host, working } from '../fixtures/server.js'

const names = (lines: string | string[] | undefined): string[] =>
  [lines ?? []].flat().map((line) => line.split('=')[0]!)
const ours = (lines: string | string[] | undefined): string[] =>
  names(lines).filter((name) => /^(?:CloudFront-|__Host-)/.test(name))
const own = { host: 'api.example.com' }

/** Issues on every route but where a query says otherwise, before the handler. */
async function issueFirst (request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (!request.url.includes('?none')) await reply.issueCdnAccess()
}

t.test('stands beside a session that another plugin saves', async (t) => {
  const app = await host(t)
  await app.register(session, { secret: 's'.repeat(32), cookie: { secure: false } })
  await app.register(cdnAccess, working())
  app.get('/login', async (request, reply) => {
    request.session.set('user' as never, 'ada' as never)
    return reply.issueCdnAccess()
  })
  const { headers } = await app.inject({ url: '/login', headers: own })
  t.same(names(headers['set-cookie']).filter((name) => name === 'sessionId'), ['sessionId'])
  t.equal(ours(headers['set-cookie']).length, 6)
})

t.test('keeps the cookies that a middleware sets on the raw response', async (t) => {
  const app = await host(t)
  await app.register(middie)
  app.use((_request: IncomingMessage, response: ServerResponse, next: () => void) => {
    response.setHeader('Set-Cookie', ['first=1; Path=/', 'second=1; Path=/'])
    response.setHeader('CDN-Cache-Control', 'max-age=600')
    next()
  })
  await app.register(cdnAccess, working({ refreshOnRequest: true }))
  app.get('/own', async (_request, reply) => reply.setCookie('third', '1').send('x'))
  for (const [method, lines] of [['GET', 6], ['DELETE', 6]] as const) {
    const { headers } = await app.inject({ method, url: '/cdn-access', headers: own })
    t.same(names(headers['set-cookie']).slice(0, 2), ['first', 'second'], method)
    t.equal(ours(headers['set-cookie']).length, lines, method)
    t.notOk('cdn-cache-control' in headers, method)
  }
  const { headers } = await app.inject({ url: '/own', headers: own })
  t.equal(headers['cdn-cache-control'], 'max-age=600', 'on a reply of the host\'s nothing changes')
})

t.test('works with files, whole, by range, not modified and missing', async (t) => {
  const root = t.testdir({ 'film.mp4': 'x'.repeat(1000) })
  const app = await host(t)
  await app.register(cdnAccess, working())
  await app.register(fastifyStatic, { root, serve: false, maxAge: '1h' })
  app.get('/film', { onRequest: issueFirst }, async (_request, reply) => reply.sendFile('film.mp4'))
  app.get('/none', { onRequest: issueFirst }, async (_request, reply) => reply.sendFile('none.mp4'))
  const whole = await app.inject({ url: '/film', headers: own })
  t.match(whole, {
    statusCode: 200,
    headers: { 'cache-control': 'private, no-store', 'content-length': '1000' }
  })
  t.equal(ours(whole.headers['set-cookie']).length, 6)
  const part = await app.inject({ url: '/film', headers: { ...own, range: 'bytes=0-9' } })
  t.match(part, { statusCode: 206, body: 'xxxxxxxxxx' })
  t.equal(ours(part.headers['set-cookie']).length, 6)
  const etag = String(whole.headers.etag)
  const same = await app.inject({ url: '/film', headers: { ...own, 'if-none-match': etag } })
  t.equal(same.statusCode, 304)
  t.equal(ours(same.headers['set-cookie']).length, 6)
  const missing = await app.inject({ url: '/none', headers: own })
  t.equal(missing.statusCode, 404)
  t.same(ours(missing.headers['set-cookie']), [])
  const untouched = await app.inject({ url: '/film?none', headers: own })
  t.equal(untouched.headers['cache-control'], 'public, max-age=3600')
})

t.test('works with replies that are compressed', async (t) => {
  const app = await host(t)
  await app.register(compress, { threshold: 0 })
  await app.register(cdnAccess, working())
  const headers = { ...own, 'accept-encoding': 'gzip' }
  const receipt = await app.inject({ url: '/cdn-access', headers })
  t.match(receipt.headers, { 'content-encoding': 'gzip', 'cache-control': 'private, no-store' })
  t.equal(ours(receipt.headers['set-cookie']).length, 6)
})

t.test('works in front of another server', async (t) => {
  const upstream = createServer((request, response) => {
    response.writeHead(request.url === '/fails' ? 502 : 200, {
      'set-cookie': ['up=1', 'stream=1'],
      'cache-control': 'public, max-age=60'
    })
    response.end('from upstream')
  })
  await new Promise<void>((resolve) => {
    upstream.listen(0, '127.0.0.1', resolve)
  })
  t.teardown(() => upstream.close())
  const app = await host(t)
  await app.register(cdnAccess, working())
  const { port } = upstream.address() as AddressInfo
  await app.register(proxy, { upstream: `http://127.0.0.1:${port}`, preHandler: issueFirst })
  const good = await app.inject({ url: '/film', headers: own })
  t.match(good, {
    statusCode: 200,
    body: 'from upstream',
    headers: { 'cache-control': 'private, no-store' }
  })
  t.same(names(good.headers['set-cookie']).slice(0, 2), ['up', 'stream'])
  t.equal(ours(good.headers['set-cookie']).length, 6)
  for (const url of ['/fails', '/film?none']) {
    const { headers } = await app.inject({ url, headers: own })
    t.match(headers, { 'cache-control': 'public, max-age=60', 'set-cookie': ['up=1', 'stream=1'] })
  }
})

t.test('is traced by OpenTelemetry like any other route', async (t) => {
  const exporter = new InMemorySpanExporter()
  const otel = new FastifyOtelInstrumentation({ enabled: true })
  otel.setTracerProvider(
    new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  )
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(otel.plugin())
  await app.register(cookie)
  await app.register(cdnAccess, working({ refreshOnRequest: true }))
  const reply = await app.inject({ url: '/cdn-access', headers: own })
  t.equal(reply.statusCode, 200)
  t.equal(ours(reply.headers['set-cookie']).length, 6)
  t.ok(
    exporter.getFinishedSpans().some(({ attributes }) => attributes['http.route'] === '/cdn-access')
  )
})

/** Asks a real HTTP/2 socket without TLS. */
async function askHttp2 (
  t: Test,
  app: FastifyInstance,
  path: string,
  method = 'GET'
): Promise<Record<string, unknown>> {
  const client = connect(
    await app.listen({ port: 0, host: '127.0.0.1' }).catch(() => addressOf(app))
  )
  t.teardown(() => client.close())
  return new Promise((resolve, reject) => {
    const stream = client.request({
      ':path': path,
      ':method': method,
      ':authority': 'api.example.com'
    })
    stream.on('response', (headers) => {
      resolve(headers)
    }).on('error', reject).resume().end()
  })
}

function addressOf (app: FastifyInstance): string {
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
}

t.test('works over HTTP/2', async (t) => {
  const app = Fastify({ http2: true }) as unknown as FastifyInstance
  t.teardown(() => app.close())
  await app.register(cookie)
  await app.register(cdnAccess, working())
  app.get('/stream', async (_request, reply) => {
    await reply.issueCdnAccess()
    return reply.header('set-cookie', 'host=1').header('expires', '0').send(Readable.from(['x']))
  })
  app.get('/hijacked', async (_request, reply) => {
    reply.hijack()
    await reply.issueCdnAccess()
    reply.raw.setHeader('set-cookie', 'raw=1')
    reply.raw.writeHead(201, { 'X-Own': '1' })
    reply.raw.end('x')
  })
  app.get('/fails', async (_request, reply) => {
    await reply.issueCdnAccess()
    throw new Error('late')
  })
  app.get('/own', async () => 'x')
  const issued = await askHttp2(t, app, '/cdn-access')
  t.match(issued, { ':status': 200, 'cache-control': 'private, no-store' })
  t.equal(ours(issued['set-cookie'] as string[]).length, 6)
  const streamed = await askHttp2(t, app, '/stream')
  t.equal(names(streamed['set-cookie'] as string[])[0], 'host')
  t.equal(ours(streamed['set-cookie'] as string[]).length, 6)
  t.notOk('expires' in streamed)
  const hijacked = await askHttp2(t, app, '/hijacked')
  t.match(hijacked, { ':status': 201, 'x-own': '1' })
  t.equal(names(hijacked['set-cookie'] as string[]).length, 7)
  t.match(await askHttp2(t, app, '/fails'), { ':status': 500, 'set-cookie': undefined })
  t.equal((await askHttp2(t, app, '/cdn-access', 'DELETE'))[':status'], 204)
  t.notOk('set-cookie' in await askHttp2(t, app, '/own'))
})

t.test('works where OpenTelemetry wraps the server itself', async (t) => {
  const output = execFileSync(
    ...apart(
      process.execPath,
      '--input-type=module',
      '--eval',
      `
    import { createRequire } from 'node:module'
    import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
    import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
    const exporter = new InMemorySpanExporter()
    const instrumentation = new HttpInstrumentation()
    instrumentation.setTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }))
    instrumentation.enable()
    const require = createRequire(import.meta.url)
    require('http')
    const app = require('fastify')()
    await app.register(require('@fastify/cookie'))
    const { default: cdnAccess, akamai } = await import('fastify-cdn-access')
    await app.register(cdnAccess, { cdn: akamai({ url: 'https://media.example.com', key: 'a'.repeat(64) }), cookie: { domain: 'example.com' }, authorize: () => true })
    const address = await app.listen({ port: 0, host: '127.0.0.1' })
    const reply = await fetch(address + '/cdn-access')
    await reply.text()
    console.log(reply.status, reply.headers.getSetCookie().length, exporter.getFinishedSpans().length > 0)
    process.exit()
  `
    ),
    { encoding: 'utf8' }
  )
  t.equal(output.trim(), '200 2 true')
})
