import { spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { cloudfront } from 'fastify-cdn-access'
import { buildApi } from './api.js'
import { buildEdge } from './edge.js'

/** Starts the API, what stands in for the CDN, and the front end that was built. */
const { PORT = '3000', API_PORT = '3001', EDGE_PORT = '3002' } = process.env
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const cdn = cloudfront({
  url: `http://localhost:${EDGE_PORT}`,
  keyPairId: 'KDEMO',
  privateKey
})

const edge = await buildEdge({ cdn, page: `http://localhost:${PORT}` })
await edge.listen({ port: Number(EDGE_PORT) })
const api = await buildApi({ cdn })
await api.listen({ port: Number(API_PORT) })

/** @param {readonly string[]} args */
function next (args) {
  const env = { ...process.env, API_URL: `http://localhost:${API_PORT}`, MEDIA_URL: cdn.url }
  const child = spawn('next', args, { env, stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill())
  return new Promise((resolve) => child.on('exit', resolve))
}

// Where /api leads to is written into the build.
if (await next(['build']) === 0) await next(['start', '--port', PORT])
process.exit()
