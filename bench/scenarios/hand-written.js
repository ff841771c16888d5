import { createPrivateKey, sign } from 'node:crypto'
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
 * The best that a route does by hand without a cache: the key parsed once, one signature with each
 * request.
 *
 * @param {{ keys: any, key: string, unique?: boolean }} options
 */
export async function build ({ keys, key, unique = false }) {
  const privateKey = createPrivateKey(keys[key])
  const app = await createServer()
  app.get('/cdn-access', routeOptions, async (request, reply) => {
    const path = folderOf(request, unique)
    const expiresAt = expiryFromNow()
    const policy = Buffer.from(policyFor(path, expiresAt))
    const cookies = {
      'CloudFront-Policy': encode(policy),
      'CloudFront-Key-Pair-Id': keyPairId,
      'CloudFront-Signature': encode(sign('sha256', policy, privateKey)),
      'CloudFront-Hash-Algorithm': 'SHA256'
    }
    for (const [name, value] of Object.entries(cookies)) {
      reply.setCookie(name, value, { ...attributes, path })
    }
    reply.header('cache-control', 'private, no-store')
    return receiptOf('issued', expiresAt)
  })
  return app
}

function encode (/** @type {Buffer} */ bytes) {
  return bytes.toString('base64').replaceAll('+', '-').replaceAll('=', '_').replaceAll('/', '~')
}
