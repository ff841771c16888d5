import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import fp from 'fastify-plugin'
import { createAccess } from './access/access.js'
import type { Cdn } from './cdn/cdn.js'
import { readConfig } from './config/config.js'
import { nameVariables } from './config/env-names.js'
import type { CdnAccessOptions } from './config/options.js'
import { claimCookies, planStaticPaths, refuseSecond } from './config/registrations.js'
import { createSetCookieWriter } from './cookies/set-cookie.js'
import { openKeyRings } from './key-ring/key-ring.js'
import { createRevocations } from './revocation/revocations.js'
import { decorate } from './server/decorators.js'
import { createHead } from './server/head.js'
import { refreshDueAccess } from './server/refresh-on-request.js'
import { createReplyAccess } from './server/reply-access.js'
import { registerRoute } from './server/route.js'
import { createStandingReader } from './server/standing.js'
import { secondsOf } from './time.js'

async function register (fastify: FastifyInstance, options: CdnAccessOptions): Promise<void> {
  try {
    await start(fastify, options)
  } catch (error) {
    throw nameVariables(error, options)
  }
}

async function start (fastify: FastifyInstance, options: CdnAccessOptions): Promise<void> {
  refuseSecond(fastify)
  const config = await readConfig(fastify, options)
  const { rules, ticket, now, cacheSize, signTimeout, authorize, area, areas, route } = config
  const { revocation } = config
  const { targets } = rules
  const warn = (message: string): void => {
    fastify.log.warn(`fastify-cdn-access: ${message}`)
  }
  if (rules.ttl < 60) warn(`a ttl of ${rules.ttl} s ${shortLife}`)
  if (isMilliseconds(options.ttl)) warn(`a ttl of ${String(options.ttl)} is seconds, ${longLife}`)
  if (revocation !== undefined) warnOfDeaf(targets.map(({ cdn }) => cdn), warn)

  const staticPlaces = planStaticPaths(config)
  claimCookies(fastify, config)
  const rings = await openKeyRings(targets.map(({ cdn }) => cdn), {
    log: fastify.log,
    now: () => secondsOf(now),
    prove: true,
    ttl: rules.ttl
  })
  fastify.addHook('onClose', async function closeKeyRings () {
    for (const ring of rings.values()) ring.close()
  })

  const setCookie = createSetCookieWriter(
    fastify.serializeCookie.bind(fastify),
    ticket.attributes
  )
  const ticketName = ticket.name
  const access = createAccess({
    rules,
    ticketName,
    hasAreas: area !== undefined,
    areas,
    cacheSize,
    signTimeout,
    keepsValues: config.values !== undefined,
    now,
    rings,
    setCookie,
    staticPlaces,
    warn
  })
  if (config.pathsGiven) await access.checkStaticPaths()
  const revocations = revocation && createRevocations({
    ...revocation,
    cacheSize,
    longestLife: rules.ttl,
    now
  })
  const standing = revocations && createStandingReader({ revocations, id: revocation.id, now })
  const replies = createReplyAccess({
    authorize,
    area,
    access,
    standing,
    head: createHead(),
    targets,
    warn
  })
  decorate(fastify, { config, access, replies, rings, revocations })
  if (config.refreshOnRequest) fastify.addHook('onSend', refreshDueAccess(replies))
  if (route !== false) registerRoute(fastify, route, replies, config.values)
}

const shortLife =
  'is shorter than clocks and networks are exact: viewers may lose access between two polls'

const longLife =
  'hours of them: for milliseconds divide by 1000, else write it with a unit, as "12h"'

/** What was issued to such a CDN is good until it ends: said once, where nobody looks at a page. */
function warnOfDeaf (cdns: readonly Cdn[], warn: (message: string) => void): void {
  const deaf = cdns.filter((cdn) => cdn.carriesRevocationId !== true).map(({ name }) => name)
  if (deaf.length === 0) return
  warn(
    `a revocation ends what this API issues, and not what ${deaf.join(' and ')} let through: ` +
      'cookies of that format have no room for an id, and stay good until they end. ' +
      'Keep "ttl" short, or use a CDN with an edge that asks'
  )
}

/** A bare number of hours is seldom meant, and a round one of thousands is a habit of other clocks. */
function isMilliseconds (ttl: unknown): boolean {
  return typeof ttl === 'number' && ttl >= 10_000 && ttl % 1000 === 0
}

/**
 * The plugin: decorators, and the route that issues, renews and takes away access to a CDN's
 * private files. Register @fastify/cookie before it.
 *
 * @throws a coded error at registration for each option that can't work
 */
export const cdnAccess: FastifyPluginAsync<CdnAccessOptions> = fp(
  register,
  {
    name: 'fastify-cdn-access',
    fastify: '5.x',
    dependencies: ['@fastify/cookie']
  }
)
