import { generateKeyPairSync } from 'node:crypto'
import { cloudfront } from 'fastify-cdn-access'
import { buildApi } from './api.js'
import { buildEdge } from './edge.js'

const { PORT = '3000', EDGE_PORT = '3001' } = process.env
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const cdn = cloudfront({
  url: `http://localhost:${EDGE_PORT}`,
  keyPairId: 'KDEMO',
  privateKey
})

const edge = await buildEdge({ cdn, page: `http://localhost:${PORT}` })
await edge.listen({ port: Number(EDGE_PORT) })
const api = await buildApi({ cdn })
await api.listen({ port: Number(PORT) })
console.log(`Open http://localhost:${PORT}`)
