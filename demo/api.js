import { randomBytes } from 'node:crypto'
import cookie from '@fastify/cookie'
import Fastify from 'fastify'
import { cdnAccess, cdnPath } from 'fastify-cdn-access'
import { serveAssets } from './assets.js'
import { folders, clip, people } from './catalogue.js'
import { logRequests, withoutQueries } from './request-log.js'
import { createTrials } from './trials.js'

const sessionCookie = 'demo-session'

/**
 * The site's API, which knows who is logged in and issues access, and the page.
 *
 * @param {object} options
 * @param {string} options.origin
 * @param {import('fastify-cdn-access').Cdn} options.cdn
 * @param {import('./keys.js').DemoKeys} options.keys
 * @param {number} options.ttl
 */
export async function buildApi ({ origin, cdn, keys, ttl }) {
  const app = Fastify({ logger: withoutQueries, forceCloseConnections: true })
  logRequests(app, 'api')

  const trials = createTrials(app, keys)
  await app.register(cookie, { secret: randomBytes(32).toString('hex') })
  await app.register(cdnAccess, {
    cdn,
    cookie: { domain: false },
    authorize: (request) => {
      const person = whoIs(request)
      if (person === undefined) return false
      const paths = [cdnPath`/courses/${person.course}/*`, cdnPath`/shared/*`]
      return { paths, ...trials.endOf(request) }
    },
    ttl,
    refreshBefore: Math.floor(ttl / 2),
    env: false
  })

  app.get('/session', async (request, reply) => {
    reply.header('cache-control', 'no-store')
    return {
      user: whoIs(request)?.id ?? null,
      key: keys.newest(),
      people,
      edge: cdn.url,
      folders,
      clip
    }
  })

  app.post('/login/:user', async (request, reply) => {
    const { user } = /** @type {{ user: string }} */ (request.params)
    const person = people.find(({ id }) => id === user)
    if (person === undefined) return reply.callNotFound()
    reply.setCookie(sessionCookie, person.id, {
      signed: true,
      path: '/',
      httpOnly: true,
      sameSite: 'lax'
    })
    return { user: person.id }
  })

  app.post('/logout', async (_request, reply) => {
    await reply.clearCookie(sessionCookie, { path: '/' }).clearCdnAccess().code(204).send()
  })

  // Cookies set for another name of this machine would not reach the edge.
  app.addHook('onRequest', async function sendToLocalhost (request, reply) {
    if (request.url === '/' && `http://${request.host}` !== origin) {
      return reply.redirect(`${origin}/`)
    }
    return undefined
  })
  await serveAssets(app)
  return app
}

/** @param {import('fastify').FastifyRequest} request */
function whoIs (request) {
  const { valid, value } = request.unsignCookie(request.cookies[sessionCookie] ?? '')
  return valid ? people.find(({ id }) => id === value) : undefined
}
