import Fastify from 'fastify'
import cookie from '@fastify/cookie'

/** What every scenario of a family answers with: they differ only in how they come to it. */

export const keyPairId = 'K2JCJMDEHXQW5F'
export const cdnUrl = 'https://media.example.com'
export const ttl = 3600

/** The attributes of the access cookies. */
export const attributes = {
  domain: 'example.com',
  path: '/courses/42/',
  sameSite: /** @type {const} */ ('lax'),
  secure: true,
  httpOnly: true,
  maxAge: ttl
}

/** The compiled schema that a careful author gives a route. */
export const routeOptions = {
  schema: {
    response: {
      200: {
        type: 'object',
        properties: {
          status: { type: 'string' },
          expiresIn: { type: 'integer' },
          refreshIn: { type: 'integer' },
          expiresAt: { type: 'integer' }
        }
      }
    }
  }
}

/** A server with @fastify/cookie and no log. */
export async function createServer () {
  const app = Fastify({ logger: false })
  await app.register(cookie)
  return app
}

/** The same fields and numbers of the same size as the plugin's receipt. */
export function receiptOf (/** @type {string} */ status, /** @type {number} */ expiresAt) {
  return { status, expiresIn: ttl, refreshIn: 2800, expiresAt }
}

export function expiryFromNow () {
  return Math.floor(Date.now() / 1000) + ttl
}

/** The folder of one viewer, or the one that all share. */
export function folderOf (
  /** @type {import('fastify').FastifyRequest} */ request,
  /** @type {boolean} */ unique
) {
  return unique ? `/u/${String(request.headers['x-user'])}/` : '/courses/42/'
}

/** A custom policy for all that is below a folder. */
export function policyFor (/** @type {string} */ folder, /** @type {number} */ expiresAt) {
  return JSON.stringify({
    Statement: [{
      Resource: `${cdnUrl}${folder}*`,
      Condition: { DateLessThan: { 'AWS:EpochTime': expiresAt } }
    }]
  })
}
