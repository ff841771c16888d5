import { randomBytes } from 'node:crypto'
import { cloudfront, commonAccessToken, memoryRevocations } from 'fastify-cdn-access'
import { buildApi } from './api.js'
import { buildEdge } from './edge.js'
import { createKeys } from './keys.js'
import { claimPort } from './port.js'

/**
 * @typedef {object} Demo
 * @property {string} api The API's address, and the page's.
 * @property {string} edge The edge's address.
 * @property {number} ttl
 * @property {() => Promise<void>} close
 */

/**
 * Starts both servers on loopback, with keys that live as long as they do.
 *
 * @param {import('./settings.js').Settings} settings
 * @returns {Promise<Demo>}
 */
export async function startDemo ({ port, edgePort, ttl }) {
  const apiPort = await claimPort('PORT', port)
  const cdnPort = await claimPort('EDGE_PORT', edgePort).catch(async (error) => {
    await apiPort.release()
    throw error
  })
  const api = `http://localhost:${apiPort.port}`
  const edge = `http://localhost:${cdnPort.port}`

  const keys = createKeys({ ttl })
  // In one process, as the API and the edge of a real site share Redis or a KeyValueStore.
  const revocations = memoryRevocations()
  const tokens = commonAccessToken({
    url: edge,
    issuer: api,
    kid: 'demo',
    key: randomBytes(32).toString('base64url')
  })
  const apiServer = await buildApi({
    origin: api,
    cdns: [cloudfront({ url: edge, keys: { load: keys.forApi, settle: 0 } }), tokens],
    revocations,
    keys,
    ttl
  })
  const edgeServer = await buildEdge({
    cdn: cloudfront({ url: edge, keys: { load: keys.forEdge, every: '1s' } }),
    tokens,
    revocations,
    page: api
  })
  await Promise.all([apiPort.release(), cdnPort.release()])
  await apiServer.listen({ host: 'localhost', port: apiPort.port })
  await edgeServer.listen({ host: 'localhost', port: cdnPort.port })
  return {
    api,
    edge,
    ttl,
    close: async () => {
      await Promise.all([apiServer.close(), edgeServer.close()])
    }
  }
}
