import { isIP, isIPv6 } from 'node:net'
import type { CdnGrant } from '../cdn/cdn.js'
import { addressInRange, isRange } from '../cdn/format/address.js'
import * as errors from '../errors.js'
import { isFields } from '../input/fields.js'
import { parseMoment, type EpochSeconds } from '../time.js'

/** What limits a grant or a signed URL beside its paths and its end. */
export interface GrantLimits {
  /** Access begins after this moment: a `Date` or epoch seconds. */
  readonly notBefore?: Date | EpochSeconds
  /**
   * The viewer's public address, such as `request.ip`; or a range that your code wrote: `{ cidr }`.
   * Leave it out for none: undefined is refused, for an address that isn't known must not open
   * access to all.
   */
  readonly ip?: string | { readonly cidr: string }
  /** Further claims, for CDNs whose format has them. Plain JSON. */
  readonly claims?: Readonly<Record<string, unknown>>
}

const deepestClaim = 16

/**
 * A start, an address and claims, as far as they are given. A start that is past limits nothing and
 * is left out: one that moves with the clock would otherwise make a new grant at every poll.
 */
export function readLimits (
  limits: GrantLimits,
  now: EpochSeconds
): Pick<CdnGrant, 'notBefore' | 'ip' | 'claims'> {
  const { notBefore, ip, claims } = limits
  const start = notBefore === undefined ? undefined : parseMoment(notBefore, 'notBefore')
  return {
    ...(start === undefined || start < now ? {} : { notBefore: start }),
    ...('ip' in limits ? { ip: readAddress(ip) } : {}),
    ...(claims === undefined ? {} : { claims: readClaims(claims) })
  }
}

/**
 * A string comes from a request and must be one public address: a header can make `request.ip` a
 * range.
 */
function readAddress (ip: unknown): string {
  if (typeof ip === 'string') {
    const address = isIPv6(ip) ? readIPv6(ip) : ip
    if (isIP(address) === 0) {
      throw new errors.CDN_ACCESS_IP_INVALID(
        'must be one address, such as request.ip. A range is written in code, as ' +
          '{ cidr: "203.0.113.0/24" }'
      )
    }
    if (privateRanges.some((range) => addressInRange(address, range))) {
      throw new errors.CDN_ACCESS_IP_INVALID(
        'is a private address, which is the load balancer\'s and not the viewer\'s: set ' +
          'Fastify\'s trustProxy, or write { cidr } where viewers really come from there'
      )
    }
    return address
  }
  if (ip === undefined) {
    throw new errors.CDN_ACCESS_IP_INVALID(
      'is undefined: leave the field out for access from everywhere, or deny where the address ' +
        'is not known'
    )
  }
  const { cidr, ...unknown } = Object(ip) as { cidr?: unknown }
  if (typeof cidr !== 'string' || !isRange(cidr) || Object.keys(unknown).length > 0) {
    throw new errors.CDN_ACCESS_IP_INVALID(
      'has a "cidr" that is no address or range, such as 203.0.113.0/24'
    )
  }
  return cidr
}

const privateRanges = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '100.64.0.0/10',
  '0.0.0.0/8',
  '::',
  '::1',
  'fc00::/7',
  'fe80::/10'
]

/**
 * An IPv4 address in IPv6 clothes is read as IPv4, however it is written; a zone belongs to one
 * machine's own links.
 */
function readIPv6 (ip: string): string {
  if (ip.includes('%')) return ''
  const [, high, low] =
    /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(new URL(`http://[${ip}]`).hostname) ?? []
  if (high === undefined || low === undefined) return ip
  const halves = [high, low].map((half) => Number.parseInt(half, 16))
  return halves.flatMap((half) => [half >> 8, half & 255]).join('.')
}

function readClaims (claims: unknown): Readonly<Record<string, unknown>> {
  if (!isFields(claims)) throw new errors.CDN_ACCESS_GRANT_INVALID('"claims" is no plain object')
  if (!isClaims(claims)) {
    throw new errors.CDN_ACCESS_GRANT_INVALID(
      '"claims" holds a value that JSON would drop or change'
    )
  }
  return claims
}

/** True of an object that JSON holds as it is. */
export function isClaims (claims: unknown): claims is Readonly<Record<string, unknown>> {
  return isFields(claims) && isPlainJson(claims, 0)
}

/** What JSON leaves out, `undefined` for instance, would be a restriction that is lost. */
function isPlainJson (value: unknown, depth: number): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value !== 'object') return Number.isFinite(value)
  const plain = Array.isArray(value) ||
    [Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null)
  return plain && depth < deepestClaim &&
    Object.values(value).every((member) => isPlainJson(member, depth + 1))
}
