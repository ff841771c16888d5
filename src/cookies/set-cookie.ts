import type { SerializeOptions } from '@fastify/cookie'
import type { AccessCookie } from '../cdn/cdn.js'
import type { AccessCdn, CookieAttributes, Place } from './cookies.js'
import * as errors from '../errors.js'

/** `fastify.serializeCookie`. */
export type SerializeCookie = (name: string, value: string, options: SerializeOptions) => string

/**
 * Writes `Set-Cookie` lines. Paths are those of planned or held places, whose grammar was checked.
 */
export interface SetCookieWriter {
  /** Lines that set access cookies; their values are written as they stand. */
  access(target: AccessCdn, cookies: readonly AccessCookie[], maxAge: number): string[]
  /** The line of a ticket, on the API's own host. */
  ticket(name: string, value: string, maxAge: number): string
  /**
   * Lines that take a CDN's cookies away: with another Domain, Path or partition they would take
   * away nothing.
   */
  clear(names: readonly string[], place: Omit<Place, 'cdn'>, attributes: CookieAttributes): string[]
  clearTicket(name: string): string
}

/** What follows a cookie's value. */
type Tail = (path: string) => string

/** What browsers keep of one cookie, name and value together. */
const largestCookie = 4096

/** The cookie octets of RFC 6265, section 4.1.1. */
const cookieOctets = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/

export function createSetCookieWriter (
  serialize: SerializeCookie,
  attributesOfTickets: CookieAttributes
): SetCookieWriter {
  const ticketAttributes = { ...attributesOfTickets, domain: undefined, httpOnly: true }
  const endOfTicket = { ...ticketAttributes, lifetime: 'ttl' } as const
  const tailOfSet = keepLast(({ lifetime, ...others }, maxAge: number) =>
    tailOf(serialize, { ...others, ...(lifetime === 'session' ? {} : { maxAge }) })
  )
  const tailOfClear = keepLast((
    { secure, sameSite },
    domain: string | undefined,
    partitioned: boolean
  ) =>
    sameSite === 'none' || partitioned
      ? tailOf(serialize, {
        maxAge: 0,
        sameSite,
        secure: secure || partitioned,
        partitioned,
        domain
      })
      // Lax and strict cookies go by name, Domain and Path alone: so more can be cleared in one
      // reply.
      : tailOf(serialize, { maxAge: 0, domain })
  )

  return {
    access: ({ cdn, attributes: own }, cookies, maxAge) => {
      const tail = tailOfSet(own, maxAge)
      return cookies.map(({ name, value, path }) => {
        const size = name.length + value.length
        if (!cookieOctets.test(value)) {
          throw new errors.CDN_ACCESS_COOKIE_VALUE_INVALID(cdn.name, name)
        }
        if (size > largestCookie) {
          throw new errors.CDN_ACCESS_COOKIE_TOO_LARGE(name, size, largestCookie)
        }
        return `${name}=${value}${tail(path)}`
      })
    },
    ticket: (name, value, maxAge) => `${name}=${value}${tailOfSet(ticketAttributes, maxAge)('/')}`,
    clear: (names, { domain, path, partitioned }, own) => {
      const tail = tailOfClear(own, domain, partitioned)
      return names.map((name) => `${name}=${tail(path)}`)
    },
    // Its prefix asks for Secure even where it is cleared.
    clearTicket: (name) => `${name}=${tailOfSet(endOfTicket, 0)('/')}`
  }
}

/** Serialized once, for what two grants of a CDN differ in is the path alone. */
function tailOf (
  serialize: SerializeCookie,
  { domain, ...attributes }: Omit<SerializeOptions, 'domain'> & Pick<CookieAttributes, 'domain'>
): Tail {
  const line = serialize('_', '', {
    ...attributes,
    path: '/',
    ...(domain === undefined ? {} : { domain })
  })
  const [before, after] = line.slice('_='.length).split('; Path=/') as [
    before: string,
    after: string
  ]
  return (path) => `${before}; Path=${path}${after}`
}

/** Keeps the tail that was made last for a CDN's attributes. */
function keepLast<Details extends unknown[]> (
  make: (attributes: CookieAttributes, ...details: Details) => Tail
): typeof make {
  const kept = new WeakMap<CookieAttributes, { details: Details, tail: Tail }>()
  return (attributes, ...details) => {
    const last = kept.get(attributes)
    if (last?.details.every((detail, index) => detail === details[index])) return last.tail
    const tail = make(attributes, ...details)
    kept.set(attributes, { details, tail })
    return tail
  }
}
