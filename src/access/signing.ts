import type { SetCookieWriter } from '../cookies/set-cookie.js'
import * as errors from '../errors.js'
import type { KeyRing } from '../key-ring/key-ring.js'
import type { RingKey } from '../key-ring/ring-keys.js'
import { retryAfter, within, type EpochSeconds } from '../time.js'
import { carriesId, createComposer, type SignedAccess, type SigningOrder } from './compose.js'
import { stepOf } from './grant.js'
import { createSecondSightCache, type SecondSightCache } from './second-sight-cache.js'

export interface SignerContext {
  /** `ttl`: how long any cookie lives at most, in seconds. */
  readonly rules: { readonly ttl: number }
  readonly rings: ReadonlyMap<string, KeyRing>
  readonly setCookie: SetCookieWriter
  /** How many signed grants are kept; 0 for none. */
  readonly cacheSize: number
  /** Seconds that a signing may take. */
  readonly signTimeout: number
  readonly ticketName: string
  /** True where tickets of areas can be asked for, which are longer. */
  readonly hasAreas: boolean
  /** True where signed cookies may be asked for as values. */
  readonly keepsValues: boolean
  readonly warn: (message: string) => void
}

export interface Signer {
  /** At once where it is in memory. */
  sign(order: SigningOrder): SignedAccess | Promise<SignedAccess>
  readonly cached: () => number
}

/**
 * What is kept of a grant: its access in one step and, when that is near, in the next; the one made
 * last comes first. They share a place, so that signing ahead takes none from another grant.
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

/** What viewers share of a signing. */
interface Sharing {
  /** The work itself, which equal orders join and whose result is kept. */
  readonly work?: SharedWork
  /** What is signed already of what the order needs. */
  readonly shared?: SignedAccess
}

/**
 * How many grants may be signed or wait for it at a time; beyond that waiting would take longer
 * than coming again.
 */
const mostUnderWay = 1000

/**
 * Signs with all CDNs and keeps the finished lines: viewers with equal grants share a signature,
 * equal orders under way are joined, and what the next step needs is signed before it begins. What
 * is bound to one viewer, and what failed, is not kept.
 */
export function createSigner (context: SignerContext): Signer {
  const { rings, cacheSize, signTimeout } = context
  const memo: Memory | undefined = cacheSize === 0 ? undefined : createSecondSightCache(cacheSize)
  const compose = createComposer(context)
  const joined = new Map<string, SharedWork>()
  let underWay = 0

  function sign (order: SigningOrder): SignedAccess | Promise<SignedAccess> {
    const keys = signingKeys(order)
    return isOneViewers(order) ? signOwn(order, keys) : signShared(order, keys)
  }

  /**
   * What carries the viewer's id is signed for this viewer alone, and what carries none is taken
   * from what viewers share.
   */
  function signOwn (order: SigningOrder, keys: readonly RingKey[]): Promise<SignedAccess> {
    const { parts, shared } = order.permission
    if (memo === undefined || !shared || parts.every(carriesId)) return start(order, keys)
    return joinShared(order, keys)
  }

  async function joinShared (
    order: SigningOrder,
    keys: readonly RingKey[]
  ): Promise<SignedAccess> {
    const shared = await signShared({ ...order, revocable: undefined }, keys)
    return start(order, keys, { shared })
  }

  function signShared (
    order: SigningOrder,
    keys: readonly RingKey[]
  ): SignedAccess | Promise<SignedAccess> {
    if (memo === undefined || !order.permission.shared) return start(order, keys)
    const grantKey = grantKeyOf(order, keys)
    const kept = accessAt(memo.get(grantKey), order.expiresAt)
    if (kept === undefined) return joinOrStart(order, keys, grantKey)
    if (nextStepIsNear(order)) signNextStep(order, memo)
    return kept
  }

  function joinOrStart (
    order: SigningOrder,
    keys: readonly RingKey[],
    grantKey: string
  ): Promise<SignedAccess> {
    const orderKey = `${order.expiresAt}.${grantKey}`
    return joined.get(orderKey)?.made ?? start(order, keys, { work: { grantKey, orderKey } })
  }

  function signingKeys ({ permission: { parts }, now, expiresAt }: SigningOrder): RingKey[] {
    return parts.map(({ target }) => rings.get(target.cdn.name)!.signingKey(now, expiresAt))
  }

  function start (
    order: SigningOrder,
    keys: readonly RingKey[],
    sharing: Sharing = {}
  ): Promise<SignedAccess> {
    if (underWay >= mostUnderWay) throw retryAfter(new errors.CDN_ACCESS_BUSY(), 1)
    underWay++
    const made = finish(order, keys, sharing)
    const { work } = sharing
    if (work !== undefined) {
      work.made = made
      joined.set(work.orderKey, work)
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
        joinOrStart(next, keys, grantKey).catch(() => undefined)
      }
    } catch {
      // No key for that time yet: the request that needs it will say so.
    }
  }

  async function finish (
    order: SigningOrder,
    keys: readonly RingKey[],
    { work, shared }: Sharing
  ): Promise<SignedAccess> {
    try {
      const access = await signWithin(signTimeout, compose(order, keys, shared))
      if (work !== undefined) keep(memo!, work.grantKey, { expiresAt: order.expiresAt, access })
      return access
    } finally {
      underWay--
      if (work !== undefined) {
        joined.delete(work.orderKey)
        // Emptied as well: a table that a Map has outgrown holds on to what was in it until the next
        // full collection.
        work.made = undefined
      }
    }
  }

  return { sign, cached: () => memo?.size() ?? 0 }
}

/** True where a part of the order carries the viewer's id. */
function isOneViewers ({ revocable, permission: { parts } }: SigningOrder): boolean {
  return revocable !== undefined && parts.some(carriesId)
}

/**
 * A signature, or an error that says when to come again: a signer that never answers must not keep
 * the place of one that does.
 *
 * @throws CDN_ACCESS_SIGN_TIMEOUT
 */
export function signWithin<Signed> (seconds: number, signing: Promise<Signed>): Promise<Signed> {
  return within(
    seconds,
    signing,
    () => retryAfter(new errors.CDN_ACCESS_SIGN_TIMEOUT(seconds), seconds)
  )
}

/**
 * A fingerprint has a fixed length, and identities are quoted where there are several: no two
 * grants read alike. Grants of another life have other steps, and those that end at a moment of
 * their own have lines for each step, whose `Max-Age` must not outlast them.
 */
function grantKeyOf (
  { permission, expiresAt, now }: SigningOrder,
  keys: readonly RingKey[]
): string {
  const { fingerprint, ttl, until } = permission
  const life = expiresAt === until ? `${ttl} until ${until} at ${stepOf(permission, now)}` : ttl
  const signing = keys.length === 1
    ? keys[0]!.identity
    : JSON.stringify(keys.map(({ identity }) => identity))
  return `${fingerprint}${life}.${signing}`
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
