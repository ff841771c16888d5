import { generateKeyPairSync, sign } from 'node:crypto'
import { cdnAccess, cdnPath, cloudfront } from 'fastify-cdn-access'
import { createServer } from '../reply.js'

/**
 * The plugin on a clock that is told, with a key that counts what it signs.
 *
 * @typedef {object} Service
 * @property {(cookie: string, now: number) => Promise<import('./crowd.js').Reply>} ask
 * @property {() => number} signatures
 * @property {(...names: string[]) => Promise<void>} useKeys
 * @property {() => Promise<void>} close
 */

const start = Date.UTC(2026, 0, 1)

/**
 * @param {Record<string, unknown>} options
 * @returns {Promise<Service>}
 */
export async function startService (options) {
  let time = start
  let signed = 0
  let names = ['K1']
  const pairs = new Map()
  const app = await createServer()
  await app.register(cdnAccess, {
    cdn: cloudfront({
      url: 'https://media.example.com',
      keys: { load: () => names.map(entryOf), every: '7d' }
    }),
    cookie: { domain: 'example.com' },
    authorize: () => [cdnPath`/courses/42/*`],
    now: () => time,
    env: false,
    ...options
  })

  function entryOf (/** @type {string} */ keyPairId) {
    const pair = pairs.get(keyPairId) ?? generateKeyPairSync('ec', { namedCurve: 'P-256' })
    pairs.set(keyPairId, pair)
    return {
      keyPairId,
      privateKey: {
        publicKey: pair.publicKey,
        sign: (/** @type {Uint8Array} */ data) => {
          signed++
          return sign('sha256', data, pair.privateKey)
        }
      }
    }
  }

  return {
    ask: async (cookie, now) => {
      time = start + now
      const headers = cookie === '' ? {} : { cookie }
      const reply = await app.inject({ url: '/cdn-access', headers })
      const { status, expiresIn, refreshIn } = reply.json()
      const lines = [reply.headers['set-cookie'] ?? []].flat()
      const ticket = lines.find((line) => line.startsWith('__Host-cdn-access='))
      return { status, expiresIn, refreshIn, cookie: ticket?.split(';', 1)[0] ?? cookie }
    },
    signatures: () => signed,
    useKeys: async (...others) => {
      names = others
      await app.cdnAccess.reloadKeys()
    },
    close: () => app.close()
  }
}
