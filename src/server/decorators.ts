import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Access, TicketHint } from '../access/access.js'
import type { Receipt } from '../access/receipt.js'
import type { CdnPath } from '../cdn/cdn-path.js'
import { explain, type Explanation, type ExplainRequest } from '../explain/explain.js'
import type { KeyRing } from '../key-ring/key-ring.js'
import type { KeyRingReport } from '../key-ring/key-report.js'
import { codeOrKind } from '../key-ring/load-failure.js'
import type { CdnAccessConfig } from '../config/config.js'
import * as errors from '../errors.js'
import type { Revocations } from '../revocation/revocations.js'
import type { Revoked } from '../revocation/revocation-store.js'
import type { AccessCounts } from './access-counts.js'
import type { ReplyAccess } from './reply-access.js'
import { signUrl, type SignUrlOptions } from './sign-url.js'
import { secondsOf } from '../time.js'
import { isCrossSite } from './fetch-metadata.js'
import { reportUnawaited } from './unawaited.js'

/** A CDN as it is registered. */
export interface CdnSummary {
  readonly name: string
  readonly url: string
  /** The ids of the keys that are accepted now. */
  readonly keyIds: readonly string[]
}

/** What happened since the start. */
export interface CdnAccessStats extends AccessCounts {
  /** How many signed grants are kept in memory. */
  readonly cached: number
}

/** `fastify.cdnAccess`. */
export interface CdnAccess {
  /**
   * A URL that works without cookies, for one file or for all below `scope`.
   *
   * @throws CDN_ACCESS_SIGNED_URL_UNSUPPORTED, CDN_ACCESS_CDN_UNKNOWN, CDN_ACCESS_PATH_INVALID
   */
  signUrl(path: string | CdnPath, options?: SignUrlOptions): Promise<string>
  /** What the CDN would answer to a request, check by check. */
  explain(request: ExplainRequest): Promise<Explanation>
  /**
   * Loads the keys of every source again; rejects where one fails, which then keeps its last good
   * keys.
   */
  reloadKeys(): Promise<void>
  /**
   * How the keys of each CDN stand: which signs, since and until when, the last load and the last
   * fault. Without key material.
   */
  keys(): readonly KeyRingReport[]
  /**
   * Revokes all access that was issued up to now for an id, as the option `revocation.id` gives it:
   * at the route of every process at once, at edges that ask within seconds. It is no ban: at the
   * next request `authorize` alone decides, so take the right away before you revoke. It may be
   * called again at any time, which takes back what was issued since as well.
   *
   * @throws CDN_ACCESS_REVOCATION_UNAVAILABLE (503) where the store fails, and no edge is told
   * @throws CDN_ACCESS_REVOCATION_INCOMPLETE (503) where an edge could not be told: call it again
   * @throws CDN_ACCESS_REVOCATION_MISSING, CDN_ACCESS_REVOCATION_ID_INVALID
   */
  revoke(id: string): Promise<Revoked>
  stats(): CdnAccessStats
  readonly cdns: readonly CdnSummary[]
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Signed URLs, explanations, keys and counts of fastify-cdn-access. */
    cdnAccess: CdnAccess
  }
  interface FastifyReply {
    /**
     * Runs `authorize` and sets the viewer's cookies where they are missing, due or changed; with
     * `force` in any case. They are written with the reply, and only where it succeeds.
     *
     * @throws CDN_ACCESS_DENIED (403), CDN_ACCESS_KEY_UNAVAILABLE (503), CDN_ACCESS_REPLY_SENT
     */
    issueCdnAccess(options?: { force?: boolean }): Promise<Receipt>
    /**
     * Takes away every cookie that this viewer may hold, on every path where it was set.
     *
     * @throws CDN_ACCESS_REPLY_SENT
     */
    clearCdnAccess(): FastifyReply
  }
  interface FastifyRequest {
    /**
     * What the viewer's ticket says: a hint from the client, never a proof. Never authorize on it.
     */
    readonly cdnAccessTicket: TicketHint
  }
}

export interface DecoratorContext {
  readonly config: CdnAccessConfig
  readonly access: Access
  readonly replies: ReplyAccess
  readonly rings: ReadonlyMap<string, KeyRing>
  /** Undefined where nothing is revoked. */
  readonly revocations: Revocations | undefined
}

const unawaitedAdvice = 'fastify-cdn-access: issueCdnAccess() failed and nobody awaited it: ' +
  'write "await reply.issueCdnAccess()", or handle its rejection'

/** Adds the decorators as functions and getters, which a scope below may have of its own. */
export function decorate (
  fastify: FastifyInstance,
  { config, access, replies, rings, revocations }: DecoratorContext
): void {
  const { now, rules, signTimeout } = config
  const cdns = rules.targets.map(({ cdn }) => cdn)

  fastify.decorate(
    'cdnAccess',
    Object.freeze(
      {
        signUrl: (path, options) =>
          signUrl({ cdns, rings, ttl: rules.ttl, signTimeout, now, revocations }, path, options),
        explain: (request) =>
          explain({ cdns, rings, now, revokedSince: revocations?.since }, request),
        reloadKeys: async () => {
          await Promise.all([...rings.values()].map((ring) => ring.reload()))
        },
        keys: () => Object.freeze([...rings.values()].map((ring) => ring.report())),
        revoke: async (id) => {
          if (revocations === undefined) throw new errors.CDN_ACCESS_REVOCATION_MISSING('revoke()')
          return revocations.revoke(id)
        },
        stats: () => ({ ...replies.counts, cached: access.cached() }),
        get cdns () {
          return cdns.map(({ name, url }) => ({ name, url, keyIds: keyIdsOf(name) }))
        }
      } satisfies CdnAccess
    )
  )

  function keyIdsOf (cdn: string): string[] {
    return rings.get(cdn)!.accepted(secondsOf(now)).map(({ id }) => id)
  }

  fastify.decorateReply(
    'issueCdnAccess',
    function issueCdnAccess (this: FastifyReply, options?: { force?: boolean }) {
      const { request } = this
      const issuing = replies.issue(request, this, {
        ...options,
        keepsDenied: isCrossSite(request)
      })
      return reportUnawaited(issuing, (error) => {
        request.log.error({ reason: codeOrKind(error) }, unawaitedAdvice)
      })
    }
  )

  fastify.decorateReply('clearCdnAccess', function clearCdnAccess (this: FastifyReply) {
    replies.clear(this.request, this)
    return this
  })

  fastify.decorateRequest('cdnAccessTicket', {
    getter: function cdnAccessTicket (this: FastifyRequest) {
      return replies.hint(this)
    }
  })
}
