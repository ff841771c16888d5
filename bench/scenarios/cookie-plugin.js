import { createServer } from '../reply.js'

/** A server with @fastify/cookie alone. */
export async function build () {
  const app = await createServer()
  app.get('/other', {
    schema: { response: { 200: { type: 'object', properties: { hello: { type: 'string' } } } } }
  }, async () => ({ hello: 'world' }))
  return app
}
