import type { AccessCookie, Cdn, CdnGrant } from '../cdn/cdn.js'
import type { Place } from '../cookies/cookies.js'
import type { SetCookieWriter } from '../cookies/set-cookie.js'
import * as errors from '../errors.js'
import type { CdnKey } from '../keys/key.js'
import type { EpochSeconds } from '../time.js'
import { stepOf, type Permission } from './grant.js'
import { grantUntil, type PermissionPart } from './parts.js'
import { formatTicket, shortIdentity } from './ticket.js'

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

/** Signs an order, with one key for each part of its permission. */
export type Compose = (order: SigningOrder, keys: readonly CdnKey[]) => Promise<SignedAccess>

/** What a proxy's default buffer holds, and what the largest common one does. */
const warnBytes = 3584
const largestBytes = 8192

/** Makes the function that signs with all CDNs of an order and writes the finished lines. */
export function createComposer (
  setCookie: SetCookieWriter,
  warn: (message: string) => void
): Compose {
  let warned = false

  async function compose (
    { permission, expiresAt, now }: SigningOrder,
    keys: readonly CdnKey[]
  ): Promise<SignedAccess> {
    const { parts, fingerprint, written, ttl } = permission
    // The life at the step's first second: all viewers of a step share these lines.
    const maxAge = ttl - (stepOf(permission, now) - expiresAt)
    const sets = await Promise.all(
      parts.map(({ target, grant }, index) =>
        signWith(target.cdn, grantUntil(grant, expiresAt), keys[index]!)
      )
    )
    const identities = keys.map(({ identity }) => shortIdentity(identity))
    const lines: string[] = []
    parts.forEach((part, index) => {
      addLines(lines, part, sets[index]!, maxAge)
    })
    const ticket = formatTicket({ expiresAt, fingerprint, keys: identities }, written)
    lines.push(setCookie.ticket(ticket, maxAge))
    measure(lines)
    return { lines, places: written.places }
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

  function measure (lines: readonly string[]): void {
    const bytes = lines.reduce((sum, line) => sum + 'set-cookie: \r\n'.length + line.length, 0)
    if (bytes > largestBytes) throw new errors.CDN_ACCESS_COOKIES_TOO_LARGE(bytes, largestBytes)
    if (bytes <= warnBytes || warned) return
    warned = true
    warn(
      `a grant needs ${bytes} bytes of Set-Cookie lines: a proxy with a buffer of 4 kB, ` +
        'nginx\' default, answers 502. Use EC P-256 keys or one common prefix, ' +
        'or raise the proxy\'s buffer'
    )
  }

  return compose
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

function failure (cdn: string, cause: unknown): unknown {
  const coded = cause instanceof Error && 'code' in cause &&
    String(cause.code).startsWith('CDN_ACCESS_')
  return coded ? cause : new errors.CDN_ACCESS_SIGN_FAILED(cdn, { cause })
}
