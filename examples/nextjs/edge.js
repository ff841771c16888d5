import cors from '@fastify/cors'
import Fastify from 'fastify'
import cdnEdge from 'fastify-cdn-access/edge'

/**
 * What stands in for the CDN on your machine.
 *
 * @param {object} options
 * @param {import('fastify-cdn-access').Cdn} options.cdn
 * @param {string} options.page The origin that may read replies, refusals too.
 */
export async function buildEdge ({ cdn, page }) {
  const app = Fastify()
  await app.register(cors, { origin: page, credentials: true })
  await app.register(cdnEdge, { cdn, explain: true })
  app.get('/*', async ({ url }, reply) => {
    reply.header('cache-control', 'private, no-cache')
    return `the file ${url}\n`
  })
  return app
}
