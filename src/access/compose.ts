import type { AccessCookie, Cdn, CdnGrant } from '../cdn/cdn.js'
import type { Place } from '../cookies/cookies.js'
import { bytesOf, defaultProxyBytes, largestProxyBytes } from '../cookies/line-size.js'
import type { SetCookieWriter } from '../cookies/set-cookie.js'
import * as errors from '../errors.js'
import type { RingKey } from '../key-ring/ring-keys.js'
import { errorKind } from '../key-ring/load-failure.js'
import type { CdnKey } from '../keys/key.js'
import type { EpochSeconds } from '../time.js'
import { createTicketNames } from './area.js'
import { stepOf, type Permission } from './grant.js'
import { issuedGrant, type PermissionPart } from './parts.js'
import { formatTicket, shortIdentity, writePlaces } from './ticket.js'
import type { Revocable } from './revocable.js'

/** The cookies of one CDN and path as values, for a client that keeps no cookies. */
export interface CookieValues {
  /** The CDN's name. */
  readonly cdn: string
  /** Its address: scheme, host and port. They are for requests to it alone. */
  readonly url: string
  /** The cookies' `Path`: they are for requests that it matches by RFC 6265, section 5.1.4. */
  readonly path: string
  /** The same as a `Cookie` header. */
  readonly header: string
  readonly pairs: ReadonlyArray<{ readonly name: string, readonly value: string }>
}

/** A ticket that is set. */
export interface NewTicket {
  /** Its cookie, one for each area. */
  readonly ticketName: string
  /** When it is set; 0 for the viewer's one area, whose lines all viewers of a step share. */
  readonly setAt: EpochSeconds
  /** Of what the viewer should hold. */
  readonly fingerprint: string
}

/** Access that is signed and ready to be set. */
export interface SignedAccess {
  /** The lines of the access cookies; the ticket of the viewer's one area comes last. */
  readonly lines: readonly string[]
  /** The fingerprint in that ticket: the permission's own. */
  readonly fingerprint: string
  /** The cookies of each part of the permission. */
  readonly sets: ReadonlyArray<readonly AccessCookie[]>
  readonly places: readonly Place[]
  /**
   * The line of a ticket, with the places of an earlier grant that it must remember; undefined where
   * it can't.
   */
  readonly ticketLine: (ticket: NewTicket, left: readonly Place[]) => string | undefined
  /** Undefined where nobody may ask for them. */
  readonly values: readonly CookieValues[] | undefined
}

/** What is to be signed: a permission at one expiry. */
export interface SigningOrder {
  readonly permission: Permission
  /** Whose it is, where it is to be revocable; undefined for what viewers share. */
  readonly revocable: Revocable | undefined
  readonly expiresAt: EpochSeconds
  readonly now: EpochSeconds
}

/**
 * Signs an order, with one key for each part of its permission. `shared` are the same parts as
 * viewers share them: what carries no id is taken from there.
 */
export type Compose = (
  order: SigningOrder,
  keys: readonly RingKey[],
  shared?: SignedAccess
) => Promise<SignedAccess>

/** Makes the function that signs with all CDNs of an order and writes the finished lines. */
export function createComposer (
  { rules, setCookie, ticketName, hasAreas, keepsValues, warn }: {
    /** `ttl`: how long any cookie lives at most, in seconds. */
    readonly rules: { readonly ttl: number }
    readonly setCookie: SetCookieWriter
    /** Of the ticket of the viewer's one area. */
    readonly ticketName: string
    readonly hasAreas: boolean
    readonly keepsValues: boolean
    readonly warn: (message: string) => void
  }
): Compose {
  const ticketOfArea = createTicketNames(ticketName, 0)('any')
  let warned = false

  async function compose (
    order: SigningOrder,
    keys: readonly RingKey[],
    shared?: SignedAccess
  ): Promise<SignedAccess> {
    const { permission, expiresAt, now } = order
    const { parts, fingerprint, written, ttl } = permission
    // The life at the step's first second: all viewers of a step share these lines.
    const maxAge = ttl - (stepOf(permission, now) - expiresAt)
    const sets = await Promise.all(
      parts.map(async (part, index) =>
        shared !== undefined && !carriesId(part)
          ? shared.sets[index]!
          : signWith(part.target.cdn, grantOf(part, order), keys[index]!.key)
      )
    )
    const identities = keys.map(({ identity }) => shortIdentity(identity))
    const lines: string[] = []
    parts.forEach((part, index) => {
      addLines(lines, part, sets[index]!, maxAge)
    })
    const ticketLine: SignedAccess['ticketLine'] = (ticket, left) => {
      const named = left.length === 0 ? written : writePlaces([...written.places, ...left])
      if (named === undefined) return undefined
      const { setAt } = ticket
      const head = { expiresAt, fingerprint: ticket.fingerprint, keys: identities, setAt }
      const value = formatTicket(head, named)
      // What is left may outlive this grant, and must be named for as long.
      return setCookie.ticket(ticket.ticketName, value, left.length === 0 ? maxAge : rules.ttl)
    }
    lines.push(ticketLine({ ticketName, setAt: 0, fingerprint }, [])!)
    const longest = hasAreas
      ? [
        ...lines.slice(0, -1),
        ticketLine({ ticketName: ticketOfArea, setAt: now, fingerprint }, [])!
      ]
      : lines
    measure(longest, permission, keys.map(({ key }) => key))
    return {
      lines,
      fingerprint,
      sets,
      places: written.places,
      ticketLine,
      values: keepsValues
        ? parts.flatMap(({ target: { cdn } }, index) => valuesOf(cdn, sets[index]!))
        : undefined
    }
  }

  /**
   * A set's lines, and for each name that is not part of it the line that takes an earlier one
   * away.
   */
  function addLines (
    lines: string[],
    part: PermissionPart,
    cookies: readonly AccessCookie[],
    maxAge: number
  ): void {
    const { target, places } = part
    refuseOtherCookies(part, cookies)
    lines.push(...setCookie.access(target, cookies, maxAge))
    for (const place of places) {
      const missing = target.cdn.cookieNames.filter((name) =>
        !cookies.some((cookie) => cookie.name === name && cookie.path === place.path)
      )
      lines.push(...setCookie.clear(missing, place, target.attributes))
    }
  }

  function measure (
    lines: readonly string[],
    { parts }: Permission,
    keys: readonly CdnKey[]
  ): void {
    const bytes = bytesOf(lines)
    if (bytes > largestProxyBytes) throw tooLarge(bytes, lines, parts, keys)
    if (warned || bytes <= defaultProxyBytes) return
    warned = true
    warn(
      `a grant needs ${bytes} bytes of Set-Cookie lines, and almost as many to be cleared: a ` +
        `proxy with a buffer of 4 kB, nginx' default, answers 502. ${
          smallerKeys(keys)
        }Use one common ` +
        'prefix, or raise the proxy\'s buffer'
    )
  }

  return compose
}

/** True of a part whose cookies are of one viewer, where that viewer has an id. */
export function carriesId ({ target }: PermissionPart): boolean {
  return target.cdn.carriesRevocationId === true
}

/**
 * What one CDN is asked to sign. What viewers share is marked with the step's first second, as its
 * `Max-Age` is of then.
 */
function grantOf (
  part: PermissionPart,
  { permission, revocable, expiresAt, now }: SigningOrder
): CdnGrant {
  const { grant } = part
  if (revocable === undefined || !carriesId(part)) {
    return issuedGrant(grant, { expiresAt, issuedAt: stepOf(permission, now) - permission.ttl })
  }
  const { id: revocationId, issuedAt } = revocable
  return issuedGrant(grant, { expiresAt, issuedAt, revocationId })
}

function valuesOf (cdn: Cdn, cookies: readonly AccessCookie[]): CookieValues[] {
  return [...new Set(cookies.map(({ path }) => path))].map((path) => {
    const pairs = cookies.filter((cookie) => cookie.path === path).map(({ name, value }) => ({
      name,
      value
    }))
    const header = pairs.map(({ name, value }) => `${name}=${value}`).join('; ')
    return { cdn: cdn.name, url: cdn.url, path, header, pairs }
  })
}

async function signWith (cdn: Cdn, grant: CdnGrant, key: CdnKey): Promise<readonly AccessCookie[]> {
  try {
    return await cdn.sign(grant, key)
  } catch (cause) {
    throw failure(cdn.name, cause)
  }
}

/** What `plan` did not say can't be cleared. */
function refuseOtherCookies (
  { target: { cdn }, cookiePaths }: PermissionPart,
  cookies: readonly AccessCookie[]
): void {
  const other = cookies.find(({ name, path }) =>
    !cdn.cookieNames.includes(name) || !cookiePaths.includes(path)
  )
  if (other !== undefined) {
    throw new errors.CDN_ACCESS_CDN_INVALID(
      `"${cdn.name}" made a cookie "${other.name}" whose name is not among its cookieNames, ` +
        'or whose path is not among those that it planned'
    )
  }
}

/**
 * Says how many of the paths would fit: each takes as much as the others, but for its own length.
 */
function tooLarge (
  bytes: number,
  lines: readonly string[],
  parts: readonly PermissionPart[],
  keys: readonly CdnKey[]
): Error {
  const ticket = bytesOf(lines.slice(-1))
  const places = parts.reduce((sum, part) => sum + part.places.length, 0)
  const fitting = Math.floor((largestProxyBytes - ticket) / ((bytes - ticket) / places))
  return new errors.CDN_ACCESS_COOKIES_TOO_LARGE(
    bytes,
    largestProxyBytes,
    places,
    fitting,
    smallerKeys(keys)
  )
}

function smallerKeys (keys: readonly CdnKey[]): string {
  return keys.some(({ type }) => type?.startsWith('RSA')) ? 'EC P-256 keys take less room. ' : ''
}

function failure (cdn: string, cause: unknown): unknown {
  const coded = cause instanceof Error && 'code' in cause &&
    String(cause.code).startsWith('CDN_ACCESS_')
  return coded ? cause : new errors.CDN_ACCESS_SIGN_FAILED(cdn, errorKind(cause))
}
