import { generateKeyPairSync } from 'node:crypto'

/** Seconds that the edge has for learning of a new key: it looks every second. */
const headStart = 2

/**
 * @typedef {ReturnType<typeof createKeys>} DemoKeys
 *
 * @typedef {object} DemoKey
 * @property {string} keyPairId
 * @property {import('node:crypto').KeyObject} privateKey
 * @property {import('node:crypto').KeyObject} publicKey
 * @property {number} notBefore
 * @property {number} notAfter
 */

/**
 * The keys of the demo, newest first. They live as long as the process.
 *
 * @param {{ ttl: number }} options
 */
export function createKeys ({ ttl }) {
  let made = 0
  let keys = [makeKey(0)]

  return {
    newest: () => `KDEMO${made}`,
    forApi: () =>
      keys.map(({ keyPairId, privateKey, notBefore, notAfter }) => {
        return { keyPairId, privateKey, notBefore, notAfter }
      }),
    forEdge: () =>
      keys.map(({ keyPairId, publicKey, notAfter }) => ({ keyPairId, publicKey, notAfter })),
    /** A new key signs once the edge knows it. The old one holds until all that it signed ends. */
    rotate () {
      const now = Math.floor(Date.now() / 1000)
      keys = keys.filter(({ notAfter }) => notAfter > now)
      for (const key of keys) key.notAfter = Math.min(key.notAfter, now + headStart + ttl)
      keys.unshift(makeKey(now + headStart))
    }
  }

  /** @param {number} notBefore @returns {DemoKey} */
  function makeKey (notBefore) {
    return {
      keyPairId: `KDEMO${++made}`,
      ...generateKeyPairSync('ec', { namedCurve: 'P-256' }),
      notBefore,
      notAfter: 1e10
    }
  }
}
