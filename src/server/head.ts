import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { FastifyReply } from 'fastify'
import type { Changes } from '../access/clearing.js'
import { bytesOf, largestProxyBytes } from '../cookies/line-size.js'
import * as errors from '../errors.js'
import { isCachingHeader, mayBeKept } from './caching.js'

/** What a reply will do to the viewer's cookies, once its head leaves. */
export interface Staged extends Omit<Changes, 'kind' | 'pushedOut'> {
  /**
   * An `issue` leaves with a reply below 400 alone, a `clear` with every one. A `renew` gives way
   * to the reply: it is dropped where that fails, is a 304, or may be kept by a cache.
   */
  readonly kind: Changes['kind'] | 'renew'
}

/** One registration's part in the heads of its replies. */
export interface Head {
  /**
   * Has the reply change the viewer's cookies, in place of what was staged on it before.
   *
   * @throws CDN_ACCESS_REPLY_SENT
   */
  stage(reply: FastifyReply, staged: Staged): void
  staged(reply: FastifyReply): Staged | undefined
}

/** What each registration staged on a response. */
type Slots = Map<Head, Staged>

const kSlots = Symbol('fastify-cdn-access.slots')

type Response = ServerResponse & { [kSlots]?: Slots }

/**
 * Writes what is staged at the moment when a reply's head leaves, for only then are its status and
 * its headers known, whatever hooks, error handlers and file servers do before. A reply that stages
 * nothing is not touched.
 */
export function createHead (): Head {
  const head: Head = {
    stage: (reply, staged) => {
      refuseSent(reply)
      const raw: Response = reply.raw
      const slots = raw[kSlots] ?? openSlots(raw)
      slots.set(head, staged)
    },
    staged: ({ raw }: { raw: Response }) => raw[kSlots]?.get(head)
  }
  return head
}

/** After the head is out no cookie can be set. */
export function refuseSent ({ raw }: FastifyReply): void {
  if (raw.headersSent) throw new errors.CDN_ACCESS_REPLY_SENT()
}

type WriteHead = (this: ServerResponse, status: number, ...given: unknown[]) => ServerResponse

/**
 * Wraps the response's `writeHead`, once. What a middleware wrapped around it before runs after.
 */
function openSlots (raw: Response): Slots {
  const slots: Slots = new Map()
  raw[kSlots] = slots
  const writeHead = raw.writeHead as WriteHead
  raw.writeHead = writeHeadWithAccess
  return slots

  function writeHeadWithAccess (
    this: ServerResponse,
    status: number,
    ...given: unknown[]
  ): ServerResponse {
    if (this.headersSent) return writeHead.call(this, status, ...given)
    const { reason, headers } = readArguments(given)
    const leaving = [...slots.values()].filter(({ kind }) => {
      if (kind === 'clear') return true
      if (status >= 400) return false
      return kind === 'issue' ||
        status !== 304 && !mayBeKept({ ...this.getHeaders(), ...headers })
    })
    const lines = linesWithin(leaving)
    if (lines.length === 0) return writeHead.call(this, status, ...given)
    const before = this.getHeaders()
    const earlier = [...linesOf(before['set-cookie']), ...linesOf(headers['set-cookie'])]
    for (const name in headers) if (isCachingHeader(name)) delete headers[name]
    headers['set-cookie'] = earlier.length === 0 ? [...lines] : [...new Set([...earlier, ...lines])]
    headers['cache-control'] = 'private, no-store'
    for (const name in before) if (isCachingHeader(name)) this.removeHeader(name)
    try {
      return writeHead.call(this, status, ...reason, headers)
    } catch (error) {
      // The head of an error comes next, and must not find the access on the response.
      putBack(this, before)
      throw error
    }
  }
}

/** Several registrations share a head: what only renews gives way where it has no room for all. */
function linesWithin (leaving: readonly Staged[]): readonly string[] {
  if (leaving.length === 1) return leaving[0]!.lines
  const lines = leaving.flatMap((staged) => staged.lines)
  if (bytesOf(lines) <= largestProxyBytes) return lines
  return leaving.filter(({ kind }) => kind !== 'renew').flatMap((staged) => staged.lines)
}

/**
 * The arguments of `writeHead` after the status; headers by lower-case names, in an object of our
 * own.
 */
function readArguments (
  [first, second]: readonly unknown[]
): { reason: string[], headers: OutgoingHttpHeaders } {
  const reason = typeof first === 'string' ? [first] : []
  const given = second ?? (reason.length === 0 ? first : undefined)
  const headers: OutgoingHttpHeaders = {}
  for (const [name, value] of pairsOf(given)) {
    const key = name.toLowerCase()
    headers[key] = Object.hasOwn(headers, key) ? [headers[key]!, value].flat().map(String) : value
  }
  return { reason, headers }
}

type Pair = [name: string, value: OutgoingHttpHeader]

/** Headers come as an object, as a flat array or as an array of pairs. */
function pairsOf (given: unknown): Pair[] {
  if (!Array.isArray(given)) return Object.entries(given ?? {})
  if (Array.isArray(given[0])) return given
  return given.flatMap((name, index): Pair[] => index % 2 === 0 ? [[name, given[index + 1]]] : [])
}

/** The headers that were changed here, as they were before. */
function putBack (raw: ServerResponse, before: OutgoingHttpHeaders): void {
  if (raw.headersSent) return
  const changed = ['set-cookie', 'cache-control', ...Object.keys(before).filter(isCachingHeader)]
  for (const name of changed) {
    const value = before[name]
    if (value === undefined) raw.removeHeader(name)
    else raw.setHeader(name, value)
  }
}

function linesOf (header: OutgoingHttpHeader | undefined): string[] {
  return header === undefined ? [] : [header].flat().map(String)
}
