import { generateKeyPairSync } from 'node:crypto'
import cookie from '@fastify/cookie'
import Fastify from 'fastify'
import cdnAccess, { cloudfront } from 'fastify-cdn-access'
import t from 'tap'
import { startNginx } from './nginx.js'

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const names = ['a', 'b', 'c', 'd', 'e']

await t.test('nginx before the API answers 502 to large cookies, until its buffer is larger', async (t) => {
  for (const [folders, setting, status] of [[5, '', 502], [5, '16k', 200], [1, '', 200]] as const) {
    const app = Fastify()
    t.teardown(() => app.close())
    await app.register(cookie)
    await app.register(cdnAccess, {
      cdn: cloudfront({ url: 'https://media.example.com', keyPairId: 'K1', privateKey }),
      cookie: { domain: 'example.com' },
      authorize: () => true,
      paths: names.slice(0, folders).map((name) => `/${name}/*`)
    })
    const api = await app.listen({ host: '127.0.0.1', port: 0 })
    const size = setting === ''
      ? ''
      : `proxy_buffer_size ${setting}; proxy_busy_buffers_size ${setting};`
    const { url } = await startNginx(t, { server: `location / { proxy_pass ${api}; ${size} }` })
    const reply = await fetch(`${url}/cdn-access`)
    t.equal(
      reply.status,
      status,
      `${folders} folders with ${setting === '' ? 'defaults' : setting}`
    )
  }
})
