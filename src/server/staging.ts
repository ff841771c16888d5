import type { FastifyInstance, FastifyReply, onSendHookHandler } from 'fastify'
import type { Place } from '../cookies/cookies.js'
import { CDN_ACCESS_REPLY_SENT } from '../errors.js'

/** What a reply will do to the viewer's cookies. */
export interface Staged {
  /** An issue is written only where the reply succeeds; a clear always. */
  readonly kind: 'issue' | 'clear'
  /** Finished `Set-Cookie` lines. */
  readonly lines: readonly string[]
  /** Where the issued cookies lie; none for a clear. */
  readonly places: readonly Place[]
}

/** Keeps what is staged on a reply, and is the one place that writes it. */
export interface Staging {
  /** Replaces what was staged before. Throws CDN_ACCESS_REPLY_SENT where it comes too late. */
  stage(reply: FastifyReply, staged: Staged): void
  staged(reply: FastifyReply): Staged | undefined
  readonly onSend: onSendHookHandler
}

interface Slot {
  staged: Staged | undefined
  written: readonly string[] | undefined
  hookRan: boolean
}

const ranWithNothing: Slot = Object.freeze({ staged: undefined, written: undefined, hookRan: true })

/** Adds the slot to every reply of this scope, under a symbol of this registration's own. */
export function createStaging (fastify: FastifyInstance): Staging {
  const key = Symbol('fastify-cdn-access.staged')
  fastify.decorateReply(key, null)
  const slots = (reply: FastifyReply): { [key]: Slot | null } =>
    reply as unknown as { [key]: Slot | null }

  return {
    stage: (reply, staged) => {
      refuseSent(reply)
      const { written, hookRan = false } = slots(reply)[key] ?? {}
      const slot: Slot = { staged, written, hookRan }
      slots(reply)[key] = slot
      if (slot.hookRan) write(reply, slot, reply.statusCode)
    },
    staged: (reply) => slots(reply)[key]?.staged,
    onSend: function writeStagedAccess (_request, reply, payload, done) {
      const slot = slots(reply)[key]
      if (slot === null || slot === ranWithNothing) {
        slots(reply)[key] = ranWithNothing
        done()
        return
      }
      slot.hookRan = true
      const response = isResponse(payload) ? payload : undefined
      const wrote = write(reply, slot, response?.status ?? reply.statusCode)
      done(null, response !== undefined && wrote ? withoutCaching(response) : payload)
    }
  }
}

/** After the headers are out, or once a handler took the socket, no cookie can be set. */
export function refuseSent (reply: FastifyReply): void {
  if (reply.sent || reply.raw.headersSent) throw new CDN_ACCESS_REPLY_SENT()
}

/** A reply that turns into a failure after it was written, in a later hook, loses the lines again. */
function write (reply: FastifyReply, slot: Slot, status: number): boolean {
  if (slot.written !== undefined) takeBack(reply, slot.written)
  slot.written = undefined
  if (
    slot.staged === undefined || slot.staged.lines.length === 0 ||
    (slot.staged.kind === 'issue' && status >= 400)
  ) return false
  slot.written = slot.staged.lines
  // A copy: other plugins append to what they find.
  reply.header('set-cookie', [...slot.written])
  reply.header('cache-control', 'private, no-store')
  return true
}

function takeBack (reply: FastifyReply, lines: readonly string[]): void {
  const others = [reply.getHeader('set-cookie') ?? []].flat().filter((line) =>
    !lines.includes(String(line))
  ).map(String)
  reply.removeHeader('set-cookie')
  if (others.length > 0) reply.header('set-cookie', others)
}

function isResponse (payload: unknown): payload is Response {
  return Object.prototype.toString.call(payload) === '[object Response]'
}

/** Fastify copies a Response's headers over the reply's after this hook. */
function withoutCaching (response: Response): Response {
  const headers = new Headers(response.headers)
  headers.delete('cache-control')
  return new Response(response.body, {
    status: response.status,
    statusText: response.statusText,
    headers
  })
}
