import t from 'tap'
import { generateKeyPairSync } from 'node:crypto'
import cookie from '@fastify/cookie'
import Fastify from 'fastify'
import cdnAccess, { cdnPath, cloudfront } from '../src/index.js'
import cdnEdge from '../src/edge/index.js'

t.test('x', async (t) => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  let time = 1_700_000_000_000
  const app = Fastify({ logger: { level: 'warn' } })
  await app.register(cookie)
  await app.register(cdnAccess, {
    cdn: cloudfront({ url: 'https://media.example.com', keyPairId: 'K1', privateKey }),
    cookie: { domain: 'example.com' },
    authorize: async (request) => request.headers['x-user'] !== undefined && [cdnPath`/u/${String(request.headers['x-user'])}/*`],
    now: () => time
  })
  const edge = Fastify()
  await edge.register(cdnEdge, { cdn: cloudfront({ url: 'https://media.example.com', keys: [{ keyPairId: 'K1', publicKey }] }), explain: true, now: () => time })
  edge.get('/*', async () => 'ok')
  const r = await app.inject({ url: '/cdn-access', headers: { 'x-user': 'a' } })
  console.error(r.statusCode, r.headers, r.body)
  const jar = r.cookies.map((c) => `${c.name}=${c.value}`).join('; ')
  const p = await edge.inject({ url: '/u/a/x.png', headers: { cookie: jar } })
  console.error(p.statusCode, p.body)
  console.error((await edge.inject({ url: '/u/b/x.png', headers: { cookie: jar } })).body)
  const r2 = await app.inject({ url: '/cdn-access', headers: { 'x-user': 'a', cookie: jar } })
  console.error(r2.statusCode, r2.headers, r2.body)
  time += 500_000
  const r3 = await app.inject({ url: '/cdn-access', headers: { 'x-user': 'a', cookie: jar } })
  console.error(r3.statusCode, r3.headers, r3.body)
  const r4 = await app.inject({ url: '/cdn-access', headers: { cookie: jar } })
  console.error(r4.statusCode, r4.headers, r4.body)
  const r5 = await app.inject({ method: 'DELETE', url: '/cdn-access', headers: { cookie: jar, 'content-type': 'x/y' }, payload: 'abc' })
  console.error(r5.statusCode, r5.headers, r5.body)
  t.ok(1)
})
