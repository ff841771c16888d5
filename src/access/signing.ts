import type { AccessCookie, Cdn, CdnGrant } from '../cdn/cdn.js'
import type { Place } from '../cookies/cookies.js'
import * as errors from '../errors.js'
import { grantUntil, type Permission, type PermissionPart } from './grant.js'
import type { KeyRing } from '../key-ring/key-ring.js'
import type { CdnKey } from '../keys/key.js'
import { createSecondSightCache, type SecondSightCache } from './second-sight-cache.js'
import type { SetCookieWriter } from '../cookies/set-cookie.js'
import { formatTicket, shortIdentity } from './ticket.js'
import { retryAfter, type EpochSeconds } from '../time.js'

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
  readonly setCookie: SetCookieWriter
  /** How many signed grants are kept; 0 for none. */
  readonly cacheSize: number
  readonly warn: (message: string) => void
}

/**
 * What is kept of a grant: its access in one step and, when that is near, in the next; the one made last comes first.
 * They share a place, so that signing ahead takes none from another grant.
 */
type Steps = ReadonlyArray<{ readonly expiresAt: EpochSeconds, readonly access: SignedAccess }>

type Memory = SecondSightCache<Steps>

/** An order under way that equal ones join. */
interface SharedWork {
  /** The grant's key in the memory. */
  readonly grantKey: string
  /** The same with the expiry. */
  readonly orderKey: string
  made?: Promise<SignedAccess> | undefined
}

export interface Signer {
  /** At once where it is in memory. */
  sign(order: SigningOrder): SignedAccess | Promise<SignedAccess>
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
export function createSigner ({ rings, setCookie, cacheSize, warn }: SignerContext): Signer {
  const memo: Memory | undefined = cacheSize === 0 ? undefined : createSecondSightCache(cacheSize)
  const joined = new Map<string, SharedWork>()
  let underWay = 0
  let warned = false

  function sign (order: SigningOrder): SignedAccess | Promise<SignedAccess> {
    const keys = signingKeys(order)
    if (memo === undefined || !order.permission.shared) return compose(order, keys)
    const grantKey = grantKeyOf(order, keys)
    const kept = accessAt(memo.get(grantKey), order.expiresAt)
    if (kept === undefined) return joinOrCompose(order, keys, grantKey)
    if (nextStepIsNear(order)) signNextStep(order, memo)
    return kept
  }

  function joinOrCompose (
    order: SigningOrder,
    keys: readonly CdnKey[],
    grantKey: string
  ): Promise<SignedAccess> {
    const orderKey = `${order.expiresAt}.${grantKey}`
    return joined.get(orderKey)?.made ?? compose(order, keys, { grantKey, orderKey })
  }

  function signingKeys ({ permission: { parts }, now, expiresAt }: SigningOrder): CdnKey[] {
    return parts.map(({ target }) => rings.get(target.cdn.name)!.signingKey(now, expiresAt))
  }

  function compose (
    order: SigningOrder,
    keys: readonly CdnKey[],
    shared?: SharedWork
  ): Promise<SignedAccess> {
    if (underWay >= mostUnderWay) throw retryAfter(new errors.CDN_ACCESS_BUSY(), 1)
    underWay++
    const made = signParts(order, keys, shared)
    if (shared !== undefined) {
      shared.made = made
      joined.set(shared.orderKey, shared)
    }
    return made
  }

  /** A grant that was asked for again will be asked for in the next step: then no request waits. */
  function signNextStep (order: SigningOrder, memory: Memory): void {
    const { permission: { ttl, expiryStep }, expiresAt } = order
    const next = { ...order, expiresAt: expiresAt + expiryStep, now: expiresAt + expiryStep - ttl }
    try {
      const keys = signingKeys(next)
      const grantKey = grantKeyOf(next, keys)
      if (accessAt(memory.get(grantKey), next.expiresAt) === undefined) {
        joinOrCompose(next, keys, grantKey).catch(() => undefined)
      }
    } catch {
      // No key for that time yet: the request that needs it will say so.
    }
  }

  async function signParts (
    { permission, expiresAt, now }: SigningOrder,
    keys: readonly CdnKey[],
    shared: SharedWork | undefined
  ): Promise<SignedAccess> {
    const { parts, fingerprint, written, until, ttl } = permission
    try {
      const maxAge = until === undefined ? ttl : expiresAt - now
      const sets = await Promise.all(parts.map(({ target, grant }, index) =>
        signWith(target.cdn, grantUntil(grant, expiresAt), keys[index]!)
      ))
      const value = formatTicket({
        expiresAt,
        fingerprint,
        keys: keys.map(({ identity }) =>
          shortIdentity(identity)
        )
      }, written)
      const lines: string[] = []
      parts.forEach((part, index) => {
        addLines(lines, part, sets[index]!, maxAge)
      })
      lines.push(setCookie.ticket(value, maxAge))
      const signed = { lines, places: written.places }
      measure(lines)
      if (shared !== undefined) {
        keep(memo!, shared.grantKey, { expiresAt, access: signed })
      }
      return signed
    } finally {
      underWay--
      if (shared !== undefined) {
        joined.delete(shared.orderKey)
        // Emptied as well: a table that a Map has outgrown holds on to what was in it until the next full collection.
        shared.made = undefined
      }
    }
  }

  /** A set's lines, and for each name that is not part of it the line that takes an earlier one away. */
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

  function measure (lines: readonly string[]): void {
    const bytes = lines.reduce((sum, line) => sum + 'set-cookie: \r\n'.length + line.length, 0)
    if (bytes > largestBytes) throw new errors.CDN_ACCESS_COOKIES_TOO_LARGE(bytes, largestBytes)
    if (bytes <= warnBytes || warned) return
    warned = true
    warn(`a grant needs ${bytes} bytes of Set-Cookie lines: a proxy with a buffer of 4 kB, nginx' default, answers 502. Use EC P-256 keys or one common prefix, or raise the proxy's buffer`)
  }

  return { sign, cached: () => memo?.size() ?? 0 }
}

/**
 * A fingerprint has a fixed length, and identities are quoted where there are several: no two grants read alike. Grants of
 * another life, or that end at a moment of their own, have other steps.
 */
function grantKeyOf (
  { permission: { fingerprint, ttl, until }, expiresAt }: SigningOrder,
  keys: readonly CdnKey[]
): string {
  const steps = expiresAt === until ? `until ${until}` : ttl
  return `${fingerprint}${steps}.${
    keys.length === 1 ? keys[0]!.identity : JSON.stringify(keys.map(({ identity }) => identity))
  }`
}

function accessAt (steps: Steps | undefined, expiresAt: EpochSeconds): SignedAccess | undefined {
  return steps?.find((step) => step.expiresAt === expiresAt)?.access
}

/** In place of the older of two. */
function keep (memory: Memory, grantKey: string, made: Steps[number]): void {
  const [last] = memory.get(grantKey) ?? []
  memory.set(grantKey, last === undefined ? [made] : [made, last])
}

/** In the last quarter of a step. */
function nextStepIsNear (
  { permission: { ttl, expiryStep, until }, expiresAt, now }: SigningOrder
): boolean {
  const nextBegins = expiresAt + expiryStep - ttl
  return until === undefined && nextBegins - now <= Math.ceil(expiryStep / 4)
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
    throw new errors
      .CDN_ACCESS_CDN_INVALID(`"${cdn.name}" made a cookie "${other.name}" whose name is not among its cookieNames, or whose path is not among those that it planned`)
  }
}

function failure (cdn: string, cause: unknown): unknown {
  const coded = cause instanceof Error && 'code' in cause &&
    String(cause.code).startsWith('CDN_ACCESS_')
  return coded ? cause : new errors.CDN_ACCESS_SIGN_FAILED(cdn, { cause })
}
