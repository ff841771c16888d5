import { LRUCache } from 'lru-cache'
import { accessLine, clearLine, ticketLine, type CookieAttributes, type Place, type SerializeCookie } from './cookies.js'
import { CDN_ACCESS_BUSY, CDN_ACCESS_COOKIES_TOO_LARGE, CDN_ACCESS_SIGN_FAILED } from './errors.js'
import { placesOf, type Permission, type PermissionPart } from './grant.js'
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

type Memory = LRUCache<string, Promise<SignedAccess>>

export interface Signer {
  sign (order: SigningOrder): Promise<SignedAccess>
  readonly cached: () => number
}

/** What a proxy's default buffer holds, and what the largest common one does. */
const warnBytes = 3584
const largestBytes = 8192

/** How many grants may be signed or wait for it at a time; beyond that waiting would take longer than coming again. */
const mostUnderWay = 1000

/**
 * Signs with all CDNs and keeps the finished lines: viewers with equal grants share a signature, equal orders
 * under way are joined, and what the next step needs is signed before it begins. What is bound to one
 * viewer, and what failed, is not kept.
 */
export function createSigner ({ rings, serialize, ticket, cacheSize, warn }: SignerContext): Signer {
  const memo = cacheSize === 0 ? undefined : new LRUCache<string, Promise<SignedAccess>>({ max: cacheSize })
  let underWay = 0
  let warned = false

  function sign (order: SigningOrder): Promise<SignedAccess> {
    const keys = signingKeys(order)
    if (memo === undefined || !order.permission.shared) return compose(order, keys)
    const kept = memo.get(memoKeyOf(order, keys))
    if (kept === undefined) return remember(order, keys, memo)
    if (nextStepIsNear(order)) signNextStep(order, memo)
    return kept
  }

  function signingKeys ({ permission: { parts }, now, expiresAt }: SigningOrder): CdnKey[] {
    return parts.map(({ target }) => rings.get(target.cdn.name)!.signingKey(now, expiresAt))
  }

  function remember (order: SigningOrder, keys: readonly CdnKey[], memory: Memory): Promise<SignedAccess> {
    const key = memoKeyOf(order, keys)
    const made = compose(order, keys)
    memory.set(key, made)
    made.catch(() => memory.delete(key))
    return made
  }

  /** A grant that was asked for again will be asked for in the next step: then no request waits. */
  function signNextStep (order: SigningOrder, memory: Memory): void {
    const { permission: { ttl, expiryStep }, expiresAt } = order
    const next = { ...order, expiresAt: expiresAt + expiryStep, now: expiresAt + expiryStep - ttl }
    try {
      const keys = signingKeys(next)
      if (!memory.has(memoKeyOf(next, keys))) remember(next, keys, memory).catch(() => undefined)
    } catch {
      // No key for that time yet: the request that needs it will say so.
    }
  }

  async function compose (order: SigningOrder, keys: readonly CdnKey[]): Promise<SignedAccess> {
    if (underWay >= mostUnderWay) throw Object.assign(new CDN_ACCESS_BUSY(), { retryIn: 1, headers: { 'retry-after': '1' } })
    underWay++
    try {
      return await signParts(order, keys)
    } finally {
      underWay--
    }
  }

  async function signParts ({ permission: { parts, fingerprint, written, until, ttl }, expiresAt, now }: SigningOrder, keys: readonly CdnKey[]): Promise<SignedAccess> {
    const maxAge = until === undefined ? ttl : expiresAt - now
    const value = formatTicket({ expiresAt, fingerprint, keys: keys.map(({ identity }) => shortIdentity(identity)) }, written)
    const access = await Promise.all(parts.map((part, index) => signPart(part, keys[index]!, expiresAt, maxAge)))
    const lines = [...access.flat(), ticketLine(serialize, ticket.name, value, ticket.attributes, maxAge)]
    measure(lines)
    return { lines, places: written.places }
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

function memoKeyOf ({ permission: { fingerprint }, expiresAt }: SigningOrder, keys: readonly CdnKey[]): string {
  return JSON.stringify([fingerprint, expiresAt, keys.map(({ identity }) => identity)])
}

/** In the last quarter of a step. */
function nextStepIsNear ({ permission: { ttl, expiryStep, until }, expiresAt, now }: SigningOrder): boolean {
  const nextBegins = expiresAt + expiryStep - ttl
  return until === undefined && nextBegins - now <= Math.ceil(expiryStep / 4)
}

function failure (cdn: string, cause: unknown): unknown {
  const coded = cause instanceof Error && 'code' in cause && String(cause.code).startsWith('CDN_ACCESS_')
  return coded ? cause : new CDN_ACCESS_SIGN_FAILED(cdn, { cause })
}
