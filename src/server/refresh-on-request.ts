import type { FastifyReply, onSendHookHandler } from 'fastify'
import type { Access } from '../access/access.js'
import type { Staging } from './staging.js'

/**
 * Renews access that is due on ordinary replies. It never denies and never clears, and where it fails the
 * reply goes out as it is.
 */
export function refreshDueAccess (access: Access, staging: Staging): onSendHookHandler {
  return function refreshDue (request, reply, payload, done) {
    const due = reply.statusCode < 400 && staging.staged(reply) === undefined &&
      access.hint(request).status === 'due' && !isCacheable(reply)
    if (!due) {
      done(null, payload)
      return
    }
    access.renew(request, reply).catch((error: unknown) => {
      request.log.warn(
        { reason: (error as { code?: unknown } | null)?.code },
        'fastify-cdn-access: access could not be renewed on this request'
      )
    }).finally(() => {
      done(null, payload)
    })
  }
}

/** A shared cache would hand the cookies to others, and a reply meant for caches must stay what it is. */
function isCacheable (reply: FastifyReply): boolean {
  const control = String(reply.getHeader('cache-control') ?? '')
  return reply.hasHeader('expires') ||
    (/\b(?:public|max-age|s-maxage|immutable)\b/i.test(control) &&
      !/\b(?:no-store|private)\b/i.test(control))
}
