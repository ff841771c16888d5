import { pathToFileURL } from 'node:url'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import cookie from '@fastify/cookie'
import Fastify, { type FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import cdnEdge from '../../src/edge/edge.js'
import { cdnAccess, cdnPath } from '../../src/index.js'
import { media } from '../fixtures/site.js'

const folder = pathToFileURL(`${process.cwd()}/examples/node-hls-player/`).href
const { createAccess } = await import(`${folder}access.js`) as {
  createAccess(options: {
    url: string
    headers: Record<string, string>
    onReceipt?: (receipt: { status: string }) => void
  }): { fetch(address: string, more?: Record<string, string>): Promise<Response> }
}

interface Site {
  readonly film: string
  /** Method and status of each request to the API. */
  readonly asked: string[]
  /** The `Cookie` header of each request to the edge. */
  readonly sent: string[]
  /** What the edge answers instead, once. */
  edge: Array<[status: number, location?: string]>
  /** What the API answers instead, for as long as it is there. */
  api: number | undefined
}

async function openServer (t: Test): Promise<{ app: FastifyInstance, url: string }> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const app = Fastify({ serverFactory: (handler) => server.on('request', handler) })
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return { app, url: `http://127.0.0.1:${port}` }
}

async function start (t: Test): Promise<Site & { access: ReturnType<typeof createAccess> }> {
  const [api, edge] = [await openServer(t), await openServer(t)]
  const site: Site = { film: `${edge.url}/a/film`, asked: [], sent: [], edge: [], api: undefined }
  const cdn = media({ url: edge.url })
  edge.app.addHook('onRequest', async ({ headers }, reply) => {
    site.sent.push(headers.cookie ?? '')
    const [status, location] = site.edge.shift() ?? []
    if (location !== undefined) reply.header('location', location)
    return status === undefined ? undefined : reply.code(status).send('')
  })
  await edge.app.register(cdnEdge, { cdn })
  edge.app.get('/*', async ({ headers }) => headers.range ?? 'all')
  await edge.app.ready()
  api.app.addHook('onRequest', async (_request, reply) =>
    site.api === undefined
      ? undefined
      : reply.code(site.api).send({ message: 'not now', retryIn: 0.05 }))
  api.app.addHook('onResponse', async ({ method }, { statusCode }) => {
    site.asked.push(`${method} ${statusCode}`)
  })
  await api.app.register(cookie)
  await api.app.register(cdnAccess, {
    cdn,
    cookie: { domain: false },
    authorize: ({ headers }) => headers.authorization !== undefined && [cdnPath`/a/*`],
    values: () => true
  })
  await api.app.ready()
  const headers = { authorization: 'Bearer ada' }
  return Object.assign(site, { access: createAccess({ url: `${api.url}/cdn-access`, headers }) })
}

t.test('asks once for many files, and sends what it was given', async (t) => {
  const { access, film, asked, sent } = await start(t)
  const replies = await Promise.all(
    Array.from({ length: 5 }, (_, index) => access.fetch(film, { range: `bytes=${index}-` }))
  )
  const texts = await Promise.all(replies.map((reply) => reply.text()))
  t.same(texts, ['bytes=0-', 'bytes=1-', 'bytes=2-', 'bytes=3-', 'bytes=4-'])
  t.same(asked, ['GET 200'])
  t.equal(new Set(sent).size, 1)
  t.match(sent[0], /^CloudFront-Policy=/)
})

t.test('answers a refusal by one new signature, and hands on a second', async (t) => {
  const site = await start(t)
  site.edge = [[403]]
  t.equal((await site.access.fetch(site.film)).status, 200)
  t.same(site.asked, ['GET 200', 'POST 200'])
  t.equal((await site.access.fetch(site.film.replace('/a/', '/b/'))).status, 403)
  t.same(site.asked, ['GET 200', 'POST 200', 'POST 200'])
  t.equal(site.sent.at(-1), '', 'and sends nothing where nothing is for')
})

t.test('follows no redirect with what is for one host', async (t) => {
  const site = await start(t)
  const other = await start(t)
  site.edge = [[302, other.film]]
  t.equal((await site.access.fetch(site.film)).status, 302)
  t.same(other.sent, [])
})

t.test('says why it has no access, and comes back', async (t) => {
  const site = await start(t)
  site.api = 503
  await t.rejects(site.access.fetch(site.film), { message: '503: not now' })
  t.same(site.sent, [])
  site.api = undefined
  t.equal((await site.access.fetch(site.film)).status, 200)
})
