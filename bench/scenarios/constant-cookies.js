import { createServer, expiryFromNow, receiptOf, routeOptions } from '../reply.js'
import { build as buildPlugin } from './plugin.js'

/**
 * The plugin's own cookies, taken from it once, set with `setCookie` on each reply.
 *
 * @param {any} options the plugin's
 */
export async function build (options) {
  const cookies = await takeCookies(options)
  const app = await createServer()
  app.get('/cdn-access', routeOptions, async (_request, reply) => {
    for (const { name, value, ...attributes } of cookies) reply.setCookie(name, value, attributes)
    reply.header('cache-control', 'private, no-store')
    return receiptOf('issued', expiryFromNow())
  })
  return app
}

async function takeCookies (/** @type {any} */ options) {
  const app = await buildPlugin(options)
  const { cookies } = await app.inject({ url: '/cdn-access' })
  await app.close()
  return cookies.map(({ sameSite, ...cookie }) =>
    Object.assign(cookie, {
      sameSite: /** @type {'lax'} */ (sameSite?.toLowerCase()),
      encode: String
    })
  )
}
