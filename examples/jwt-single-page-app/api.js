import { randomBytes } from 'node:crypto'
import cookie from '@fastify/cookie'
import cors from '@fastify/cors'
import jwt from '@fastify/jwt'
import Fastify from 'fastify'
import cdnAccess, { cdnPath } from 'fastify-cdn-access'

/**
 * An API that knows its viewers by a token in a header.
 *
 * @param {object} options
 * @param {import('fastify-cdn-access').Cdn} options.cdn
 * @param {string} options.page The origin of the single-page app.
 * @param {string} options.domain The parent domain of API and CDN.
 */
export async function buildApi ({ cdn, page, domain }) {
  const app = Fastify()
  await app.register(cookie)
  await app.register(cors, { origin: page, credentials: true, methods: ['GET', 'POST', 'DELETE'] })
  await app.register(jwt, {
    secret: randomBytes(32).toString('hex'),
    sign: { expiresIn: '15m' }
  })
  await app.register(cdnAccess, {
    cdn,
    cookie: { domain },
    // A token that is wrong or over throws a 401: access is left alone, and lapses by itself.
    authorize: async (request) => {
      await request.jwtVerify()
      return [cdnPath`/users/${request.user.sub}/*`]
    }
  })
  // Yours checks a password first.
  app.post('/token', async () => ({ token: app.jwt.sign({ sub: 'ada' }), files: cdn.url }))
  return app
}
