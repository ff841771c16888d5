import { LRUCache } from 'lru-cache'
import { accessLine, clearLine, ticketLine, type CookieAttributes, type Place, type SerializeCookie } from './cookies.js'
import { CDN_ACCESS_COOKIES_TOO_LARGE, CDN_ACCESS_SIGN_FAILED, CDN_ACCESS_TICKET_TOO_LARGE } from './errors.js'
import type { Permission, PermissionPart } from './grant.js'
import type { KeyRing } from './keys/key-ring.js'
import type { CdnKey } from './keys/key.js'
import { formatTicket, shortIdentity } from './ticket.js'
import type { EpochSeconds } from './time.js'

/** Access that is signed and ready to be set. */
export interface SignedAccess {
  readonly lines: readonly string[]
  readonly places: readonly Place[]
}

/** What is to be signed: a permission at one expiry. */
export interface SigningOrder {
  readonly permission: Permission
  readonly fingerprint: string
  readonly expiresAt: EpochSeconds
  readonly now: EpochSeconds
}

export interface SignerContext {
  readonly rings: ReadonlyMap<string, KeyRing>
  readonly serialize: SerializeCookie
  readonly ticket: { readonly name: string, readonly attributes: CookieAttributes }
  /** How many signed grants are kept; 0 for none. */
  readonly cacheSize: number
  readonly warn: (message: string) => void
}

export interface Signer {
  sign (order: SigningOrder): Promise<SignedAccess>
  readonly cached: () => number
}

/** What a proxy's default buffer holds, and what the largest common one does. */
const warnBytes = 3584
const largestBytes = 8192

/**
 * Signs with all CDNs and keeps the finished lines: viewers with equal grants share a signature, and equal
 * orders under way are joined. What is bound to one viewer, and what failed, is not kept.
 */
export function createSigner ({ rings, serialize, ticket, cacheSize, warn }: SignerContext): Signer {
  const memo = cacheSize === 0 ? undefined : new LRUCache<string, Promise<SignedAccess>>({ max: cacheSize })
  let warned = false

  function sign (order: SigningOrder): Promise<SignedAccess> {
    const { permission: { parts, shared }, fingerprint, expiresAt, now } = order
    const keys = parts.map(({ target }) => rings.get(target.cdn.name)!.signingKey(now, expiresAt))
    if (memo === undefined || !shared) return compose(order, keys)
    const memoKey = JSON.stringify([fingerprint, expiresAt, keys.map(({ identity }) => identity)])
    const kept = memo.get(memoKey)
    if (kept !== undefined) return kept
    const made = compose(order, keys)
    memo.set(memoKey, made)
    made.catch(() => memo.delete(memoKey))
    return made
  }

  async function compose ({ permission, fingerprint, expiresAt, now }: SigningOrder, keys: readonly CdnKey[]): Promise<SignedAccess> {
    const maxAge = permission.until === undefined ? permission.ttl : expiresAt - now
    const places = permission.parts.flatMap(placesOf)
    const value = formatTicket({ expiresAt, fingerprint, keys: keys.map(({ identity }) => shortIdentity(identity)), places })
    if (value === undefined) throw new CDN_ACCESS_TICKET_TOO_LARGE()
    const access = await Promise.all(permission.parts.map((part, index) => signPart(part, keys[index]!, expiresAt, maxAge)))
    const lines = [...access.flat(), ticketLine(serialize, ticket.name, value, ticket.attributes, maxAge)]
    measure(lines)
    return { lines, places }
  }

  /** A set's lines, and for each name that is not part of it the line that takes an earlier one away. */
  async function signPart (part: PermissionPart, key: CdnKey, expiresAt: EpochSeconds, maxAge: number): Promise<string[]> {
    const { target, grant } = part
    const cookies = await target.cdn.sign({ ...grant, expiresAt }, key).catch((cause: unknown) => { throw failure(target.cdn.name, cause) })
    const companions = placesOf(part).flatMap((place) => target.cdn.cookieNames
      .filter((name) => !cookies.some((cookie) => cookie.name === name && cookie.path === place.path))
      .map((name) => clearLine(serialize, name, place, target.attributes)))
    return [...cookies.map((cookie) => accessLine(serialize, target, cookie, maxAge)), ...companions]
  }

  function measure (lines: readonly string[]): void {
    const bytes = lines.reduce((sum, line) => sum + 'set-cookie: \r\n'.length + line.length, 0)
    if (bytes > largestBytes) throw new CDN_ACCESS_COOKIES_TOO_LARGE(bytes, largestBytes)
    if (bytes <= warnBytes || warned) return
    warned = true
    warn(`a grant needs ${bytes} bytes of Set-Cookie lines: a proxy with a buffer of 4 kB, nginx' default, answers 502. Use EC P-256 keys or one common prefix, or raise the proxy's buffer`)
  }

  return { sign, cached: () => memo?.size ?? 0 }
}

function placesOf ({ target: { cdn, attributes }, cookiePaths }: PermissionPart): Place[] {
  return [...new Set(cookiePaths)].map((path) => ({ cdn: cdn.name, domain: attributes.domain, partitioned: attributes.partitioned, path }))
}

function failure (cdn: string, cause: unknown): unknown {
  const coded = cause instanceof Error && 'code' in cause && String(cause.code).startsWith('CDN_ACCESS_')
  return coded ? cause : new CDN_ACCESS_SIGN_FAILED(cdn, { cause })
}
