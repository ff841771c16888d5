import EdgeAuth from 'akamai-edgeauth'
import { attributes, createServer, folderOf, receiptOf, routeOptions, ttl } from '../reply.js'

/**
 * The token made with each request.
 *
 * @param {{ keys: any, unique?: boolean }} options
 */
export async function build ({ keys, unique = false }) {
  const tokens = new EdgeAuth({ key: keys.hex, windowSeconds: ttl })
  const app = await createServer()
  app.get('/cdn-access', routeOptions, async (request, reply) => {
    const path = folderOf(request, unique)
    reply.setCookie('__token__', tokens.generateACLToken(`${path}*`), {
      ...attributes,
      path,
      encode: String
    })
    reply.header('cache-control', 'private, no-store')
    return receiptOf('issued', Math.floor(Date.now() / 1000) + ttl)
  })
  return app
}
