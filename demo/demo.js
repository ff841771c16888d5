import { cloudfront } from 'fastify-cdn-access'
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
  const apiServer = await buildApi({
    origin: api,
    cdn: cloudfront({ url: edge, keys: { load: keys.forApi } }),
    keys,
    ttl
  })
  const edgeServer = await buildEdge({
    cdn: cloudfront({ url: edge, keys: { load: keys.forEdge, every: '1s' } }),
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
