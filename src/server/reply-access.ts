import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Access, Decision, Receipt, TicketHint, Viewer } from '../access/access.js'
import type { Authorization } from '../access/grant.js'
import type { AccessCdn } from '../cookies/cookies.js'
import * as errors from '../errors.js'
import { refuseSent, type Head, type Staged } from './head.js'
import { createHostWarning } from './host-warning.js'
import { createSilenceHint } from './silent-authorize.js'

/** How often each thing happened since the start. */
export interface AccessCounts {
  issued: number
  refreshed: number
  fresh: number
  denied: number
  cleared: number
  /** Requests that ended in an error other than a denial. */
  failed: number
}

/** What a reply can do for its viewer. */
export interface ReplyAccess {
  /**
   * Gives access where it is due, or throws the denial and takes away what the viewer holds; with
   * `keepsDenied` it takes nothing away.
   */
  issue(
    request: FastifyRequest,
    reply: FastifyReply,
    options?: { force?: boolean, keepsDenied?: boolean }
  ): Promise<Receipt>
  /**
   * Like `issue`, but never denies and never clears, and gives way to what becomes of the reply.
   */
  renew(request: FastifyRequest, reply: FastifyReply): Promise<void>
  /** Takes away all that the viewer may hold. */
  clear(request: FastifyRequest, reply: FastifyReply): void
  /** True where the viewer's access is due and nothing was staged on the reply. */
  isDue(request: FastifyRequest, reply: FastifyReply): boolean
  hint(request: FastifyRequest): TicketHint
  readonly counts: Readonly<AccessCounts>
}

export interface ReplyAccessContext {
  readonly authorize: (request: FastifyRequest) => Authorization | Promise<Authorization>
  readonly access: Access
  readonly head: Head
  readonly targets: readonly AccessCdn[]
  readonly warn: (message: string) => void
}

/** What happens to a viewer who is denied. */
type Deny<Denied> = (request: FastifyRequest, reply: FastifyReply, cause: unknown) => Denied

/** Asks `authorize`, has the decision made, and stages what comes of it. */
export function createReplyAccess (context: ReplyAccessContext): ReplyAccess {
  const { access, head } = context
  const counts = { issued: 0, refreshed: 0, fresh: 0, denied: 0, cleared: 0, failed: 0 }
  const warnOfHost = createHostWarning(context.targets)
  const hintAtSilence = createSilenceHint(context.warn)

  /**
   * Every request takes this way. What is fresh is answered without another turn of the event loop.
   */
  async function give<Denied> (
    request: FastifyRequest,
    reply: FastifyReply,
    { force, kind, deny }: { force: boolean, kind: Staged['kind'], deny: Deny<Denied> }
  ): Promise<Receipt | Denied> {
    refuseSent(reply)
    const before = head.staged(reply)
    let cause: unknown
    try {
      const answer = context.authorize(request)
      const authorization = isPromise(answer) ? await answer : answer
      hintAtSilence(authorization)
      const decided = access.decide(authorization, viewerOf(request, reply), force)
      const decision = decided instanceof Promise ? await decided : decided
      refuseCleared(reply, before)
      if (decision !== undefined) return accept(request, reply, kind, decision)
    } catch (error) {
      // A thrown 403 is a denial; what else is thrown passes, and access lapses by itself.
      if ((error as { statusCode?: unknown } | null)?.statusCode !== 403) {
        if (kind === 'issue' && error instanceof errors.CDN_ACCESS_CLEARING_FIRST) {
          head.stage(reply, access.clear(viewerOf(request, reply)))
        }
        counts.failed++
        throw error
      }
      cause = error
    }
    return deny(request, reply, cause)
  }

  /** A logout that came meanwhile is the later word. */
  function refuseCleared (reply: FastifyReply, before: Staged | undefined): void {
    const staged = head.staged(reply)
    if (staged !== before && staged?.kind === 'clear') throw new errors.CDN_ACCESS_CLEARED()
  }

  function accept (
    request: FastifyRequest,
    reply: FastifyReply,
    kind: Staged['kind'],
    { receipt, changes }: Decision
  ): Receipt {
    if (changes !== undefined) {
      warnOfHost(request)
      head.stage(reply, { kind, lines: changes.lines, places: changes.places })
    }
    counts[receipt.status]++
    return receipt
  }

  /** Takes away nothing, and gives nothing that was to be given on this reply. */
  function refuse (_request: FastifyRequest, reply: FastifyReply, cause: unknown): never {
    refuseSent(reply)
    counts.denied++
    if (head.staged(reply)?.kind === 'issue') {
      head.stage(reply, { kind: 'issue', lines: [], places: [] })
    }
    throw deniedBy(cause)
  }

  /** Takes away what the viewer still holds. */
  function deny (request: FastifyRequest, reply: FastifyReply, cause: unknown): never {
    refuseSent(reply)
    counts.denied++
    const viewer = viewerOf(request, reply)
    if (access.holdsTicket(viewer.cookies) || viewer.staged !== undefined) {
      head.stage(reply, access.clear(viewer))
    }
    throw deniedBy(cause)
  }

  function viewerOf (request: FastifyRequest, reply: FastifyReply): Viewer {
    return { cookies: request.raw.headers.cookie, staged: head.staged(reply) }
  }

  function hint (request: FastifyRequest): TicketHint {
    return access.hint(request.raw.headers.cookie)
  }

  return {
    issue: (request, reply, { force = false, keepsDenied = false } = {}) =>
      give(request, reply, { force, kind: 'issue', deny: keepsDenied ? refuse : deny }),
    renew: async (request, reply) => {
      await give(request, reply, { force: false, kind: 'renew', deny: letPass })
    },
    clear: (request, reply) => {
      head.stage(reply, access.clear(viewerOf(request, reply)))
      counts.cleared++
    },
    isDue: (request, reply) => head.staged(reply) === undefined && hint(request).status === 'due',
    hint,
    counts
  }
}

function deniedBy (cause: unknown): Error {
  return cause === undefined
    ? new errors.CDN_ACCESS_DENIED()
    : new errors.CDN_ACCESS_DENIED({ cause })
}

/** A denial that nobody is told of. */
function letPass (): undefined {
  return undefined
}

function isPromise (
  answer: Authorization | Promise<Authorization>
): answer is Promise<Authorization> {
  return typeof (answer as { then?: unknown } | null | undefined)?.then === 'function'
}
