import { getSignedCookies } from 'aws-cloudfront-sign'
import {
  attributes,
  cdnUrl,
  createServer,
  expiryFromNow,
  folderOf,
  keyPairId,
  receiptOf,
  routeOptions
} from '../reply.js'

/**
 * The signer called with each request. It signs with SHA-1 alone.
 *
 * @param {{ keys: any, key: string, unique?: boolean }} options
 */
export async function build ({ keys, key, unique = false }) {
  const privateKeyString = keys[key]
  const app = await createServer()
  app.get('/cdn-access', routeOptions, async (request, reply) => {
    const path = folderOf(request, unique)
    const expiresAt = expiryFromNow()
    const cookies = getSignedCookies(`${cdnUrl}${path}*`, {
      keypairId: keyPairId,
      privateKeyString,
      expireTime: expiresAt * 1000
    })
    for (const [name, value] of Object.entries(cookies)) {
      reply.setCookie(name, value, { ...attributes, path })
    }
    reply.header('cache-control', 'private, no-store')
    return receiptOf('issued', expiresAt)
  })
  return app
}
