import { cookieOctets } from '../cdn/format/cookie-octets.js'
import { pathMatches } from '../cdn/format/cookie-path.js'
import type { AccessCookie, CdnGrant } from '../cdn/cdn.js'
import type { EpochSeconds } from '../time.js'
import { breach, isBreach, messageOf, shown } from './breach.js'
import type { Subject } from './subject.js'

/** A grant without its end. */
export type Sample = Omit<CdnGrant, 'expiresAt'>

/** A grant, and the cookies that the CDN made of it. */
export interface Signed {
  readonly grant: CdnGrant
  /** A second in which access holds. */
  readonly now: EpochSeconds
  /** An address that the grant admits; undefined where it names none. */
  readonly ip: string | undefined
  /** The cookies of one path each, which lie together in a browser. */
  readonly sets: ReadonlyArray<readonly AccessCookie[]>
}

const largestCookie = 4096
const longestCookiePath = 1000
/** How long what is signed is good, where a test names no other life. */
export const lifeSeconds = 600

/** Plans and signs a sample, which the CDN must hold; `life` is how long, in seconds. */
export async function signSample (
  subject: Subject,
  sample: Sample,
  clock: EpochSeconds,
  life: number = lifeSeconds
): Promise<Signed> {
  try {
    return await sign(subject, sample, clock, life)
  } catch (error) {
    if (isBreach(error)) throw error
    const grant = JSON.stringify(sample)
    throw breach(subject.cdn, `it can't hold ${grant}, which it must: ${messageOf(error)}`, error)
  }
}

/** Plans and signs a grant that the CDN may hold; undefined where it refuses it. */
export async function signIfHeld (
  subject: Subject,
  sample: Sample,
  clock: EpochSeconds
): Promise<Signed | undefined> {
  try {
    return await sign(subject, sample, clock, lifeSeconds)
  } catch (error) {
    if (isBreach(error)) throw error
    return undefined
  }
}

/** The cookies that a browser sends with a request. */
export function cookiesFor ({ sets }: Signed, url: string): AccessCookie[] {
  const path = url.split('?', 1)[0]!
  return sets.flat().filter((cookie) => pathMatches(path, cookie.path))
}

async function sign (
  subject: Subject,
  sample: Sample,
  clock: EpochSeconds,
  life: number
): Promise<Signed> {
  const now = sample.notBefore === undefined ? clock : sample.notBefore + 1
  const grant = { ...sample, expiresAt: now + life }
  const { cdn, key } = subject
  const { planned } = await withFrozen(subject, grant, 'plan', (frozen) => ({
    planned: cdn.plan(frozen)
  }))
  const again = cdn.plan(structuredClone(grant))
  checkPlan(subject, grant, planned)
  if (JSON.stringify(planned) !== JSON.stringify(again)) {
    throw breach(cdn, `"plan" gives other paths the second time, for ${shown(grant)}`)
  }
  const cookies = await withFrozen(subject, grant, 'sign', (frozen) => cdn.sign(frozen, key))
  checkCookies(subject, grant, planned, cookies)
  const sets = planned.map((path) => cookies.filter((cookie) => cookie.path === path))
  return { grant, now, ip: grant.ip?.split('/')[0], sets }
}

/**
 * Calls with a grant that can't be changed. What fails with it and not with one that can changes
 * it.
 */
async function withFrozen<Result> (
  { cdn }: Subject,
  grant: CdnGrant,
  member: string,
  call: (grant: CdnGrant) => Result
): Promise<Awaited<Result>> {
  try {
    return await call(deepFreeze(structuredClone(grant)))
  } catch (error) {
    const held = await new Promise((resolve) => {
      resolve(call(structuredClone(grant)))
    }).then(() => true, () => false)
    if (held) throw breach(cdn, `"${member}" changes the grant that it is given`, error)
    throw error
  }
}

function checkPlan ({ cdn }: Subject, grant: CdnGrant, planned: unknown): void {
  if (!Array.isArray(planned) || planned.length === 0) {
    throw breach(cdn, `"plan" gives no list of cookie paths, for ${shown(grant)}`)
  }
  for (const path of planned as unknown[]) {
    if (
      typeof path !== 'string' || !/^\/[\x21-\x3a\x3c-\x7e]*$/.test(path) ||
      path.length > longestCookiePath
    ) {
      throw breach(
        cdn,
        `"plan" gives the cookie path ${
          JSON.stringify(path)
        }, which must begin with a slash, hold no ";" and ` +
          `take ${longestCookiePath} bytes at most`
      )
    }
  }
  if (new Set(planned).size !== planned.length) {
    throw breach(cdn, `"plan" gives one cookie path twice, for ${shown(grant)}`)
  }
}

function checkCookies (
  { cdn }: Subject,
  grant: CdnGrant,
  planned: readonly string[],
  cookies: readonly AccessCookie[]
): void {
  if (!Array.isArray(cookies)) throw breach(cdn, '"sign" gives no list of cookies')
  const refuse = (name: unknown, words: string): Error =>
    breach(cdn, `"sign" makes a cookie ${JSON.stringify(name)} ${words}, for ${shown(grant)}`)
  const places = new Set<string>()
  for (const { name, value, path } of cookies as readonly AccessCookie[]) {
    if (!cdn.cookieNames.includes(name)) throw refuse(name, 'that is not among "cookieNames"')
    if (!planned.includes(path)) {
      throw refuse(name, `on the path ${JSON.stringify(path)}, which "plan" did not give`)
    }
    if (typeof value !== 'string' || !cookieOctets.test(value)) {
      throw refuse(name, 'with a value that is not made of cookie octets (RFC 6265)')
    }
    if (name.length + value.length > largestCookie) {
      throw refuse(name, `of more than ${largestCookie} bytes, which no browser keeps`)
    }
    if (places.has(`${name} ${path}`)) throw refuse(name, 'twice on one path')
    places.add(`${name} ${path}`)
  }
  const empty = planned.find((path) => !cookies.some((cookie) => cookie.path === path))
  if (empty !== undefined) {
    throw breach(
      cdn,
      `"sign" makes no cookie for the path ${JSON.stringify(empty)}, which "plan" gave, for ${
        shown(grant)
      }`
    )
  }
}

function deepFreeze<Value> (value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) deepFreeze(inner)
    Object.freeze(value)
  }
  return value
}
