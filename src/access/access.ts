import { readCookie, type Place } from '../cookies/cookies.js'
import type { SetCookieWriter } from '../cookies/set-cookie.js'
import * as errors from '../errors.js'
import type { KeyRing } from '../key-ring/key-ring.js'
import { secondsOf, type EpochSeconds } from '../time.js'
import { createClearing, type Changes } from './clearing.js'
import { createTicketNames } from './area.js'
import type { CookieValues, SignedAccess, SigningOrder } from './compose.js'
import { expiryOf, type GrantRules } from './grant.js'
import { createEnding } from './ending.js'
import { mostAreas } from './eviction.js'
import { createFolderWarning } from './lone-folder.js'
import { createHeldReader, holdsLater, type HeldArea } from './held.js'
import { createPermissionReader } from './permissions.js'
import { receiptOf, type Receipt } from './receipt.js'
import { refreshWindow } from './refresh-window.js'
import { createSigner } from './signing.js'
import { createStrangerWarning } from './strangers.js'
import { createTicketReader, holdsNothing, type ReadTicket, type Ticket } from './ticket.js'
import { createViewerFingerprints } from './viewer-fingerprint.js'
import type { Viewer } from './viewer.js'

/**
 * What the viewer's ticket says. It comes from the client and proves nothing: never authorize on
 * it.
 */
export interface TicketHint {
  readonly status: 'none' | 'valid' | 'due' | 'expired'
  readonly expiresAt?: EpochSeconds
}

/** What the viewer is told, and the cookies that go with it; none where access is fresh. */
export interface Decision {
  readonly receipt: Receipt
  readonly changes: Changes | undefined
  /** The cookies themselves; undefined where access is fresh, or where nobody may ask for them. */
  readonly values: readonly CookieValues[] | undefined
}

/** What a viewer should hold, and whether it holds it. */
export interface Access {
  /**
   * Decides on what `authorize` returned; undefined is a denial. With `force` access is issued
   * whatever the ticket says. What is fresh is answered at once.
   *
   * @throws the codes of grants, formats and keys
   */
  decide(
    authorization: unknown,
    viewer: Viewer,
    force: boolean
  ): Decision | undefined | Promise<Decision>
  /**
   * Makes what the `paths` option grants ready once, so that what never fits into a reply fails at
   * the start. What fails for another reason, such as keys that are not there yet, is left to a
   * request.
   *
   * @throws CDN_ACCESS_COOKIES_TOO_LARGE, CDN_ACCESS_COOKIE_TOO_LARGE, CDN_ACCESS_TICKET_TOO_LARGE
   */
  checkStaticPaths(): Promise<void>
  /** What takes away all that the viewer may hold, in every area. */
  clear(viewer: Viewer): Changes
  /** What takes away what the viewer may hold in the area that the request asks for. */
  end(viewer: Viewer): Changes
  /** True where a ticket of this area came, whatever it says. */
  holdsTicket(viewer: Viewer): boolean
  hint(viewer: Pick<Viewer, 'cookies' | 'area'>): TicketHint
  /** How many signed grants are kept in memory. */
  cached(): number
}

export interface AccessContext {
  readonly rules: GrantRules
  /** The name of the ticket of the viewer's one area; those of others begin with it. */
  readonly ticketName: string
  /** True where a request can ask for an area. */
  readonly hasAreas: boolean
  /** The most areas of one viewer; undefined for as many as one reply of 3.5 kB can clear. */
  readonly areas: number | undefined
  /** How many grants are kept, planned and signed. */
  readonly cacheSize: number
  /** Seconds. */
  readonly signTimeout: number
  /** True where signed cookies may be asked for as values. */
  readonly keepsValues: boolean
  readonly now: () => number
  readonly rings: ReadonlyMap<string, KeyRing>
  readonly setCookie: SetCookieWriter
  /** Where cookies lie that were issued for the `paths` option. */
  readonly staticPlaces: readonly Place[]
  readonly warn: (message: string) => void
}

export function createAccess (context: AccessContext): Access {
  const { rules, cacheSize, rings } = context
  const signer = createSigner(context)
  const noteFolders = createFolderWarning(context.warn)
  noteFolders(rules.paths.map(({ path }) => path))
  const readPermission = createPermissionReader(rules, cacheSize, noteFolders)
  const readTicket = createTicketReader()
  const ticketNames = createTicketNames(context.ticketName, cacheSize)
  const fingerprintFor = createViewerFingerprints(cacheSize)
  const readHeldAreas = createHeldReader(context.ticketName, cacheSize)
  const noteStrangers = createStrangerWarning(context)
  const clearing = createClearing(context)
  const ending = createEnding({ ...context, ticketNames, clearing, readHeldAreas })

  function decide (
    authorization: unknown,
    viewer: Viewer,
    force: boolean
  ): Decision | undefined | Promise<Decision> {
    const now = secondsOf(context.now)
    const permission = readPermission(authorization, now)
    if (permission === undefined) return undefined
    const { revocable } = viewer
    const order = { permission, revocable, now, expiresAt: expiryOf(permission, now) }
    return order.expiresAt > now ? give(viewer, order, force) : undefined
  }

  function give (
    viewer: Viewer,
    order: SigningOrder,
    force: boolean
  ): Decision | Promise<Decision> {
    const { permission, revocable, now, expiresAt } = order
    const fingerprint = fingerprintFor(permission, revocable)
    const ticketName = ticketNames(viewer.area)
    const sent = readCookie(viewer.cookies, ticketName)
    const held = sent === undefined ? holdsNothing : permission.readTicket(sent)
    const ticket = countable(held, viewer, order)
    if (ticket !== undefined) noteStrangers(ticket, now)
    const same = ticket?.fingerprint === fingerprint
    if (same && !force && isFresh(ticket, order) && !isAtRisk(ticket, viewer, order)) {
      const receipt = receiptOf('fresh', ticket.expiresAt, permission, now)
      return { receipt, changes: undefined, values: undefined }
    }
    const others = readHeldAreas(viewer.cookies, ticketName)
    const status = sent === undefined && others.length === 0 ? 'issued' : 'refreshed'
    const setAt = viewer.area === undefined ? 0 : setAfter(others, now)
    const newTicket = { ticketName, setAt, fingerprint }
    const mustGo = viewer.staged?.everyArea ?? false
    const issue = (signed: SignedAccess): Decision => ({
      receipt: receiptOf(status, expiresAt, permission, now),
      changes: clearing.issue(signed, newTicket, { places: held.places, others, mustGo }, now),
      values: signed.values
    })
    const signed = signer.sign(order)
    return signed instanceof Promise ? signed.then(issue) : issue(signed)
  }

  /**
   * Who asks for an area must not lose it to one that is asked for next: where it can be prolonged,
   * it is.
   */
  function isAtRisk (
    ticket: Ticket,
    { cookies, area }: Viewer,
    { permission, now, expiresAt }: SigningOrder
  ): boolean {
    if (!context.hasAreas || expiresAt === permission.until) return false
    const own = { ticketName: ticketNames(area), ticket, places: ticket.places }
    return holdsLater(cookies, context.ticketName, own) &&
      clearing.isAtRisk(own, readHeldAreas(cookies, own.ticketName), now)
  }

  /**
   * Still accepted, either not due or without a later expiry to be had, and nothing of an earlier
   * grant is left to be cleared.
   */
  function isFresh (
    { keys, expiresAt, places }: Ticket,
    { permission, now, expiresAt: next }: SigningOrder
  ): boolean {
    const { parts, until, written } = permission
    if (places.length > written.places.length) return false
    const accepted = parts.every(({ target }, index) =>
      rings.get(target.cdn.name)!.accepts(keys[index]!, now, expiresAt)
    )
    const notDue = expiresAt - now > refreshWindow(permission).earliest || next <= expiresAt
    return accepted && notDue && (until === undefined || expiresAt <= until)
  }

  function sentBy ({ cookies, area }: Pick<Viewer, 'cookies' | 'area'>): string | undefined {
    return readCookie(cookies, ticketNames(area))
  }

  return {
    decide,
    checkStaticPaths: async () => {
      try {
        await decide(true, nobody, false)
      } catch (error) {
        if (isTooLarge(error)) throw error
      }
    },
    clear: ending.endAll,
    end: ending.end,
    holdsTicket: (viewer) => sentBy(viewer) !== undefined,
    hint: (viewer) => {
      const sent = sentBy(viewer)
      const { ticket } = sent === undefined ? holdsNothing : readTicket(sent)
      const left = (ticket?.expiresAt ?? 0) - secondsOf(context.now)
      if (ticket === undefined || left > rules.ttl + rules.expiryStep) return { status: 'none' }
      const status = left <= 0 ? 'expired' : left <= rules.refreshBefore ? 'due' : 'valid'
      return { status, expiresAt: ticket.expiresAt }
    },
    cached: signer.cached
  }
}

/** A viewer who sent nothing. */
const nobody: Viewer = Object.freeze({
  cookies: undefined,
  area: undefined,
  revocable: undefined,
  staged: undefined
})

/**
 * The ticket where it can count; none after a clear on this reply, or where its expiry can't be
 * one of ours.
 */
function countable (
  { ticket }: ReadTicket,
  { staged }: Viewer,
  { now, permission: { ttl, expiryStep } }: SigningOrder
): Ticket | undefined {
  const expiresAt = ticket?.expiresAt ?? 0
  const counts = expiresAt > now && expiresAt <= now + ttl + expiryStep
  return counts && staged?.kind !== 'clear' ? ticket : undefined
}

/**
 * Now, or a little later than what was set in the same second: areas keep their order. More than a
 * viewer can hold are set in one second by nobody.
 */
function setAfter (others: readonly HeldArea[], now: EpochSeconds): EpochSeconds {
  const last = Math.max(...others.map(({ ticket }) => ticket?.setAt ?? 0), 0)
  return last < now || last > now + mostAreas ? now : last + 1
}

function isTooLarge (error: unknown): boolean {
  return error instanceof errors.CDN_ACCESS_COOKIES_TOO_LARGE ||
    error instanceof errors.CDN_ACCESS_COOKIE_TOO_LARGE ||
    error instanceof errors.CDN_ACCESS_TICKET_TOO_LARGE
}
