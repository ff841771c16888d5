import type { FastifyReply, FastifyRequest } from 'fastify'
import { hostWithin, readCookie, type AccessCdn, type Place } from '../cookies/cookies.js'
import { CDN_ACCESS_DENIED } from '../errors.js'
import { expiryOf, type Authorization, type GrantRules, type Permission } from './grant.js'
import type { KeyRing } from '../key-ring/key-ring.js'
import type { ReadPermission } from './permissions.js'
import type { SetCookieWriter } from '../cookies/set-cookie.js'
import type { SignedAccess, Signer } from './signing.js'
import { refuseSent, type Staging } from '../server/staging.js'
import { createTicketReader, holdsNothing, type ReadTicket, type Ticket } from './ticket.js'
import { secondsOf, type EpochSeconds } from '../time.js'

/** The route's reply. The durations are what counts: a viewer's clock is often wrong. */
export interface Receipt {
  /** `issued`: the viewer had none, or another; `refreshed`: renewed; `fresh`: nothing to do, no cookie was set. */
  readonly status: 'issued' | 'refreshed' | 'fresh'
  /** Seconds until access ends. */
  readonly expiresIn: number
  /** Seconds until the viewer should ask again; spread at random, so that viewers do not all ask at once. */
  readonly refreshIn: number
  /** When access ends, in epoch seconds. */
  readonly expiresAt: EpochSeconds
}

/** What the viewer's ticket says. It comes from the client and proves nothing: never authorize on it. */
export interface TicketHint {
  readonly status: 'none' | 'valid' | 'due' | 'expired'
  readonly expiresAt?: EpochSeconds
}

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

export interface AccessContext {
  readonly rules: GrantRules
  readonly authorize: (request: FastifyRequest) => Authorization | Promise<Authorization>
  readonly readPermission: ReadPermission
  readonly now: () => number
  readonly rings: ReadonlyMap<string, KeyRing>
  readonly signer: Signer
  readonly staging: Staging
  readonly setCookie: SetCookieWriter
  readonly ticketName: string
  /** Where cookies lie that were issued for the `paths` option. */
  readonly staticPlaces: readonly Place[]
}

/** The decision: what this viewer should hold, and whether it holds it. */
export interface Access {
  /** Gives access where it is due, or throws the denial and takes away what the viewer holds. */
  issue(
    request: FastifyRequest,
    reply: FastifyReply,
    options?: { force?: boolean }
  ): Promise<Receipt>
  /** Like `issue`, but never denies and never clears. */
  renew(request: FastifyRequest, reply: FastifyReply): Promise<void>
  /** Takes away all that the viewer may hold. */
  clear(request: FastifyRequest, reply: FastifyReply): void
  hint(request: FastifyRequest): TicketHint
  readonly counts: Readonly<AccessCounts>
}

interface Order {
  readonly permission: Permission
  readonly now: EpochSeconds
  readonly expiresAt: EpochSeconds
  readonly force: boolean
}

export function createAccess (context: AccessContext): Access {
  const { rules, rings, signer, staging, setCookie, ticketName } = context
  const counts: AccessCounts = {
    issued: 0,
    refreshed: 0,
    fresh: 0,
    denied: 0,
    cleared: 0,
    failed: 0
  }
  const readTicket = createTicketReader()
  const warnOfHost = createHostWarning(rules.targets)

  /** Every request takes this way. What is fresh is answered without another turn of the event loop. */
  async function decide<Denied> (
    request: FastifyRequest,
    reply: FastifyReply,
    force: boolean,
    denied: (request: FastifyRequest, reply: FastifyReply, cause: unknown) => Denied
  ): Promise<Receipt | Denied> {
    refuseSent(reply)
    let cause: unknown
    try {
      const answer = context.authorize(request)
      const permission = context.readPermission(isPromise(answer) ? await answer : answer)
      const now = secondsOf(context.now)
      const expiresAt = permission === undefined ? now : expiryOf(permission, now)
      if (permission !== undefined && expiresAt > now) {
        const given = give(request, reply, { permission, now, expiresAt, force })
        const receipt = given instanceof Promise ? await given : given
        counts[receipt.status]++
        return receipt
      }
    } catch (error) {
      // A thrown 403 is a denial; what else is thrown passes, and access lapses by itself.
      if ((error as { statusCode?: unknown } | null)?.statusCode !== 403) {
        counts.failed++
        throw error
      }
      cause = error
    }
    return denied(request, reply, cause)
  }

  function give (
    request: FastifyRequest,
    reply: FastifyReply,
    order: Order
  ): Receipt | Promise<Receipt> {
    const { permission, now } = order
    const held = heldTicket(request, reply, permission, now)
    const same = held.ticket?.fingerprint === permission.fingerprint
    if (same && !order.force && isFresh(held.ticket, permission, order)) {
      return receiptOf('fresh', held.ticket.expiresAt, permission, now)
    }
    const stage = ({ lines, places }: SignedAccess): Receipt => {
      warnOfHost(request)
      staging.stage(reply, {
        kind: 'issue',
        lines: [...lines, ...linesWithout(held.places, places)],
        places
      })
      return receiptOf(same ? 'refreshed' : 'issued', order.expiresAt, permission, now)
    }
    const signed = signer.sign(order)
    return signed instanceof Promise ? signed.then(stage) : stage(signed)
  }

  /** Takes away what the viewer still holds. */
  function deny (request: FastifyRequest, reply: FastifyReply, cause: unknown): never {
    refuseSent(reply)
    counts.denied++
    if (
      readCookie(request.raw.headers.cookie, ticketName) !== undefined ||
      staging.staged(reply) !== undefined
    ) stageClear(request, reply)
    throw cause === undefined ? new CDN_ACCESS_DENIED() : new CDN_ACCESS_DENIED({ cause })
  }

  function clear (request: FastifyRequest, reply: FastifyReply): void {
    stageClear(request, reply)
    counts.cleared++
  }

  function stageClear (request: FastifyRequest, reply: FastifyReply): void {
    const places = uniquePlaces([
      ...readHeld(request).places,
      ...context.staticPlaces,
      ...staging.staged(reply)?.places ?? []
    ])
    staging.stage(reply, {
      kind: 'clear',
      lines: [...linesWithout(places, []), setCookie.clearTicket()],
      places: []
    })
  }

  /** The ticket where it can count; none after a clear on this reply, or where its expiry can't be one of ours. */
  function heldTicket (
    request: FastifyRequest,
    reply: FastifyReply,
    { ttl, expiryStep, readTicket }: Permission,
    now: EpochSeconds
  ): ReadTicket {
    const held = readHeld(request, readTicket)
    const counts = held.ticket !== undefined && staging.staged(reply)?.kind !== 'clear' &&
      held.ticket.expiresAt > now && held.ticket.expiresAt <= now + ttl + expiryStep
    return counts ? held : { ticket: undefined, places: held.places }
  }

  /** Still accepted, and either not due or without a later expiry to be had. */
  function isFresh (
    { keys, expiresAt }: Ticket,
    { parts, refreshBefore, until }: Permission,
    next: Order
  ): boolean {
    const { now } = next
    return parts.every(({ target }, index) =>
      rings.get(target.cdn.name)!.accepts(keys[index]!, now, expiresAt)
    ) &&
      (until === undefined || expiresAt <= until) &&
      (expiresAt - now > refreshBefore || next.expiresAt <= expiresAt)
  }

  function readHeld (request: FastifyRequest, read = readTicket): ReadTicket {
    const value = readCookie(request.raw.headers.cookie, ticketName)
    return value === undefined ? holdsNothing : read(value)
  }

  /** Lines that clear each of these places but those that are set anew. */
  function linesWithout (places: readonly Place[], kept: readonly Place[]): string[] {
    return places.filter((place) => !kept.some((other) => samePlace(place, other)))
      .flatMap((place) => {
        const target = rules.targets.find(({ cdn }) => cdn.name === place.cdn)
        return target === undefined
          ? []
          : setCookie.clear(target.cdn.cookieNames, place, target.attributes)
      })
  }

  return {
    issue: (request, reply, { force = false } = {}) => decide(request, reply, force, deny),
    renew: async (request, reply) => {
      await decide(request, reply, false, letPass)
    },
    clear,
    hint: (request) => {
      const { ticket } = readHeld(request)
      const left = (ticket?.expiresAt ?? 0) - secondsOf(context.now)
      if (ticket === undefined || left > rules.ttl + rules.expiryStep) return { status: 'none' }
      return {
        status: left <= 0 ? 'expired' : left <= rules.refreshBefore ? 'due' : 'valid',
        expiresAt: ticket.expiresAt
      }
    },
    counts
  }
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

/** Durations in whole seconds. Viewers of one step ask again spread over half of `refreshBefore`. */
function receiptOf (
  status: Receipt['status'],
  expiresAt: EpochSeconds,
  { refreshBefore, until }: Permission,
  now: EpochSeconds
): Receipt {
  const expiresIn = expiresAt - now
  const untilDue = expiresAt === until ? expiresIn : Math.max(0, expiresIn - refreshBefore)
  const refreshIn = Math.max(
    1,
    Math.min(expiresIn, Math.ceil(untilDue + Math.random() * refreshBefore / 2))
  )
  return { status, expiresIn, refreshIn, expiresAt }
}

function uniquePlaces (places: readonly Place[]): Place[] {
  return places.filter((place, index) =>
    places.findIndex((other) => samePlace(place, other)) === index
  )
}

function samePlace (first: Place, second: Place): boolean {
  return first.cdn === second.cdn && first.domain === second.domain &&
    first.partitioned === second.partitioned && first.path === second.path
}

/** Says once where the API's own host can't set the cookies that the CDN needs: only a request shows that host. */
function createHostWarning (targets: readonly AccessCdn[]): (request: FastifyRequest) => void {
  let asked = false
  return (request) => {
    if (asked) return
    asked = true
    for (const { cdn, attributes: { domain } } of targets) {
      const cdnHost = new URL(cdn.url).hostname
      const lost = domain === undefined
        ? request.hostname !== cdnHost
        : !hostWithin(request.hostname, domain)
      if (lost) {
        request.log
          .warn(`fastify-cdn-access: the API answers at "${request.hostname}" and the CDN "${cdn.name}" at "${cdnHost}": ${
            domain === undefined
              ? 'cookies without a Domain stay on the API\'s host'
              : `browsers refuse cookies with Domain "${domain}" from there`
          }. Serve both below one parent domain and name it in cookie.domain`)
      }
    }
  }
}
