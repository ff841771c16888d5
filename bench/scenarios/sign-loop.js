import { createPrivateKey, sign } from 'node:crypto'
import { expiryFromNow, policyFor } from '../reply.js'

/** Signatures that are under way at once. */
const lanes = 20

/**
 * No server: `crypto.sign` with a callback, as fast as it goes. The most that a route without a
 * cache could reach.
 *
 * @param {{ keys: any, key: string }} options
 */
export async function build ({ keys, key }) {
  const privateKey = createPrivateKey(keys[key])
  return { loop: (/** @type {number} */ seconds) => signFor(privateKey, seconds) }
}

async function signFor (
  /** @type {import('node:crypto').KeyObject} */ privateKey,
  /** @type {number} */ seconds
) {
  const begun = performance.now()
  const end = begun + seconds * 1000
  let answered = 0
  const lane = async () => {
    for (let now = begun; now < end; now = performance.now()) {
      const policy = Buffer.from(policyFor(`/u/${answered}/`, expiryFromNow()))
      await new Promise((resolve, reject) => {
        sign('sha256', policy, privateKey, (error, signature) => {
          if (error === null) resolve(signature)
          else reject(error)
        })
      })
      answered++
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return { answered, seconds: (performance.now() - begun) / 1000, failures: {} }
}
