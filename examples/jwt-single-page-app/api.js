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
 * @param {string} options.address The API's own: its tokens are from it and for it.
 * @param {string} options.secret What tokens are signed with.
 */
export async function buildApi ({ cdn, page, domain, address, secret }) {
  const app = Fastify()
  await app.register(cookie)
  await app.register(cors, { origin: page, credentials: true, methods: ['GET', 'POST', 'DELETE'] })
  await app.register(jwt, {
    secret,
    sign: { algorithm: 'HS256', iss: address, aud: address, expiresIn: '15m' },
    verify: {
      algorithms: ['HS256'],
      allowedIss: address,
      allowedAud: address,
      // What is allowed is compared where a token has it alone: one without is refused by this.
      requiredClaims: ['iss', 'aud', 'exp', 'sub']
    }
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
