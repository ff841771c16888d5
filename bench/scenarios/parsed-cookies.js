import { createServer, expiryFromNow, receiptOf, routeOptions } from '../reply.js'

/**
 * The same reply from a route that reads `request.cookies` and does nothing with them.
 *
 * @param {{ ticketName?: string }} options
 */
export async function build ({ ticketName = '__Host-cdn-access' }) {
  const app = await createServer()
  app.get('/cdn-access', routeOptions, async (request, reply) => {
    reply.header('cache-control', 'private, no-store')
    return receiptOf(
      request.cookies[ticketName] === undefined ? 'issued' : 'fresh',
      expiryFromNow()
    )
  })
  return app
}
