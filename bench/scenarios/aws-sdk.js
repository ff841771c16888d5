import { getSignedCookies } from '@aws-sdk/cloudfront-signer'
import {
  attributes,
  createServer,
  expiryFromNow,
  folderOf,
  keyPairId,
  policyFor,
  receiptOf,
  routeOptions
} from '../reply.js'

/**
 * What its documentation shows: the signer called with each request.
 *
 * @param {{ keys: any, key: string, unique?: boolean }} options
 */
export async function build ({ keys, key, unique = false }) {
  const privateKey = keys[key]
  const app = await createServer()
  app.get('/cdn-access', routeOptions, async (request, reply) => {
    const path = folderOf(request, unique)
    const expiresAt = expiryFromNow()
    const cookies = getSignedCookies({
      keyPairId,
      privateKey,
      policy: policyFor(path, expiresAt),
      algorithm: 'SHA256'
    })
    for (const [name, value] of Object.entries(cookies)) {
      reply.setCookie(name, String(value), { ...attributes, path })
    }
    reply.header('cache-control', 'private, no-store')
    return receiptOf('issued', expiresAt)
  })
  return app
}
