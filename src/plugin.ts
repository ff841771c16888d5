import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import fp from 'fastify-plugin'
import { createAccess } from './access/access.js'
import { decorate } from './server/decorators.js'
import { readConfig } from './config/config.js'
import { openKeyRings } from './key-ring/key-ring.js'
import type { CdnAccessOptions } from './config/options.js'
import { createPermissionReader } from './access/permissions.js'
import { refreshDueAccess } from './server/refresh-on-request.js'
import { claimCookies, planStaticPaths, refuseSecond } from './config/registrations.js'
import { registerRoute } from './server/route.js'
import { createSetCookieWriter } from './cookies/set-cookie.js'
import { createSigner } from './access/signing.js'
import { createStaging } from './server/staging.js'
import { secondsOf } from './time.js'

type RegisterOptions = CdnAccessOptions & {
  prefix?: string
  logLevel?: string
  logSerializers?: Record<string, (value: unknown) => unknown>
}

async function register (fastify: FastifyInstance, options: RegisterOptions): Promise<void> {
  refuseSecond(fastify)
  const config = await readConfig(fastify, options)
  const { rules, ticket, now, cacheSize, authorize } = config
  const setCookie = createSetCookieWriter(fastify.serializeCookie.bind(fastify), ticket)
  const warn = (message: string): void => {
    fastify.log.warn(`fastify-cdn-access: ${message}`)
  }
  if (rules.ttl < 60) {
    warn(
      `a ttl of ${rules.ttl} s is shorter than clocks and networks are exact: viewers may lose access between two polls`
    )
  }

  const staticPlaces = planStaticPaths(config)
  claimCookies(fastify, config)
  const rings = await openKeyRings(rules.targets.map(({ cdn }) => cdn), {
    log: fastify.log,
    proveAt: () => secondsOf(now)
  })
  fastify.addHook('onClose', async function closeKeyRings () {
    rings.forEach((ring) => {
      ring.close()
    })
  })

  const staging = createStaging(fastify)
  const signer = createSigner({ rings, setCookie, cacheSize, warn })
  const readPermission = createPermissionReader(rules, cacheSize)
  const access = createAccess({
    rules,
    authorize,
    readPermission,
    now,
    rings,
    signer,
    staging,
    setCookie,
    ticketName: ticket.name,
    staticPlaces
  })
  decorate(fastify, { config, access, signer, rings })

  if (config.refreshOnRequest) fastify.addHook('onSend', refreshDueAccess(access, staging))
  fastify.addHook('onSend', staging.onSend)

  if (config.route !== false) {
    const { prefix = '', logLevel, logSerializers } = options
    const inherited = {
      ...(logLevel === undefined ? {} : { logLevel }),
      ...(logSerializers === undefined ? {} : { logSerializers })
    }
    registerRoute(fastify, {
      url: prefix.replace(/\/$/, '') + config.route.url,
      options: { ...inherited, ...config.route.options } as typeof config.route.options
    })
  }
}

/**
 * The plugin: decorators, and the route that issues, renews and takes away access to a CDN's private files.
 * Register @fastify/cookie before it.
 *
 * @throws a coded error at registration for each option that can't work
 */
export const cdnAccess: FastifyPluginAsync<CdnAccessOptions> = fp(
  register as FastifyPluginAsync<CdnAccessOptions>,
  {
    name: 'fastify-cdn-access',
    fastify: '5.x',
    dependencies: ['@fastify/cookie']
  }
)
