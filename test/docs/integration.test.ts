import type { ServerResponse } from 'node:http'
import csrf from '@fastify/csrf-protection'
import onHeaders from 'on-headers'
import t from 'tap'
import { akamai, cdnAccess } from '../../src/index.js'
import { host, start, working } from '../fixtures/server.js'

const own = { host: 'api.example.com' }
const isOurs = (line: string): boolean => /^(?:CloudFront-|__Host-cdn-access)/.test(line)
const linesOf = (lines: unknown): string[] => ([lines ?? []].flat() as string[]).filter(isOurs)

t.test('a CSRF token goes into a header, for the route reads no body', async (t) => {
  const app = await host(t)
  await app.register(csrf)
  await app.register(cdnAccess, working({ route: { onRequest: app.csrfProtection } }))
  app.get('/csrf', async (_request, reply) => ({ token: reply.generateCsrf() }))
  const given = await app.inject('/csrf')
  const { token } = given.json() as { token: string }
  const cookie = String(given.headers['set-cookie']).split(';', 1)[0]!
  for (const method of ['GET', 'POST', 'DELETE'] as const) {
    const ask = async (more: object): Promise<number> =>
      (await app.inject({ method, url: '/cdn-access', ...more })).statusCode
    t.equal(await ask({ headers: { ...own, cookie } }), 403)
    t.equal(
      await ask({ headers: { ...own, cookie, 'csrf-token': token } }),
      method === 'DELETE' ? 204 : 200
    )
    if (method !== 'GET') {
      t.equal(await ask({ headers: { ...own, cookie }, payload: { _csrf: token } }), 403)
    }
  }
})

t.test('an onSend hook does not see the cookies, and what wrapped the head before does', async (t) => {
  const app = await host(t)
  const seen: Record<string, unknown> = {}
  app.addHook('onRequest', async (_request, reply) => {
    onHeaders(reply.raw, function (this: ServerResponse) {
      seen['wrapped before'] = linesOf(this.getHeader('set-cookie')).length
    })
  })
  await app.register(cdnAccess, working())
  app.addHook('onSend', async (_request, reply) => {
    seen['onSend'] = [reply.getHeader('set-cookie'), reply.raw.getHeader('set-cookie')]
  })
  app.get('/late', async (_request, reply) => {
    await reply.issueCdnAccess()
    onHeaders(reply.raw, function (this: ServerResponse) {
      seen['wrapped later'] = linesOf(this.getHeader('set-cookie')).length
    })
    return 'x'
  })
  const { headers } = await app.inject({ url: '/late', headers: own })
  t.equal(linesOf(headers['set-cookie']).length, 6)
  t.strictSame(seen, {
    onSend: [undefined, undefined],
    'wrapped later': 0,
    'wrapped before': 6
  })
})

t.test('an onResponse hook does not see the cookies where nothing else holds the head', async (t) => {
  const app = await host(t)
  await app.register(cdnAccess, working())
  const seen: unknown[] = []
  app.addHook('onResponse', async (_request, reply) => {
    seen.push(reply.getHeader('set-cookie'))
  })
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  const overHttp = await fetch(`${address}/cdn-access`)
  t.equal(linesOf(overHttp.headers.getSetCookie()).length, 6)
  t.strictSame(seen, [undefined])
  await app.inject('/cdn-access')
  t.equal(linesOf(seen[1]).length, 6, 'inject keeps the head on reply.raw')
})

t.test('access can be issued after a hijack, until a head was sent', async (t) => {
  const app = await host(t)
  await app.register(cdnAccess, working())
  const codes: unknown[] = []
  app.get('/raw', async (_request, reply) => {
    reply.hijack()
    await reply.issueCdnAccess()
    reply.raw.writeHead(200, { 'x-own': '1' }).end('x')
    await reply.issueCdnAccess().catch(({ code }: { code: string }) => codes.push(code))
  })
  const { headers } = await app.inject({ url: '/raw', headers: own })
  t.equal(linesOf(headers['set-cookie']).length, 6)
  t.same(codes, ['CDN_ACCESS_REPLY_SENT'])
})

t.test('the cookies of a reply to inject are decoded, its header lines are not', async (t) => {
  const cdn = akamai({ url: 'https://media.example.com', key: 'a'.repeat(64) })
  const app = await start(t, { cdn, authorize: () => ['/a%20b'] })
  const reply = await app.inject({ url: '/cdn-access', headers: own })
  const line = ([reply.headers['set-cookie']].flat() as string[])[0]!
  const raw = line.slice('__token__='.length, line.indexOf(';'))
  t.match(raw, '%')
  t.not(reply.cookies[0]!.value, raw)
})
