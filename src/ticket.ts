import type { Place } from './cookies.js'
import type { EpochSeconds } from './time.js'

/**
 * What a viewer says that it holds: unsigned, for forging it only fools its owner, and hostile, for anyone
 * can send anything.
 */
export interface Ticket {
  readonly expiresAt: EpochSeconds
  readonly fingerprint: string
  /** Shortened identities of the keys that signed, one of each CDN. */
  readonly keys: readonly string[]
  readonly places: readonly Place[]
}

/** A ticket's cookie as it was read: perhaps no ticket, but with places that can still be cleared. */
export interface ReadTicket {
  readonly ticket: Ticket | undefined
  readonly places: readonly Place[]
}

type PlaceGroup = [cdn: string, domain: string | 0, partitioned: 0 | 1, paths: string[]]

const version = 1
const largestTicket = 1024
const mostPaths = 16
const longestPath = 256
const longestDomain = 253
const latestExpiry = 2 ** 40

/** Characters of a key's identity that a ticket carries: 48 bits. */
const identityLength = 8

/** Shortens a key's identity for the ticket. */
export function shortIdentity (identity: string): string {
  return identity.slice(0, identityLength)
}

/** The ticket as a cookie's value, or undefined where it is too large to be one. */
export function formatTicket ({ expiresAt, fingerprint, keys, places }: Ticket): string | undefined {
  const value = Buffer.from(JSON.stringify([version, expiresAt, fingerprint, keys, groupPlaces(places)])).toString('base64url')
  return value.length <= largestTicket && parseTicket(value).ticket !== undefined ? value : undefined
}

/** Reads a ticket cookie. Anything odd is no ticket; its places, where they pass the grammar, are still given. */
export function parseTicket (value: string): ReadTicket {
  if (value.length > largestTicket || !/^[A-Za-z0-9_-]+$/.test(value)) return { ticket: undefined, places: [] }
  const [ownVersion, expiresAt, fingerprint, keys, groups, ...rest] = parseArray(value)
  const { places, odd } = readPlaces(groups)
  const valid = !odd && rest.length === 0 && ownVersion === version &&
    typeof expiresAt === 'number' && Number.isSafeInteger(expiresAt) && expiresAt > 0 && expiresAt < latestExpiry &&
    isText(fingerprint, /^[A-Za-z0-9_-]{16}$/) && Array.isArray(keys) && keys.length <= mostPaths && keys.every((key) => isText(key, /^[A-Za-z0-9_-]{1,8}$/))
  return { ticket: valid ? { expiresAt, fingerprint, keys, places } : undefined, places }
}

function groupPlaces (places: readonly Place[]): PlaceGroup[] {
  const groups = new Map<string, PlaceGroup>()
  for (const { cdn, domain, partitioned, path } of places) {
    const key = JSON.stringify([cdn, domain, partitioned])
    const group = groups.get(key) ?? [cdn, domain ?? 0, partitioned ? 1 : 0, []]
    groups.set(key, group)
    group[3].push(path)
  }
  return [...groups.values()]
}

function parseArray (value: string): unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(value, 'base64url').toString())
    return Array.isArray(parsed) ? parsed : []
  } catch {
    return []
  }
}

function readPlaces (groups: unknown): { places: Place[], odd: boolean } {
  if (!Array.isArray(groups)) return { places: [], odd: true }
  let odd = false
  const places = groups.flatMap((group: unknown): Place[] => {
    const [cdn, domain, partitioned, paths, ...rest] = Array.isArray(group) ? group as unknown[] : []
    const valid = rest.length === 0 && isText(cdn, /^[A-Za-z0-9_-]{1,64}$/) && isDomain(domain) && (partitioned === 0 || partitioned === 1) && Array.isArray(paths)
    if (!valid) {
      odd = true
      return []
    }
    const good = paths.filter(isCookiePath)
    odd ||= good.length !== paths.length
    return good.map((path) => ({ cdn, domain: domain === 0 ? undefined : domain, partitioned: partitioned === 1, path }))
  })
  return { places: places.slice(0, mostPaths), odd: odd || places.length > mostPaths }
}

function isText (value: unknown, shape: RegExp): value is string {
  return typeof value === 'string' && shape.test(value)
}

function isDomain (value: unknown): value is string | 0 {
  return value === 0 || (isText(value, /^[a-z0-9-]+(?:\.[a-z0-9-]+)*$/) && value.length <= longestDomain)
}

function isCookiePath (value: unknown): value is string {
  return isText(value, /^\/[A-Za-z0-9\-._~!$&'()+,=:@%/]*$/) && value.length <= longestPath
}
