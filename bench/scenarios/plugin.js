import * as exported from 'fastify-cdn-access'
import { createServer, ttl } from '../reply.js'
import { cdnFactories } from '../cdns.js'

/**
 * @typedef {object} Options
 * @property {string} cdn
 * @property {any} keys
 * @property {string} key
 * @property {boolean} [unique]
 * @property {number} [cacheSize]
 * @property {boolean} [refreshOnRequest]
 */

/**
 * The plugin.
 *
 * @param {Options} options
 */
export async function build ({ cdn, keys, key, unique = false, ...others }) {
  const { cdnAccess, cdnPath } = exported
  const shared = [cdnPath`/courses/42/*`]
  const app = await createServer()
  await app.register(cdnAccess, {
    cdn: cdnFactories[cdn](exported, keys)[key](),
    cookie: { domain: 'example.com' },
    authorize: (request) => unique ? [cdnPath`/u/${String(request.headers['x-user'])}/*`] : shared,
    ttl,
    env: false,
    ...others
  })
  app.get('/other', {
    schema: { response: { 200: { type: 'object', properties: { hello: { type: 'string' } } } } }
  }, async () => ({ hello: 'world' }))
  return app
}
