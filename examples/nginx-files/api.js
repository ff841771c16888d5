import cookie from '@fastify/cookie'
import Fastify from 'fastify'
import cdnAccess, { cdnPath, nginx } from 'fastify-cdn-access'

const { HOST = 'localhost', PORT = '3000', MEDIA_URL, NGINX_SECRET } = process.env
if (MEDIA_URL === undefined || NGINX_SECRET === undefined) {
  throw new Error('Set MEDIA_URL and NGINX_SECRET, or run npm start, which does.')
}

const app = Fastify()
await app.register(cookie)
await app.register(cdnAccess, {
  cdn: nginx({ url: MEDIA_URL, secret: NGINX_SECRET, scope: '/v/:id/' }),
  cookie: { domain: false },
  authorize: () => [cdnPath`/v/${42}/*`]
})
await app.listen({ host: HOST, port: Number(PORT) })
console.log(`Access: curl -c jar http://localhost:${PORT}/cdn-access`)
console.log(`A file: curl -b jar ${MEDIA_URL}/v/42/notes.txt`)
console.log(`Another: curl -b jar ${MEDIA_URL}/v/43/notes.txt`)
