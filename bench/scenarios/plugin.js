import * as exported from 'fastify-cdn-access'
import { createServer, ttl } from '../reply.js'
import { cdnFactories } from '../cdns.js'
import { startRedis } from '../redis.js'

/**
 * @typedef {object} Options
 * @property {string} cdn
 * @property {any} keys
 * @property {string} key
 * @property {boolean} [unique]
 * @property {boolean} [areas] an area for each course
 * @property {number} [cacheSize]
 * @property {boolean} [refreshOnRequest]
 * @property {'memory' | 'redis'} [revocations] where they are kept
 */

/**
 * The plugin.
 *
 * @param {Options} options
 */
export async function build (options) {
  const { cdn, keys, key, unique = false, areas = false, revocations, ...others } = options
  const { cdnAccess, cdnPath } = exported
  const shared = [cdnPath`/courses/42/*`]
  const app = await createServer()
  await app.register(cdnAccess, {
    cdn: cdnFactories[cdn](exported, keys)[key](),
    cookie: { domain: 'example.com' },
    authorize: (request) => unique ? [cdnPath`/u/${String(request.headers['x-user'])}/*`] : shared,
    ...(areas ? areaOptions(cdnPath) : {}),
    ...(revocations === undefined ? {} : { revocation: await revocationOption(revocations) }),
    ttl,
    env: false,
    ...others
  })
  app.get('/other', {
    schema: { response: { 200: { type: 'object', properties: { hello: { type: 'string' } } } } }
  }, async () => ({ hello: 'world' }))
  return app
}

/** @param {typeof exported.cdnPath} cdnPath */
function areaOptions (cdnPath) {
  const courses = new Map(
    ['1', '2', '3', '4', '5', '6'].map((id) => [id, [cdnPath`/courses/${id}/*`]])
  )
  return {
    area: (/** @type {any} */ request) => request.query.course,
    authorize: (/** @type {any} */ _request, /** @type {any} */ area) => courses.get(area)
  }
}

/** @param {'memory' | 'redis'} kind */
async function revocationOption (kind) {
  const { memoryRevocations, redisRevocations } = exported
  const store = kind === 'memory'
    ? memoryRevocations()
    : redisRevocations({ client: await startRedis() })
  return { id: () => 'viewer', store }
}
