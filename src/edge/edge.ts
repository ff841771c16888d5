/**
 * A stand-in for the CDN, as a Fastify plugin.
 *
 * @module fastify-cdn-access/edge
 */
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { checkCdn, type Cdn } from '../cdn/cdn.js'
import { originOf } from '../cdn/host-pattern.js'
import { cookiePairs } from '../cookies/cookies.js'
import * as errors from '../errors.js'
import { answer } from '../explain/answer.js'
import { unknown } from '../explain/explain.js'
import { refusalPage } from '../explain/page.js'
import { checkFields, clock, flag, readElsewhere, type Rules } from '../input/fields.js'
import { openKeyRing } from '../key-ring/key-ring.js'
import type { RevocationStore } from '../revocation/revocation-store.js'
import { heldSince } from '../revocation/revocations.js'
import { secondsOf } from '../time.js'

export interface CdnEdgeOptions {
  /** The CDN to stand in for. Public keys are enough. */
  readonly cdn: Cdn
  /**
   * Say in the reply of a refusal which check failed and how to mend it; default false. For
   * development.
   */
  readonly explain?: boolean
  /**
   * Where revocations are kept, for a CDN whose format carries ids: what is revoked is refused, and
   * what can't be known is a 503. Default: nothing is asked.
   */
  readonly revocations?: Pick<RevocationStore, 'since'>
  /** A clock like `Date.now`, for tests. */
  readonly now?: () => number
}

const rules: Rules = {
  cdn: readElsewhere,
  explain: flag,
  revocations: {
    holds: (value) => typeof (Object(value) as { since?: unknown }).since === 'function',
    words: 'a store such as redisRevocations({ client }), or left out'
  },
  now: clock,
  prefix: readElsewhere,
  logLevel: readElsewhere,
  logSerializers: readElsewhere
}

async function register (fastify: FastifyInstance, options: CdnEdgeOptions): Promise<void> {
  checkFields(options, 'fastify-cdn-access/edge', rules)
  const { cdn, explain = false, revocations, now = Date.now } = options
  refuseOtherThanOne(cdn)
  const ring = await openKeyRing(checkCdn(cdn), {
    log: fastify.log,
    now: () => secondsOf(now)
  })
  fastify.addHook('onClose', async function closeKeyRing () {
    ring.close()
  })
  await warnOfUnsigned(fastify, cdn)

  fastify.addHook(
    'onRequest',
    async function refuseWhatTheCdnWould (request: FastifyRequest, reply: FastifyReply) {
      const seconds = secondsOf(now)
      const asked = {
        method: request.method,
        url: request.url,
        origin: originOf(request.protocol, request.host),
        headers: request.raw.headers,
        cookies: cookiePairs(request.raw.headers.cookie),
        ip: request.ip,
        now: seconds,
        ...(revocations === undefined
          ? {}
          : { revokedSince: (id: string) => heldSince(revocations, id) })
      }
      const keys = ring.accepted(seconds)
      const { allowed, status } = await cdn.check(asked, keys).catch((error: unknown) => {
        reply.header('cache-control', 'no-store')
        throw error
      })
      if (allowed) return undefined
      reply.code(status).header('cache-control', 'no-store')
      const refusal = status === 503 ? unknownNow : { statusCode: status, ...refused }
      if (status === 503) reply.header('retry-after', '5')
      if (!explain) return reply.send(refusal)
      const answered = await answer(cdn, asked, keys)
      const code = answered.checks.at(-1)?.code
      request.log.info({ cdn: cdn.name, code }, 'fastify-cdn-access: refused by the edge')
      if (wantsPage(request)) return reply.type('text/html').send(refusalPage(answered))
      const { checks, notes } = answered
      return reply.send({ ...refusal, checks, ...(notes === undefined ? {} : { notes }), unknown })
    }
  )
}

/** Cloud CDN for one passes what carries no access: whoever tries it should not be surprised. */
async function warnOfUnsigned ({ log }: FastifyInstance, cdn: Cdn): Promise<void> {
  const bare = { method: 'GET', url: '/a', cookies: [], now: 0 }
  const answered = await cdn.check(bare, []).catch(() => undefined)
  if (answered?.allowed !== true) return
  const why = answered.checks.at(-1)?.detail ?? ''
  log.warn(
    { cdn: cdn.name },
    `fastify-cdn-access: this edge lets requests pass that have no access. ${why}`
  )
}

const refused = { error: 'Forbidden', message: 'The edge refuses this request' }

/** A player tries again instead of losing access. */
const unknownNow = {
  statusCode: 503,
  error: 'Service Unavailable',
  message: 'The edge can\'t know at this moment whether access was revoked'
}

/** Browsers name HTML first where they load a page, and not at all where a script asks. */
function wantsPage ({ headers: { accept = '' } }: FastifyRequest): boolean {
  return /^\s*text\/html\b/.test(accept)
}

function refuseOtherThanOne (cdn: unknown): void {
  if (cdn === undefined) {
    throw new errors.CDN_ACCESS_CDN_MISSING(', which the edge then stands in for')
  }
  if (Array.isArray(cdn)) {
    throw new errors.CDN_ACCESS_OPTION_INVALID(
      'cdn',
      'one CDN and no array: an edge stands in for one. ' +
        'Register the edge once for each CDN, in a scope or a server of its own'
    )
  }
}

/**
 * A plugin that refuses what the CDN would refuse, for all routes of its scope: for local
 * development, tests and small origins of your own. It logs no URL and no cookie.
 */
export const cdnEdge: FastifyPluginAsync<CdnEdgeOptions> = fp(register, {
  name: 'fastify-cdn-access/edge',
  fastify: '5.x'
})

export default cdnEdge
