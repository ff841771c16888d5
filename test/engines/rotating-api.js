/**
 * A server process whose keys are in a file that changes: `node rotating-api.js PORT CDN-URL FILE`.
 * It loads the package as its users do.
 */
import cookie from '@fastify/cookie'
import Fastify from 'fastify'
import cdnAccess, { cdnPath, nginx } from 'fastify-cdn-access'

const [port, url, file] = process.argv.slice(2)
const app = Fastify({ logger: { level: 'info' } })
await app.register(cookie)
await app.register(cdnAccess, {
  // Watching has to do it alone: no load comes of the interval.
  cdn: nginx({ url, scope: '/v/:id/', keys: { file, every: '1h', settle: '1s' } }),
  cookie: { domain: false },
  authorize: () => [cdnPath`/v/1/*`],
  env: false
})
app.get('/keys', async () => app.cdnAccess.keys())
await app.listen({ host: '127.0.0.1', port: Number(port) })
