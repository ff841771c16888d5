import type { Place } from '../cookies/cookies.js'
import type { EpochSeconds } from '../time.js'
import { createSecondSightCache } from './second-sight-cache.js'

/**
 * What a viewer says that it holds: unsigned, for forging it only fools its owner, and hostile, for
 * anyone can send anything.
 */
export interface Ticket {
  readonly expiresAt: EpochSeconds
  readonly fingerprint: string
  /** Shortened identities of the keys that signed, one of each CDN. */
  readonly keys: readonly string[]
  readonly places: readonly Place[]
  /**
   * When the ticket of an area was set: of areas that end together, the order in which they were
   * asked for. 0 where a ticket does not say.
   */
  readonly setAt: EpochSeconds
}

/**
 * A ticket's cookie as it was read: perhaps no ticket, but with places that can still be cleared.
 */
export interface ReadTicket {
  readonly ticket: Ticket | undefined
  readonly places: readonly Place[]
}

/** Places as a ticket writes them, kept so that a ticket that names just these needs no parsing. */
export interface WrittenPlaces {
  readonly places: readonly Place[]
  readonly text: string
}

/** What a viewer holds who sent no ticket. */
export const holdsNothing: ReadTicket = Object.freeze({
  ticket: undefined,
  places: Object.freeze([])
})

type PlaceGroup = [cdn: string, domain: string | 0, partitioned: 0 | 1, paths: string[]]

/** The viewer's one area; read by processes of earlier releases as well. */
const version = '1'
/** The same with the moment when it was set, for areas. */
const versionOfAreas = '2'
const largestTicket = 1024
const largestHead = 200
/**
 * What a ticket names: the places of one grant, and those of an earlier one that are not cleared
 * yet.
 */
const mostPlaces = 32
const longestPath = 256
const longestDomain = 253

/** As @fastify/cookie writes them: it throws at others, which anyone can put into a ticket. */
const domainShape =
  /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/

/** Characters of a key's identity that a ticket carries: 48 bits. */
const identityLength = 8
const head =
  /^(?:1|2\.([1-9a-z][0-9a-z]{0,7}))\.([1-9a-z][0-9a-z]{0,7})\.([A-Za-z0-9_-]{16})\.((?:[A-Za-z0-9_-]{8}){1,16})$/

/** What stands before the rest of a head: enough to order tickets by. */
const end = /^(?:1|2\.([0-9a-z]{1,8}))\.([0-9a-z]{1,8})\./

/** Shortens a key's identity for the ticket. */
export function shortIdentity (identity: string): string {
  return identity.slice(0, identityLength)
}

/** Writes places for a ticket, or says that there are more than one can list. */
export function writePlaces (places: readonly Place[]): WrittenPlaces | undefined {
  if (places.length > mostPlaces || !places.every(({ path }) => isCookiePath(path))) {
    return undefined
  }
  const text = Buffer.from(JSON.stringify(groupPlaces(places))).toString('base64url')
  return text.length > largestTicket - largestHead ? undefined : { places, text }
}

/** A cookie that is no ticket any more, but names what could not be cleared yet. */
export function formatRemains ({ text }: WrittenPlaces): string {
  return `${version}.remains.${text}`
}

/** The ticket as a cookie's value; `setAt` is 0 in the ticket of the viewer's one area. */
export function formatTicket (
  { expiresAt, fingerprint, keys, setAt }: Omit<Ticket, 'places'>,
  { text }: WrittenPlaces
): string {
  const front = setAt === 0 ? version : `${versionOfAreas}.${setAt.toString(36)}`
  return `${front}.${expiresAt.toString(36)}.${fingerprint}.${keys.join('')}.${text}`
}

/**
 * Reads a ticket cookie. Anything odd is no ticket; its places, where they pass the grammar, are
 * still given. `read` reads their text, and may know it already.
 */
export function parseTicket (value: string, read: ReadPlaces = parsePlaces): ReadTicket {
  const tail = value.lastIndexOf('.')
  if (value.length > largestTicket || tail === -1) return { ticket: undefined, places: [] }
  const { places, odd } = read(value.slice(tail + 1))
  const match = odd ? null : head.exec(value.slice(0, tail))
  if (match === null) return { ticket: undefined, places }
  const [, setAt, expiry, fingerprint, keys] = match as unknown as [
    all: string,
    setAt: string | undefined,
    expiry: string,
    fingerprint: string,
    keys: string
  ]
  return {
    ticket: {
      expiresAt: Number.parseInt(expiry, 36),
      fingerprint,
      keys: keys.length === identityLength ? [keys] : keys.match(/.{8}/g)!,
      places,
      setAt: setAt === undefined ? 0 : Number.parseInt(setAt, 36)
    },
    places
  }
}

/** When a ticket ends and was set, without a look at its rest; undefined where it does not say. */
export function readEnd (value: string): Pick<Ticket, 'expiresAt' | 'setAt'> | undefined {
  const [, setAt = '0', expiresAt] = end.exec(value) ?? []
  return expiresAt === undefined
    ? undefined
    : { expiresAt: Number.parseInt(expiresAt, 36), setAt: Number.parseInt(setAt, 36) }
}

/** The places that a text names, in places of the grammar; odd where some of it does not fit. */
type ReadPlaces = (text: string) => { readonly places: readonly Place[], readonly odd: boolean }

/** Reads places, and keeps those of the texts that come again: viewers of one area share them. */
export function createPlacesReader (size: number): ReadPlaces {
  const kept = createSecondSightCache<ReturnType<ReadPlaces>>(size)
  return (text) => {
    const known = kept.get(text)
    if (known !== undefined) return known
    const read = parsePlaces(text)
    if (!read.odd) kept.set(copyOf(text), read)
    return read
  }
}

/**
 * Reads like {@link parseTicket} and keeps the last one: viewers of one grant hold the same ticket
 * until its step is over. What is too long to be a ticket is not kept: anyone can send it.
 */
export function createTicketReader (known?: WrittenPlaces): (value: string) => ReadTicket {
  const readPlaces: ReadPlaces = (text) =>
    text === known?.text ? { places: known.places, odd: false } : parsePlaces(text)
  let last: string | undefined
  let read = holdsNothing
  return (value) => {
    if (value === last) return read
    const copy = value.length > largestTicket ? undefined : copyOf(value)
    if (copy !== value) return parseTicket(value, readPlaces)
    last = copy
    read = parseTicket(copy, readPlaces)
    return read
  }
}

/**
 * The same text on its own: a part of the header's text would keep the whole header, with all that
 * else is in it. What a header can't hold comes back as another text.
 */
function copyOf (value: string): string {
  return Buffer.from(value, 'latin1').toString('latin1')
}

function groupPlaces (places: readonly Place[]): PlaceGroup[] {
  const groups: PlaceGroup[] = []
  for (const { cdn, domain = 0, partitioned, path } of places) {
    const group = groups.find((other) =>
      other[0] === cdn && other[1] === domain && other[2] === Number(partitioned)
    )
    if (group === undefined) groups.push([cdn, domain, partitioned ? 1 : 0, [path]])
    else group[3].push(path)
  }
  return groups
}

function parseJson (text: string): unknown {
  if (!/^[A-Za-z0-9_-]+$/.test(text)) return undefined
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    return undefined
  }
}

function parsePlaces (text: string): ReturnType<ReadPlaces> {
  const groups = parseJson(text)
  if (!Array.isArray(groups)) return { places: [], odd: true }
  let odd = false
  const places = groups.flatMap((group: unknown): Place[] => {
    const [cdn, domain, partitioned, paths, ...rest] = Array.isArray(group)
      ? group as unknown[]
      : []
    const valid = rest.length === 0 && isText(cdn, /^[A-Za-z0-9_-]{1,64}$/) && isDomain(domain) &&
      (partitioned === 0 || partitioned === 1) && Array.isArray(paths)
    if (!valid) {
      odd = true
      return []
    }
    const good = paths.filter(isCookiePath)
    odd ||= good.length !== paths.length
    return good.map((path) => ({
      cdn,
      domain: domain === 0 ? undefined : domain,
      partitioned: partitioned === 1,
      path
    }))
  })
  return { places: places.slice(0, mostPlaces), odd: odd || places.length > mostPlaces }
}

function isText (value: unknown, shape: RegExp): value is string {
  return typeof value === 'string' && shape.test(value)
}

function isDomain (value: unknown): value is string | 0 {
  return value === 0 ||
    (isText(value, domainShape) && value.length <= longestDomain)
}

function isCookiePath (value: unknown): value is string {
  return isText(value, /^\/[A-Za-z0-9\-._~!$&'()+,=:@[\]%/]*$/) && value.length <= longestPath
}
