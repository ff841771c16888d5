import { generateKeyPairSync } from 'node:crypto'
import cookie from '@fastify/cookie'
import Fastify from 'fastify'
import cdnAccess, { cdnPath, cloudfront } from 'fastify-cdn-access'
import cdnEdge from 'fastify-cdn-access/edge'

const { PORT = '3000', EDGE_PORT = '3001' } = process.env
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const cdn = cloudfront({
  url: `http://localhost:${EDGE_PORT}`,
  keyPairId: 'KDEMO',
  privateKey
})

const api = Fastify()
await api.register(cookie)
await api.register(cdnAccess, {
  cdn,
  cookie: { domain: false },
  authorize: () => [cdnPath`/courses/${42}/*`]
})

// In production this is the CDN.
const edge = Fastify()
await edge.register(cdnEdge, { cdn, explain: true })
edge.get('/*', async ({ url }) => `the file ${url}\n`)

await edge.listen({ port: Number(EDGE_PORT) })
await api.listen({ port: Number(PORT) })
console.log(`Access: curl -c jar http://localhost:${PORT}/cdn-access`)
console.log(`A file: curl -b jar http://localhost:${EDGE_PORT}/courses/42/a.txt`)
console.log(`Another: curl -b jar http://localhost:${EDGE_PORT}/courses/43/a.txt`)
