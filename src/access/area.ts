import { hash } from 'node:crypto'
import * as errors from '../errors.js'
import { remember } from '../remember.js'

const longestArea = 256

/** Characters of an area's hash in the name of its ticket: 72 bits. */
const hashLength = 12
const hashShape = /^[A-Za-z0-9_-]{12}$/

/**
 * What the option `area` answered: the name of what one page or player needs, or undefined for the
 * viewer's one area. It comes from the request, and may be anything.
 *
 * @throws CDN_ACCESS_AREA_INVALID
 */
export function readArea (answer: unknown): string | undefined {
  if (answer === undefined) return undefined
  // A rejection that nobody handles ends the process.
  if (answer instanceof Promise) answer.catch(() => undefined)
  if (typeof answer !== 'string') throw new errors.CDN_ACCESS_AREA_INVALID(kindOf(answer))
  if (answer.length === 0 || answer.length > longestArea) {
    throw new errors.CDN_ACCESS_AREA_INVALID(`a text of ${answer.length} characters`)
  }
  if (!answer.isWellFormed()) throw new errors.CDN_ACCESS_AREA_INVALID('half of a character')
  return answer
}

/** Names the ticket cookie of an area; undefined is the viewer's one area. */
export type TicketNames = (area: string | undefined) => string

/**
 * Makes the names of a registration's tickets: of fixed length and alphabet, whatever the area's
 * name is. As many as `size` are kept.
 */
export function createTicketNames (base: string, size: number): TicketNames {
  const nameOf = remember(size, (area) => ticketNameOf(base, area))
  return (area) => area === undefined ? base : nameOf(area)
}

function ticketNameOf (base: string, area: string): string {
  return `${base}.${hash('sha256', area, 'base64url').slice(0, hashLength)}`
}

/** True of the names of a registration's tickets, of whatever area. */
export function isTicketName (name: string, base: string): boolean {
  if (!name.startsWith(base)) return false
  return name.length === base.length ||
    (name[base.length] === '.' && hashShape.test(name.slice(base.length + 1)))
}

function kindOf (answer: unknown): string {
  if (Array.isArray(answer)) return 'an array, as a query that names it twice makes one'
  if (answer instanceof Promise) return 'a promise, and it must answer at once'
  if (answer === null) return 'null'
  return typeof answer === 'object' ? 'an object' : `a ${typeof answer}`
}
