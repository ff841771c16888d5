import cors from '@fastify/cors'
import files from '@fastify/static'
import Fastify from 'fastify'
import { cdnEdge } from 'fastify-cdn-access/edge'
import { logRequests, withoutQueries } from './request-log.js'

/**
 * What stands in for the CDN, and for the function beside its key group: it holds the files and the
 * keys, asks what is revoked, and knows nothing else of the API.
 *
 * @param {object} options
 * @param {import('fastify-cdn-access').Cdn} options.cdn
 * @param {import('fastify-cdn-access').Cdn} options.tokens
 * @param {import('fastify-cdn-access').RevocationStore} options.revocations
 * @param {string} options.page The origin that may read replies.
 */
export async function buildEdge ({ cdn, tokens, revocations, page }) {
  const app = Fastify({ logger: withoutQueries, forceCloseConnections: true })
  logRequests(app, 'edge')

  // Before the edge, so that the page can read a refusal too.
  await app.register(cors, { origin: page, credentials: true, methods: ['GET', 'HEAD'] })
  await app.register(cdnEdge, { cdn, explain: true })
  await app.register(cdnEdge, { cdn: tokens, revocations, explain: true })
  await app.register(files, {
    root: new URL('files', import.meta.url),
    index: false,
    cacheControl: false,
    setHeaders: (reply) => {
      reply.header('cache-control', 'private, no-cache')
    }
  })
  return app
}
