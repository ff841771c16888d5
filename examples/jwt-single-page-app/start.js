import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { cloudfront } from 'fastify-cdn-access'
import { buildApi } from './api.js'
import { buildApp } from './app.js'
import { buildEdge } from './edge.js'

// Browsers take every name below .localhost for this machine.
const domain = 'school.localhost'
const { PORT = '3000', API_PORT = '3001', EDGE_PORT = '3002' } = process.env
const { JWT_SECRET: secret = randomBytes(32).toString('hex') } = process.env
const page = `http://app.${domain}:${PORT}`
const api = `http://api.${domain}:${API_PORT}`

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const cdn = cloudfront({
  url: `http://media.${domain}:${EDGE_PORT}`,
  keyPairId: 'KDEMO',
  privateKey
})

const servers = {
  [EDGE_PORT]: await buildEdge({ cdn, page }),
  [API_PORT]: await buildApi({ cdn, page, domain, address: api, secret }),
  [PORT]: buildApp({ api })
}
for (const [port, server] of Object.entries(servers)) await server.listen({ port: Number(port) })
console.log(`Open ${page}`)
