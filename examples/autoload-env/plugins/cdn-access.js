import cookie from '@fastify/cookie'
import cdnAccess, { cdnPath } from 'fastify-cdn-access'
import fp from 'fastify-plugin'

export default fp(async function access (fastify) {
  await fastify.register(cookie)
  await fastify.register(cdnAccess, {
    // CDN, key and lifetimes come from CDN_ACCESS_* variables.
    env: { dotenv: true },
    authorize: () => [cdnPath`/courses/${fastify.config.COURSE}/*`]
  })
}, { name: 'access' })
