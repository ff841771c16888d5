import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { FastifyReply } from 'fastify'
import type { Changes } from '../access/clearing.js'
import { bytesOf, largestProxyBytes } from '../cookies/line-size.js'
import * as errors from '../errors.js'
import { isCachingHeader, mayBeKept } from './caching.js'

/** What a reply will do to the viewer's cookies, once its head leaves. */
export interface Staged extends Omit<Changes, 'kind'> {
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

const slotsOf = new WeakMap<ServerResponse, Slots>()

/**
 * Writes what is staged at the moment when a reply's head leaves, for only then are its status and
 * its headers known, whatever hooks, error handlers and file servers do before. A reply that stages
 * nothing is not touched.
 */
export function createHead (): Head {
  const head: Head = {
    stage: (reply, staged) => {
      refuseSent(reply)
      const slots = slotsOf.get(reply.raw) ?? openSlots(reply.raw)
      slots.set(head, staged)
    },
    staged: (reply) => slotsOf.get(reply.raw)?.get(head)
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
function openSlots (raw: ServerResponse): Slots {
  const slots: Slots = new Map()
  slotsOf.set(raw, slots)
  const writeHead = raw.writeHead as WriteHead
  raw.writeHead = writeHeadWithAccess
  return slots

  function writeHeadWithAccess (
    this: ServerResponse,
    status: number,
    ...given: unknown[]
  ): ServerResponse {
    const { reason, headers } = readArguments(given)
    const final = { ...this.getHeaders(), ...headers }
    const leaving = this.headersSent ? [] : [...slots.values()].filter(leavesWith(status, final))
    const lines = linesWithin(leaving)
    if (lines.length === 0) return writeHead.call(this, status, ...given)
    const putBack = takeOff(this)
    try {
      return writeHead.call(this, status, ...reason, {
        ...Object.fromEntries(Object.entries(headers).filter(([name]) => !isCachingHeader(name))),
        'set-cookie': [
          ...new Set([
            ...linesOf(this.getHeader('set-cookie')),
            ...linesOf(headers['set-cookie']),
            ...lines
          ])
        ],
        'cache-control': 'private, no-store'
      })
    } catch (error) {
      // The head of an error comes next, and must not find the access on the response.
      putBack()
      throw error
    }
  }
}

/** Several registrations share a head: what only renews gives way where it has no room for all. */
function linesWithin (leaving: readonly Staged[]): string[] {
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
  const headers = Object.create(null) as OutgoingHttpHeaders
  for (const [name, value] of pairsOf(given)) {
    const key = name.toLowerCase()
    headers[key] = key in headers ? [headers[key], value].flat().map(String) : value
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

function leavesWith (status: number, headers: OutgoingHttpHeaders): (staged: Staged) => boolean {
  return ({ kind }) => {
    if (kind === 'clear') return true
    if (kind === 'issue') return status < 400
    return status < 400 && status !== 304 && !mayBeKept(headers)
  }
}

/**
 * Takes off the response what would let a cache keep it; what this returns puts the headers back.
 */
function takeOff (raw: ServerResponse): () => void {
  const caching = raw.getHeaderNames().filter(isCachingHeader)
  const before = [...caching, 'set-cookie', 'cache-control'].map((name) =>
    [name, raw.getHeader(name)] as const
  )
  for (const name of caching) raw.removeHeader(name)
  return () => {
    if (raw.headersSent) return
    for (const [name, value] of before) {
      if (value === undefined) raw.removeHeader(name)
      else raw.setHeader(name, value)
    }
  }
}

function linesOf (header: OutgoingHttpHeader | undefined): string[] {
  return header === undefined ? [] : [header].flat().map(String)
}
