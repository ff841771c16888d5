import { randomBytes } from 'node:crypto'
import cookie from '@fastify/cookie'
import files from '@fastify/static'
import Fastify from 'fastify'
import { cdnAccess, cdnPath } from 'fastify-cdn-access'
import { areas, people } from './catalogue.js'
import { logRequests, withoutQueries } from './request-log.js'

const sessionCookie = 'demo-session'

/**
 * The site's API, which knows who is logged in and issues access, and the page.
 *
 * @param {{ origin: string, cdn: import('fastify-cdn-access').Cdn, ttl: number }} options
 */
export async function buildApi ({ origin, cdn, ttl }) {
  const app = Fastify({ logger: withoutQueries, forceCloseConnections: true })
  logRequests(app, 'api')

  await app.register(cookie, { secret: randomBytes(32).toString('hex') })
  await app.register(cdnAccess, {
    cdn,
    cookie: { domain: false },
    authorize: (request) => {
      const person = whoIs(request)
      return person && [cdnPath`/courses/${person.course}/*`, cdnPath`/shared/*`]
    },
    ttl,
    refreshBefore: Math.floor(ttl / 3),
    env: false
  })

  app.get('/session', async (request, reply) => {
    reply.header('cache-control', 'no-store')
    return { user: whoIs(request)?.id ?? null, people, edge: cdn.url, areas }
  })

  app.post('/login/:user', async (request, reply) => {
    const { user } = /** @type {{ user: string }} */ (request.params)
    const person = people.find(({ id }) => id === user)
    if (person === undefined) return reply.callNotFound()
    reply.setCookie(sessionCookie, person.id, { signed: true, path: '/', httpOnly: true, sameSite: 'lax' })
    return { user: person.id }
  })

  app.post('/logout', async (_request, reply) => {
    reply.clearCookie(sessionCookie, { path: '/' })
    await reply.clearCdnAccess().code(204).send()
  })

  // Cookies set for another name of this machine would not reach the edge.
  app.addHook('onRequest', async function sendToLocalhost (request, reply) {
    if (request.url === '/' && `http://${request.host}` !== origin) return reply.redirect(`${origin}/`)
    return undefined
  })
  await app.register(files, { root: new URL('page', import.meta.url), cacheControl: false, setHeaders: (reply) => { reply.header('cache-control', 'no-cache') } })
  return app
}

/** @param {import('fastify').FastifyRequest} request */
function whoIs (request) {
  const { valid, value } = request.unsignCookie(request.cookies[sessionCookie] ?? '')
  return valid ? people.find(({ id }) => id === value) : undefined
}
