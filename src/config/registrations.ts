import type { FastifyInstance } from 'fastify'
import { cookiesMeet, type AccessCdn, type Place } from '../cookies/cookies.js'
import * as errors from '../errors.js'
import { pathsAt, planParts, type PermissionPart } from '../access/parts.js'
import type { CdnAccessConfig } from './config.js'

interface Registration {
  readonly ticketName: string
  readonly targets: readonly AccessCdn[]
}

/** By HTTP server, which all scopes of an instance share. */
const registrations = new WeakMap<object, Registration[]>()

/** Refuses a second registration in one scope; a scope below is another. */
export function refuseSecond (fastify: FastifyInstance): void {
  if (Object.hasOwn(fastify, 'cdnAccess')) throw new errors.CDN_ACCESS_ALREADY_REGISTERED()
}

/**
 * Claims a registration's cookies on this server, so that no other registration overwrites them.
 *
 * @throws CDN_ACCESS_NAME_TAKEN, CDN_ACCESS_COOKIE_CONFLICT
 */
export function claimCookies (
  fastify: FastifyInstance,
  { ticket, rules: { targets } }: CdnAccessConfig
): void {
  const others = registrations.get(fastify.server) ?? []
  for (const other of others) {
    if (other.ticketName === ticket.name) throw new errors.CDN_ACCESS_NAME_TAKEN(ticket.name)
    for (const target of targets) other.targets.forEach((taken) => refuseMeeting(taken, target))
  }
  registrations.set(fastify.server, [...others, { ticketName: ticket.name, targets }])
}

/**
 * Where the cookies of the `paths` option lie, once it is known that they can lie there together.
 * The default `/*` is no error until somebody grants it, where a format can't hold it or two CDNs
 * can't both.
 */
export function planStaticPaths (
  { rules: { targets, paths }, pathsGiven }: CdnAccessConfig
): Place[] {
  const parts = targets.map((target) => ({ target, grant: { paths: pathsAt(paths, target) } }))
    .filter(({ grant }) => grant.paths.length > 0)
  if (pathsGiven) return placesOf(parts)
  const possible = parts.filter((part) => canPlan([part]))
  return canPlan(possible) ? placesOf(possible) : []
}

type Parts = ReadonlyArray<Pick<PermissionPart, 'target' | 'grant'>>

function placesOf (parts: Parts): Place[] {
  return planParts(parts).flatMap(({ places }) => places)
}

function canPlan (parts: Parts): boolean {
  try {
    return planParts(parts).length > 0
  } catch {
    return false
  }
}

function refuseMeeting (taken: AccessCdn, target: AccessCdn): void {
  const name = cookiesMeet(taken, target)
  if (name !== undefined) {
    throw new errors.CDN_ACCESS_COOKIE_CONFLICT(
      taken.cdn.name,
      target.cdn.name,
      name,
      taken.attributes.domain ?? 'the API\'s host'
    )
  }
}
