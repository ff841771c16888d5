import { generateKeyPairSync, randomBytes } from 'node:crypto'
import cookie from '@fastify/cookie'
import Fastify from 'fastify'
import cdnAccess, { cdnPath, cloudfront, googleCloudCdn } from 'fastify-cdn-access'
import cdnEdge from 'fastify-cdn-access/edge'

const { PORT = '3000', FILMS_PORT = '3001', PICTURES_PORT = '3002' } = process.env
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const films = cloudfront({
  name: 'films',
  url: `http://localhost:${FILMS_PORT}`,
  keyPairId: 'KDEMO',
  privateKey
})
const pictures = googleCloudCdn({
  name: 'pictures',
  url: `http://localhost:${PICTURES_PORT}`,
  keyName: 'demo',
  key: randomBytes(16).toString('base64url'),
  // As together with an origin that refuses what is not signed. The CDN alone lets it pass.
  requireSignature: true
})

const api = Fastify()
await api.register(cookie)
await api.register(cdnAccess, {
  cdn: [films, pictures],
  cookie: { domain: false },
  // A path that names no CDN is granted at both.
  authorize: () => [
    { path: cdnPath`/courses/${42}/*`, cdn: 'films' },
    { path: cdnPath`/covers/*`, cdn: 'pictures' }
  ]
})
api.get(
  '/download',
  async (_request, reply) =>
    reply.redirect(await api.cdnAccess.signUrl('/courses/42/film.mp4', { cdn: 'films' }))
)

for (const [cdn, port] of /** @type {const} */ ([[films, FILMS_PORT], [pictures, PICTURES_PORT]])) {
  const edge = Fastify()
  await edge.register(cdnEdge, { cdn, explain: true })
  edge.get('/*', async ({ url }) => `${cdn.name}: ${url.split('?')[0]}\n`)
  await edge.listen({ port: Number(port) })
}
await api.listen({ port: Number(PORT) })
console.log(`Access: curl -c jar http://localhost:${PORT}/cdn-access`)
console.log(`A film: curl -b jar ${films.url}/courses/42/film.mp4`)
console.log(`A picture: curl -b jar ${pictures.url}/covers/42.png`)
console.log(`Without cookies: curl -L http://localhost:${PORT}/download`)
