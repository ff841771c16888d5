import { cookiesFrom } from '../cookies/cookies.js'
import { isTicketName } from './area.js'
import { createPlacesReader, parseTicket, readEnd, type ReadTicket, type Ticket } from './ticket.js'

/** A ticket cookie that came: what the viewer says that it holds in one area. */
export interface HeldArea extends ReadTicket {
  /** The cookie's name. */
  readonly ticketName: string
}

/**
 * Twice as many as a viewer can be given: replies that cross leave a few more. What comes beyond is
 * neither believed nor cleared, and stays named by its ticket.
 */
const mostTickets = 32

/** Reads the tickets of all areas. */
export type ReadHeldAreas = (cookies: string | undefined, own?: string) => readonly HeldArea[]

/**
 * True where a ticket came of another area that ends later, or that was set later and ends together
 * with this one: read off their beginnings, for a poll asks it.
 */
export function holdsLater (
  cookies: string | undefined,
  base: string,
  { ticketName, ticket }: { readonly ticketName: string, readonly ticket: Ticket }
): boolean {
  return cookiesFrom(cookies, base).some(([name, value]) => {
    if (name === ticketName || !isTicketName(name, base)) return false
    const end = readEnd(value)
    if (end === undefined) return true
    const later = end.expiresAt - ticket.expiresAt
    return later > 0 || (later === 0 && end.setAt >= ticket.setAt)
  })
}

/**
 * Makes the function that reads every ticket of a registration that came, but for `own`; of a name
 * that came twice the first, as everywhere. It keeps what tickets of many viewers name alike.
 */
export function createHeldReader (base: string, cacheSize: number): ReadHeldAreas {
  const readPlaces = cacheSize === 0 ? undefined : createPlacesReader(cacheSize)
  return (cookies, own) => {
    const values = new Map<string, string>()
    for (const [name, value] of cookiesFrom(cookies, base)) {
      if (values.size === mostTickets) break
      if (name !== own && isTicketName(name, base) && !values.has(name)) values.set(name, value)
    }
    return Array.from(values, ([ticketName, value]) => ({
      ticketName,
      ...parseTicket(value, readPlaces)
    }))
  }
}
