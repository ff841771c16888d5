import { randomBytes } from 'node:crypto'
import cookie from '@fastify/cookie'
import Fastify from 'fastify'
import { cdnAccess, cdnPath } from 'fastify-cdn-access'
import { serveAssets } from './assets.js'
import { folders, clip, people } from './catalogue.js'
import { logRequests, withoutQueries } from './request-log.js'
import { createSessions } from './sessions.js'
import { createTrials } from './trials.js'

const sessionCookie = 'demo-session'

/**
 * The site's API, which knows who is logged in and issues access, and the page.
 *
 * @param {object} options
 * @param {string} options.origin
 * @param {readonly import('fastify-cdn-access').Cdn[]} options.cdns Both at one address.
 * @param {import('fastify-cdn-access').RevocationStore} options.revocations
 * @param {import('./keys.js').DemoKeys} options.keys
 * @param {number} options.ttl
 */
export async function buildApi ({ origin, cdns, revocations, keys, ttl }) {
  // It would warn that CloudFront's own cookies can't be revoked, which the token beside them can.
  const logger = { ...withoutQueries, level: 'error' }
  const app = Fastify({ logger, forceCloseConnections: true })
  logRequests(app, 'api')

  const trials = createTrials(app, keys)
  const sessions = createSessions()
  await app.register(cookie, { secret: randomBytes(32).toString('hex') })
  await app.register(cdnAccess, {
    cdn: cdns,
    cookie: { domain: false },
    // A tab for each course: the cookies of one would not do for all.
    area: (request) => /** @type {{ course?: string }} */ (request.query).course,
    authorize: (request, course) => {
      const person = whoIs(request)
      const paths = person === undefined ? [] : pathsOf(person, course)
      return paths.length > 0 && { paths, ...trials.endOf(request) }
    },
    // By this the token can be revoked. CloudFront's own cookies have no room for it.
    revocation: { id: (request) => whoIs(request)?.id, store: revocations },
    // For a player that keeps no cookies.
    values: (request) => request.headers.authorization !== undefined,
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
      edge: cdns[0]?.url,
      folders,
      clip,
      pushedOut: app.cdnAccess.stats().pushedOut
    }
  })

  app.post('/login/:user', async (request, reply) => {
    const person = named(request)
    if (person === undefined) return reply.callNotFound()
    reply.setCookie(sessionCookie, sessions.open(person), {
      signed: true,
      path: '/',
      httpOnly: true,
      sameSite: 'lax'
    })
    return { user: person.id }
  })

  app.post('/token/:user', async (request, reply) => {
    const person = named(request)
    if (person === undefined) return reply.callNotFound()
    return { token: app.signCookie(sessions.open(person)) }
  })

  app.post('/logout', async (_request, reply) => {
    await reply.clearCookie(sessionCookie, { path: '/' }).clearCdnAccess().code(204).send()
  })

  // Sessions first: who can still ask would be given new access.
  app.post('/revoke', async (request, reply) => {
    const person = whoIs(request)
    if (person === undefined) return reply.code(403).send()
    sessions.endAll(person)
    await app.cdnAccess.revoke(person.id)
    return { name: person.name }
  })

  // Cookies set for another name of this machine would not reach the edge.
  app.addHook('onRequest', async function sendToLocalhost (request, reply) {
    if (/^\/(?:\?|$)/.test(request.url) && `http://${request.host}` !== origin) {
      return reply.redirect(origin + request.url)
    }
    return undefined
  })
  await serveAssets(app)
  return app

  /**
   * A page says it by its cookie, a player by a header.
   *
   * @param {import('fastify').FastifyRequest} request
   */
  function whoIs ({ headers, cookies, unsignCookie }) {
    const token = headers.authorization?.replace(/^Bearer /, '')
    const { valid, value } = unsignCookie(token ?? cookies[sessionCookie] ?? '')
    return valid ? sessions.personOf(value) : undefined
  }
}

/**
 * What a tab needs: a course of its own, or, where there is but one, that and what is shared.
 *
 * @param {typeof people[number]} person
 * @param {string | undefined} course
 */
function pathsOf ({ courses }, course) {
  const [only, ...more] = courses
  if (course !== undefined) return courses.includes(course) ? [cdnPath`/courses/${course}/*`] : []
  const shared = cdnPath`/shared/*`
  return only === undefined || more.length > 0 ? [shared] : [cdnPath`/courses/${only}/*`, shared]
}

/** @param {import('fastify').FastifyRequest} request */
function named (request) {
  const { user } = /** @type {{ user: string }} */ (request.params)
  return people.find(({ id }) => id === user)
}
