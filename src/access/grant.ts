import { isIP, isIPv4, isIPv6 } from 'node:net'
import { addressInRange } from '../cdn/format/address.js'
import type { CdnGrant } from '../cdn/cdn.js'
import { cookiePathsMeet } from '../cdn/format/cookie-path.js'
import { isCdnPath, parseLiteralPath, type CdnPath } from '../cdn/cdn-path.js'
import { cookiesMeet, type AccessCdn, type Place } from '../cookies/cookies.js'
import {
  CDN_ACCESS_CDN_UNKNOWN,
  CDN_ACCESS_COOKIE_CONFLICT,
  CDN_ACCESS_COOKIE_PATH_INVALID,
  CDN_ACCESS_GRANT_INVALID,
  CDN_ACCESS_IP_INVALID,
  CDN_ACCESS_TICKET_TOO_LARGE
} from '../errors.js'
import { fingerprintOf } from './fingerprint.js'
import { createTicketReader, writePlaces, type ReadTicket, type WrittenPlaces } from './ticket.js'
import { parseDuration, parseMoment, type Duration, type EpochSeconds } from '../time.js'

/** A path for every CDN of the registration, or for one of them alone. A string is literal: it holds no wildcard. */
export type GrantedPath = CdnPath | string | {
  readonly path: CdnPath | string
  readonly cdn: string
}

/** What a viewer may fetch, with limits. */
export interface GrantDetails {
  /** The paths, or true for the `paths` option. None is a denial. */
  readonly paths: true | readonly GrantedPath[]
  /** A life shorter than the option's, at least 5 s. */
  readonly ttl?: Duration
  /** Access ends at this moment at the latest: a `Date` or epoch seconds. In the past it is a denial. */
  readonly until?: Date | EpochSeconds
  /** Access begins after this moment: a `Date` or epoch seconds. */
  readonly notBefore?: Date | EpochSeconds
  /** The viewer's public address, such as `request.ip`; or a range that your code wrote: `{ cidr }`. Leave it out for none: undefined is refused, for an address that isn't known must not open access to all. */
  readonly ip?: string | { readonly cidr: string }
  /** Further claims, for CDNs whose format has them. Plain JSON. */
  readonly claims?: Readonly<Record<string, unknown>>
}

/** What `authorize` may return: anything falsy or `[]` denies, `true` grants the `paths` option. */
export type Authorization =
  | false
  | null
  | undefined
  | ''
  | 0
  | true
  | readonly GrantedPath[]
  | GrantDetails

/** What a viewer should hold, whenever it is issued. */
export interface Permission {
  readonly parts: readonly PermissionPart[]
  readonly ttl: number
  readonly refreshBefore: number
  readonly expiryStep: number
  readonly until: EpochSeconds | undefined
  /** False where it is bound to one viewer, by address or claims. */
  readonly shared: boolean
  /** A hash of all that is signed and set, but for key and expiry. */
  readonly fingerprint: string
  /** Where the cookies will lie. */
  readonly written: WrittenPlaces
  readonly readTicket: (value: string) => ReadTicket
}

/** One CDN's part of a permission: a grant that only lacks its expiry. */
export interface PermissionPart {
  readonly target: AccessCdn
  readonly grant: Omit<CdnGrant, 'expiresAt'>
  readonly cookiePaths: readonly string[]
  /** Where the cookies will lie. */
  readonly places: readonly Place[]
}

/** What a grant is read against. */
export interface GrantRules {
  readonly targets: readonly AccessCdn[]
  readonly paths: ReadonlyArray<{ readonly path: string, readonly cdn: string | undefined }>
  readonly ttl: number
  readonly refreshBefore: number
  readonly expiryStep: number
}

const detailFields = new Set(['paths', 'ttl', 'until', 'notBefore', 'ip', 'claims'])
const longestCookiePath = 1000
const deepestClaim = 16

/**
 * Reads what `authorize` returned; undefined is a denial.
 *
 * @throws CDN_ACCESS_GRANT_INVALID and the codes of paths and formats: never access where something is odd
 */
export function readGrant (authorization: unknown, rules: GrantRules): Permission | undefined {
  if (!authorization) return undefined
  if (authorization === true) return permit({ paths: true }, rules)
  if (Array.isArray(authorization)) return permit({ paths: authorization }, rules)
  if (typeof authorization !== 'object' || isCdnPath(authorization)) {
    throw new CDN_ACCESS_GRANT_INVALID(`it returned ${
      isCdnPath(authorization) ? 'a path outside of an array' : `a ${typeof authorization}`
    }`)
  }
  const odd = Object.keys(authorization).find((field) => !detailFields.has(field))
  if (odd !== undefined) throw new CDN_ACCESS_GRANT_INVALID(`it has a field ${JSON.stringify(odd)}`)
  return permit(authorization as GrantDetails, rules)
}

/** When access that is issued now ends: floored to a step, so that viewers with equal grants share a signature. */
export function expiryOf (
  { parts, ttl, expiryStep, until }: Permission,
  now: EpochSeconds
): EpochSeconds {
  const aligned = Math.floor((now + ttl) / expiryStep) * expiryStep
  const expiresAt = until === undefined ? aligned : Math.min(aligned, until)
  const start = parts[0]?.grant.notBefore ?? 0
  if (start >= expiresAt && expiresAt > now) {
    throw new CDN_ACCESS_GRANT_INVALID('"notBefore" is not before the end of access: deny until the start is nearer than ttl')
  }
  return expiresAt
}

/** The cookie paths of every CDN, or the refusal of what can't be set together. */
export function planParts (
  parts: ReadonlyArray<Pick<PermissionPart, 'target' | 'grant'>>
): PermissionPart[] {
  const planned = parts.map(({ target, grant }) => {
    const cookiePaths = target.cdn.plan(grantUntil(grant, 0))
    return { target, grant, cookiePaths, places: placesOf(target, cookiePaths) }
  })
  for (const { target, cookiePaths } of planned) {
    if (cookiePaths.some((path) => path.length > longestCookiePath || path.includes(';'))) {
      throw new CDN_ACCESS_COOKIE_PATH_INVALID(target.cdn.name)
    }
  }
  planned.forEach((first, i) =>
    planned.slice(i + 1).forEach((second) => refuseConflict(first, second))
  )
  return planned
}

/**
 * A grant with its expiry, which comes first: where a field follows a spread, V8 makes a hidden class for each object,
 * and that takes fifteen times as long.
 */
export function grantUntil (grant: PermissionPart['grant'], expiresAt: EpochSeconds): CdnGrant {
  return { expiresAt, ...grant }
}

/** A start, an address and claims, as far as they are given. */
export function readLimits (
  limits: Pick<GrantDetails, 'notBefore' | 'ip' | 'claims'>
): Pick<CdnGrant, 'notBefore' | 'ip' | 'claims'> {
  const { notBefore, ip, claims } = limits
  return {
    ...(notBefore === undefined ? {} : { notBefore: parseMoment(notBefore, 'notBefore') }),
    ...('ip' in limits ? { ip: readAddress(ip) } : {}),
    ...(claims === undefined ? {} : { claims: readClaims(claims) })
  }
}

/** What of the granted paths is for one CDN: each path once, sorted. */
export function pathsAt (granted: GrantRules['paths'], { cdn: { name } }: AccessCdn): string[] {
  const own = granted.filter(({ cdn }) => cdn === undefined || cdn === name).map(({ path }) => path)
  return [...new Set(own)].toSorted()
}

function placesOf ({ cdn, attributes }: AccessCdn, cookiePaths: readonly string[]): Place[] {
  return [...new Set(cookiePaths)].map((path) => ({
    cdn: cdn.name,
    domain: attributes.domain,
    partitioned: attributes.partitioned,
    path
  }))
}

function permit (details: GrantDetails, rules: GrantRules): Permission | undefined {
  const { paths, ttl, until } = details
  if (paths !== true && !Array.isArray(paths)) {
    throw new CDN_ACCESS_GRANT_INVALID('"paths" is neither true nor an array')
  }
  const granted = paths === true
    ? rules.paths
    : [...paths as readonly unknown[]].map((path) => readPath(path, rules))
  if (granted.length === 0) return undefined
  const limits = readLimits(details)
  const parts = rules.targets.map((target) => ({
    target,
    grant: { paths: pathsAt(granted, target), ...limits }
  })).filter(({ grant }) => grant.paths.length > 0)
  const planned = planParts(parts)
  const written = writePlaces(([] as Place[]).concat(...planned.map(({ places }) => places)))
  if (written === undefined) throw new CDN_ACCESS_TICKET_TOO_LARGE()
  const life = readLife(ttl, rules)
  return {
    parts: planned,
    fingerprint: fingerprintOf(planned),
    written,
    readTicket: createTicketReader(written),
    ttl: life.ttl,
    refreshBefore: life.refreshBefore,
    expiryStep: life.expiryStep,
    until: until === undefined ? undefined : parseMoment(until, 'until'),
    shared: limits.ip === undefined && limits.claims === undefined
  }
}

function readPath (
  granted: unknown,
  { targets }: GrantRules
): { path: string, cdn: string | undefined } {
  if (typeof granted === 'string') return { path: parseLiteralPath(granted), cdn: undefined }
  if (isCdnPath(granted)) return { path: granted.path, cdn: undefined }
  const { path, cdn, ...rest } = Object(granted) as { path?: unknown, cdn?: unknown }
  if (
    (typeof path !== 'string' && !isCdnPath(path)) || typeof cdn !== 'string' ||
    Object.keys(rest).length > 0
  ) {
    throw new CDN_ACCESS_GRANT_INVALID('a path must be made by cdnPath, a literal string, or { path, cdn }')
  }
  if (!targets.some((target) => target.cdn.name === cdn)) {
    throw new CDN_ACCESS_CDN_UNKNOWN(
      JSON.stringify(cdn),
      targets.map((target) => target.cdn.name).join(', ')
    )
  }
  return { path: typeof path === 'string' ? parseLiteralPath(path) : path.path, cdn }
}

/** A shorter life has shorter margins: the option's own would leave no time in which access is fresh. */
function readLife (
  ttl: Duration | undefined,
  rules: GrantRules
): Pick<Permission, 'ttl' | 'refreshBefore' | 'expiryStep'> {
  if (ttl === undefined) return rules
  const seconds = parseDuration(ttl, 'ttl')
  if (seconds < 5 || seconds > rules.ttl) {
    throw new CDN_ACCESS_GRANT_INVALID(`"ttl" must be at least 5 s and at most the option's ${rules.ttl} s`)
  }
  return {
    ttl: seconds,
    refreshBefore: Math.min(rules.refreshBefore, Math.max(1, Math.floor(seconds / 4))),
    expiryStep: Math.min(rules.expiryStep, Math.max(1, Math.floor(seconds / 20)))
  }
}

/** A string comes from a request and must be one public address: a header can make `request.ip` a range. */
function readAddress (ip: unknown): string {
  if (typeof ip === 'string') {
    const address = isIPv6(ip) ? readIPv6(ip) : ip
    if (isIP(address) === 0) {
      throw new CDN_ACCESS_IP_INVALID('must be one address, such as request.ip. A range is written in code, as { cidr: "203.0.113.0/24" }')
    }
    if (privateRanges.some((range) => addressInRange(address, range))) {
      throw new CDN_ACCESS_IP_INVALID('is a private address, which is the load balancer\'s and not the viewer\'s: set Fastify\'s trustProxy, or write { cidr } where viewers really come from there')
    }
    return address
  }
  if (ip === undefined) {
    throw new CDN_ACCESS_IP_INVALID('is undefined: leave the field out for access from everywhere, or deny where the address is not known')
  }
  const { cidr, ...unknown } = Object(ip) as { cidr?: unknown }
  const [network = '', bits, ...rest] = typeof cidr === 'string' ? cidr.split('/') : []
  const width = isIPv4(network) ? 32 : 128
  if (
    isIP(network) === 0 || network.includes('%') || rest.length > 0 ||
    (bits !== undefined && !(/^(?:0|[1-9]\d{0,2})$/.test(bits) && Number(bits) <= width)) ||
    Object.keys(unknown).length > 0
  ) {
    throw new CDN_ACCESS_IP_INVALID('has a "cidr" that is no address or range, such as 203.0.113.0/24')
  }
  return cidr as string
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

/** An IPv4 address in IPv6 clothes is read as IPv4, however it is written; a zone belongs to one machine's own links. */
function readIPv6 (ip: string): string {
  if (ip.includes('%')) return ''
  const [, high, low] =
    /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(new URL(`http://[${ip}]`).hostname) ?? []
  return high === undefined || low === undefined
    ? ip
    : [high, low].map((half) => Number.parseInt(half, 16)).flatMap((
      half
    ) => [half >> 8, half & 255]).join('.')
}

function readClaims (claims: unknown): Readonly<Record<string, unknown>> {
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) {
    throw new CDN_ACCESS_GRANT_INVALID('"claims" is no plain object')
  }
  if (!isPlainJson(claims, 0)) {
    throw new CDN_ACCESS_GRANT_INVALID('"claims" holds a value that JSON would drop or change')
  }
  return claims as Record<string, unknown>
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

function refuseConflict (first: PermissionPart, second: PermissionPart): void {
  const name = cookiesMeet(first.target, second.target)
  if (name === undefined) return
  const path = first.cookiePaths.find((own) =>
    second.cookiePaths.some((other) => cookiePathsMeet(own, other))
  )
  if (path !== undefined) {
    throw new CDN_ACCESS_COOKIE_CONFLICT(
      first.target.cdn.name,
      second.target.cdn.name,
      name,
      `${first.target.attributes.domain ?? 'the API\'s host'}${path}`
    )
  }
}
