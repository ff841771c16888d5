import { createReadStream } from 'node:fs'
import Fastify from 'fastify'

const client = new URL(import.meta.resolve('fastify-cdn-access/client'))

/**
 * Serves the single-page app: any server of files does.
 *
 * @param {{ api: string }} options
 */
export function buildApp ({ api }) {
  const app = Fastify()
  app.get(
    '/',
    (_request, reply) =>
      reply.type('text/html').send(createReadStream(new URL('page.html', import.meta.url)))
  )
  app.get(
    '/client.js',
    (_request, reply) => reply.type('text/javascript').send(createReadStream(client))
  )
  app.get('/settings.json', async () => ({ api }))
  return app
}
