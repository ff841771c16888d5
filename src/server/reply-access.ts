import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Access, Decision, TicketHint } from '../access/access.js'
import { readArea } from '../access/area.js'
import type { CookieValues } from '../access/compose.js'
import type { Authorization } from '../access/grant.js'
import type { Receipt } from '../access/receipt.js'
import type { Revocable } from '../access/revocable.js'
import type { Viewer } from '../access/viewer.js'
import type { AccessCdn } from '../cookies/cookies.js'
import * as errors from '../errors.js'
import { noCounts, type AccessCounts } from './access-counts.js'
import { refuseSent, type Head, type Staged } from './head.js'
import { createHostWarning } from './host-warning.js'
import { sentHeader } from './sent-header.js'
import { createSilenceHint } from './silent-authorize.js'
import type { Standing, StandingReader } from './standing.js'

/** A receipt, and the cookies as values. */
export interface ReceiptWithValues {
  readonly receipt: Receipt
  readonly cookies: readonly CookieValues[]
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
  /**
   * Gives access as values, to a client that keeps no cookies: stages nothing, takes nothing away.
   */
  values(request: FastifyRequest, reply: FastifyReply): Promise<ReceiptWithValues>
  /** Takes away all that the viewer may hold, in every area. */
  clear(request: FastifyRequest, reply: FastifyReply): void
  /** Takes away the area that the request asks for; all where it asks for none. */
  end(request: FastifyRequest, reply: FastifyReply): void
  /** True where the viewer's access is due and nothing was staged on the reply. */
  isDue(request: FastifyRequest, reply: FastifyReply): boolean
  hint(request: FastifyRequest): TicketHint
  readonly counts: Readonly<AccessCounts>
}

export interface ReplyAccessContext {
  readonly authorize: (
    request: FastifyRequest,
    area: string | undefined
  ) => Authorization | Promise<Authorization>
  readonly area: undefined | ((request: FastifyRequest) => string | undefined)
  readonly access: Access
  /** Undefined where nothing is revoked. */
  readonly standing: StandingReader | undefined
  readonly head: Head
  readonly targets: readonly AccessCdn[]
  readonly warn: (message: string) => void
}

type ReadViewer = (
  request: FastifyRequest,
  reply: FastifyReply,
  area: string | undefined,
  revocable?: Revocable
) => Viewer

/** Who a decision is about, and what becomes of it. */
interface Way<Given, Denied> {
  readonly force: boolean
  readonly viewerOf: ReadViewer
  readonly accept: (request: FastifyRequest, reply: FastifyReply, decision: Decision) => Given
  readonly deny: (reply: FastifyReply, viewer: Viewer, cause: unknown) => Denied
  /** What fails for want of room is cleared, so that the next request finds some. */
  readonly makesRoom: boolean
}

/** Asks `authorize`, has the decision made, and stages what comes of it. */
export function createReplyAccess (context: ReplyAccessContext): ReplyAccess {
  const { access, head } = context
  const counts = noCounts()
  const warnOfHost = createHostWarning(context.targets)
  const hintAtSilence = createSilenceHint(context.warn)

  /**
   * Every request takes this way. What is fresh is answered without another turn of the event loop.
   */
  async function give<Given, Denied> (
    request: FastifyRequest,
    reply: FastifyReply,
    { force, viewerOf, accept, deny, makesRoom }: Way<Given, Denied>
  ): Promise<Given | Denied> {
    refuseSent(reply)
    const before = head.staged(reply)
    const area = counted(() => areaOf(request))
    let cause: unknown
    try {
      const stands = standingOf(request, area)
      const { authorization, revocable } = stands instanceof Promise ? await stands : stands
      const viewer = viewerOf(request, reply, area, revocable)
      const decided = access.decide(authorization, viewer, force)
      const decision = decided instanceof Promise ? await decided : decided
      refuseCleared(reply, before)
      if (decision !== undefined) {
        const given = accept(request, reply, decision)
        counts[decision.receipt.status]++
        return given
      }
    } catch (error) {
      // A thrown 403 is a denial; what else is thrown passes, and access lapses by itself.
      if ((error as { statusCode?: unknown } | null)?.statusCode !== 403) {
        if (makesRoom && error instanceof errors.CDN_ACCESS_CLEARING_FIRST) {
          head.stage(reply, access.clear(viewerOf(request, reply, area)))
        }
        counts.failed++
        throw error
      }
      cause = error
    }
    return deny(reply, viewerOf(request, reply, area), cause)
  }

  /** Asks `authorize`, and what was revoked. */
  function standingOf (
    request: FastifyRequest,
    area: string | undefined
  ): Standing | Promise<Standing> {
    const { standing } = context
    const begunAt = standing?.begin() ?? 0
    const settle = (authorization: Authorization): Standing | Promise<Standing> => {
      hintAtSilence(authorization)
      return standing === undefined
        ? { authorization, revocable: undefined }
        : standing.read(request, { authorization, begunAt, again })
    }
    const again = (): unknown => context.authorize(request, area)
    const answer = context.authorize(request, area)
    return isPromise(answer) ? Promise.resolve(answer).then(settle) : settle(answer)
  }

  function counted<Result> (work: () => Result): Result {
    try {
      return work()
    } catch (error) {
      counts.failed++
      throw error
    }
  }

  /** A logout that came meanwhile is the later word. */
  function refuseCleared (reply: FastifyReply, before: Staged | undefined): void {
    const staged = head.staged(reply)
    if (staged !== before && staged?.kind === 'clear') throw new errors.CDN_ACCESS_CLEARED()
  }

  /** Stages what changes; the later of two words on one reply counts. */
  function accept (kind: Staged['kind']): Way<Receipt, never>['accept'] {
    return (request, reply, { receipt, changes }) => {
      if (changes !== undefined) {
        warnOfHost(request)
        const { lines, places, everyArea } = changes
        head.stage(reply, { kind, lines, places, everyArea })
        counts.pushedOut += changes.pushedOut
      }
      return receipt
    }
  }

  /** Takes away nothing, and gives nothing that was to be given on this reply. */
  function refuse (reply: FastifyReply, { staged }: Viewer, cause: unknown): never {
    refuseSent(reply)
    counts.denied++
    if (staged?.kind === 'issue') {
      head.stage(reply, { kind: 'issue', lines: [], places: [], everyArea: false })
    }
    throw deniedBy(cause)
  }

  /** Takes away what the viewer still holds in this area. */
  function deny (reply: FastifyReply, viewer: Viewer, cause: unknown): never {
    refuseSent(reply)
    counts.denied++
    const holds = access.holdsTicket(viewer) || viewer.staged !== undefined
    if (holds && !viewer.staged?.everyArea) head.stage(reply, access.end(viewer))
    throw deniedBy(cause)
  }

  const viewerOf: ReadViewer = (request, reply, area, revocable) => ({
    cookies: sentHeader(request, 'cookie'),
    area,
    revocable,
    staged: head.staged(reply)
  })

  function areaOf (request: FastifyRequest): string | undefined {
    return context.area === undefined ? undefined : readArea(context.area(request))
  }

  /** What has no area that can be has no hint either: a request for it will say why. */
  function hint (request: FastifyRequest): TicketHint {
    let area: string | undefined
    try {
      area = areaOf(request)
    } catch {
      return { status: 'none' }
    }
    return access.hint({ cookies: sentHeader(request, 'cookie'), area })
  }

  function clear (request: FastifyRequest, reply: FastifyReply): void {
    head.stage(reply, access.clear(viewerOf(request, reply, undefined)))
    counts.cleared++
  }

  function end (request: FastifyRequest, reply: FastifyReply): void {
    const area = counted(() => areaOf(request))
    if (area === undefined) {
      clear(request, reply)
      return
    }
    const viewer = viewerOf(request, reply, area)
    if (!viewer.staged?.everyArea) head.stage(reply, access.end(viewer))
    counts.cleared++
  }

  const [issue, renew] = [accept('issue'), accept('renew')]
  const renewing: Way<Receipt, undefined> = {
    force: false,
    viewerOf,
    accept: renew,
    deny: letPass,
    makesRoom: false
  }
  const asValues: Way<ReceiptWithValues, never> = {
    force: true,
    viewerOf: withoutCookies,
    accept: (_request, _reply, { receipt, values }) => ({ receipt, cookies: values! }),
    deny: refuse,
    makesRoom: false
  }

  return {
    issue: (request, reply, { force = false, keepsDenied = false } = {}) => {
      const denied = keepsDenied ? refuse : deny
      return give(request, reply, { force, viewerOf, accept: issue, deny: denied, makesRoom: true })
    },
    renew: async (request, reply) => {
      await give(request, reply, renewing)
    },
    values: (request, reply) => give(request, reply, asValues),
    clear,
    end,
    isDue: (request, reply) => head.staged(reply) === undefined && hint(request).status === 'due',
    hint,
    counts
  }
}

/** A denial is no fault: where it was thrown would only fill the log, once for each. */
function deniedBy (cause: unknown): Error {
  const denial = cause === undefined
    ? new errors.CDN_ACCESS_DENIED()
    : new errors.CDN_ACCESS_DENIED({ cause })
  denial.stack = String(denial)
  return denial
}

/** Who keeps no cookies holds none, and nothing on the reply is about it. */
function withoutCookies (
  _request: FastifyRequest,
  _reply: FastifyReply,
  area: string | undefined,
  revocable?: Revocable
): Viewer {
  return { cookies: undefined, area, revocable, staged: undefined }
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
