import { generateKeyPairSync } from 'node:crypto'
import { cloudfront } from 'fastify-cdn-access'
import { buildApi } from './api.js'
import { buildEdge } from './edge.js'
import { claimPort } from './port.js'

/**
 * @typedef {object} Demo
 * @property {string} api The API's address, and the page's.
 * @property {string} edge The edge's address.
 * @property {number} ttl
 * @property {() => Promise<void>} close
 */

const keyPairId = 'KDEMO'

/**
 * Starts both servers on loopback, with a key pair that lives as long as they do.
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

  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const apiServer = await buildApi({ origin: api, cdn: cloudfront({ url: edge, keyPairId, privateKey }), ttl })
  const edgeServer = await buildEdge({ cdn: cloudfront({ url: edge, keys: [{ keyPairId, publicKey }] }), page: api })
  await Promise.all([apiPort.release(), cdnPort.release()])
  await apiServer.listen({ host: 'localhost', port: apiPort.port })
  await edgeServer.listen({ host: 'localhost', port: cdnPort.port })
  return { api, edge, ttl, close: async () => { await Promise.all([apiServer.close(), edgeServer.close()]) } }
}
