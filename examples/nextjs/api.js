import cookie from '@fastify/cookie'
import Fastify from 'fastify'
import cdnAccess, { cdnPath } from 'fastify-cdn-access'

/**
 * The API. Its viewers reach it by way of the front end, which is the proxy that it trusts.
 *
 * @param {{ cdn: import('fastify-cdn-access').Cdn }} options
 */
export async function buildApi ({ cdn }) {
  const app = Fastify({ trustProxy: 'loopback' })
  await app.register(cookie)
  await app.register(cdnAccess, {
    cdn,
    cookie: { domain: false },
    authorize: () => [cdnPath`/courses/${42}/*`]
  })
  return app
}
