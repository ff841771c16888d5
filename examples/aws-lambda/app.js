import cookie from '@fastify/cookie'
import Fastify from 'fastify'
import cdnAccess, { cdnPath, cloudfront } from 'fastify-cdn-access'

const { MEDIA_URL, MEDIA_KEY_ID, MEDIA_KEY, COOKIE_DOMAIN } = process.env
if (
  MEDIA_URL === undefined || MEDIA_KEY_ID === undefined || MEDIA_KEY === undefined ||
  COOKIE_DOMAIN === undefined
) throw new Error('Set MEDIA_URL, MEDIA_KEY_ID, MEDIA_KEY and COOKIE_DOMAIN.')

/** The API, which Lambda calls and which could also listen. */
export const app = Fastify()
app.register(cookie)
app.register(cdnAccess, {
  cdn: cloudfront({ url: MEDIA_URL, keyPairId: MEDIA_KEY_ID, privateKey: MEDIA_KEY }),
  cookie: { domain: COOKIE_DOMAIN },
  authorize: ({ headers }) => {
    const user = userOf(headers.authorization)
    return user !== undefined && [cdnPath`/users/${user}/*`]
  }
})

/**
 * In place of a token that you verify: anybody could send this one.
 *
 * @param {string | undefined} authorization
 */
function userOf (authorization) {
  return authorization === 'Bearer ada' ? 'ada' : undefined
}
