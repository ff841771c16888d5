import cookie from '@fastify/cookie'
import files from '@fastify/static'
import Fastify from 'fastify'
import cdnAccess, { cdnPath } from 'fastify-cdn-access'

/**
 * The API, and the page that Vite built.
 *
 * @param {{ cdn: import('fastify-cdn-access').Cdn }} options
 */
export async function buildApi ({ cdn }) {
  const app = Fastify()
  await app.register(cookie)
  await app.register(cdnAccess, {
    cdn,
    cookie: { domain: false },
    // Renewed after 12 to 37 seconds, so that you see it while the film plays. Yours lives longer.
    ttl: '60s',
    refreshBefore: '45s',
    authorize: () => [cdnPath`/film/*`]
  })
  app.get('/settings.json', async () => ({ film: `${cdn.url}/film/index.m3u8` }))
  await app.register(files, { root: new URL('dist', import.meta.url) })
  return app
}
