import { isCdnPath, parseLiteralPath, type CdnPath } from '../cdn/cdn-path.js'
import type { AccessCdn, Place } from '../cookies/cookies.js'
import * as errors from '../errors.js'
import { parseDuration, parseMoment, type Duration, type EpochSeconds } from '../time.js'
import { fingerprintOf } from './fingerprint.js'
import { readLimits, type GrantLimits } from './limits.js'
import { pathsAt, planParts, type PermissionPart } from './parts.js'
import { createTicketReader, writePlaces, type ReadTicket, type WrittenPlaces } from './ticket.js'

/**
 * A path for every CDN of the registration, or for one of them alone. A string is literal: it holds
 * no wildcard.
 */
export type GrantedPath = CdnPath | string | {
  readonly path: CdnPath | string
  readonly cdn: string
}

/** What a viewer may fetch, with limits. */
export interface GrantDetails extends GrantLimits {
  /** The paths, or true for the `paths` option. None is a denial. */
  readonly paths: true | readonly GrantedPath[]
  /** A life shorter than the option's, at least 5 s. */
  readonly ttl?: Duration
  /**
   * Access ends at this moment at the latest: a `Date` or epoch seconds. In the past it is a
   * denial.
   */
  readonly until?: Date | EpochSeconds
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

/** What a grant is read against. */
export interface GrantRules {
  readonly targets: readonly AccessCdn[]
  readonly paths: ReadonlyArray<{ readonly path: string, readonly cdn: string | undefined }>
  readonly ttl: number
  readonly refreshBefore: number
  readonly expiryStep: number
}

/** As many places as one ticket can list beside those of an earlier grant. */
export const mostPlaces = 16

/** No cookie has room for so many; planning compares them with each other. */
const mostPaths = 500

const detailFields = new Set(['paths', 'ttl', 'until', 'notBefore', 'ip', 'claims'])

/**
 * Reads what `authorize` returned; undefined is a denial.
 *
 * @throws CDN_ACCESS_GRANT_INVALID and the codes of paths and formats: never access where something
 * is odd
 */
export function readGrant (
  authorization: unknown,
  rules: GrantRules,
  now: EpochSeconds
): Permission | undefined {
  if (!authorization) return undefined
  if (authorization === true) return permit({ paths: true }, rules, now)
  if (Array.isArray(authorization)) return permit({ paths: authorization }, rules, now)
  if (typeof authorization !== 'object' || isCdnPath(authorization)) {
    throw new errors.CDN_ACCESS_GRANT_INVALID(
      `it returned ${
        isCdnPath(authorization) ? 'a path outside of an array' : `a ${typeof authorization}`
      }`
    )
  }
  const odd = Object.keys(authorization).find((field) => !detailFields.has(field))
  if (odd !== undefined) {
    throw new errors.CDN_ACCESS_GRANT_INVALID(`it has a field ${JSON.stringify(odd)}`)
  }
  return permit(authorization as GrantDetails, rules, now)
}

/** The end of the step in which access of this life begins now: the same for a whole step. */
export function stepOf (
  { ttl, expiryStep }: Pick<Permission, 'ttl' | 'expiryStep'>,
  now: EpochSeconds
): EpochSeconds {
  return Math.floor((now + ttl) / expiryStep) * expiryStep
}

/**
 * When access that is issued now ends: floored to a step, so that viewers with equal grants share a
 * signature.
 */
export function expiryOf (
  { parts, ttl, expiryStep, until }: Permission,
  now: EpochSeconds
): EpochSeconds {
  const aligned = stepOf({ ttl, expiryStep }, now)
  const expiresAt = until === undefined ? aligned : Math.min(aligned, until)
  const start = parts[0]?.grant.notBefore ?? 0
  if (start >= expiresAt && expiresAt > now) {
    throw new errors.CDN_ACCESS_GRANT_INVALID(
      '"notBefore" is not before the end of access: deny until the start is nearer than ttl'
    )
  }
  return expiresAt
}

function permit (
  details: GrantDetails,
  rules: GrantRules,
  now: EpochSeconds
): Permission | undefined {
  const { paths, ttl, until } = details
  if (paths !== true && !Array.isArray(paths)) {
    throw new errors.CDN_ACCESS_GRANT_INVALID('"paths" is neither true nor an array')
  }
  const granted = paths === true
    ? rules.paths
    : [...paths as readonly unknown[]].map((path) => readPath(path, rules))
  if (granted.length === 0) return undefined
  if (granted.length > mostPaths) {
    throw new errors.CDN_ACCESS_GRANT_INVALID(
      `it has ${granted.length} paths, and ${mostPaths} are the most`
    )
  }
  const limits = readLimits(details, now)
  const parts = rules.targets.map((target) => ({
    target,
    grant: { paths: pathsAt(granted, target), ...limits }
  })).filter(({ grant }) => grant.paths.length > 0)
  const planned = planParts(parts)
  const places = ([] as Place[]).concat(...planned.map((part) => part.places))
  const written = places.length > mostPlaces ? undefined : writePlaces(places)
  if (written === undefined) throw new errors.CDN_ACCESS_TICKET_TOO_LARGE()
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
    throw new errors.CDN_ACCESS_GRANT_INVALID(
      'a path must be made by cdnPath, a literal string, or { path, cdn }'
    )
  }
  if (!targets.some((target) => target.cdn.name === cdn)) {
    throw new errors.CDN_ACCESS_CDN_UNKNOWN(
      JSON.stringify(cdn),
      targets.map((target) => target.cdn.name).join(', ')
    )
  }
  return { path: typeof path === 'string' ? parseLiteralPath(path) : path.path, cdn }
}

/**
 * A shorter life has shorter margins: the option's own would leave no time in which access is
 * fresh.
 */
function readLife (
  ttl: Duration | undefined,
  rules: GrantRules
): Pick<Permission, 'ttl' | 'refreshBefore' | 'expiryStep'> {
  if (ttl === undefined) return rules
  const seconds = parseDuration(ttl, 'ttl')
  if (seconds < 5 || seconds > rules.ttl) {
    throw new errors.CDN_ACCESS_GRANT_INVALID(
      `"ttl" must be at least 5 s and at most the option's ${rules.ttl} s`
    )
  }
  return {
    ttl: seconds,
    refreshBefore: Math.min(rules.refreshBefore, Math.max(1, Math.floor(seconds / 4))),
    expiryStep: Math.min(rules.expiryStep, Math.max(1, Math.floor(seconds / 20)))
  }
}
