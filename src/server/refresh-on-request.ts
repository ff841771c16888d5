import type { onSendHookHandler } from 'fastify'
import { mayBeKept } from './caching.js'
import type { ReplyAccess } from './reply-access.js'

/**
 * Renews access that is due on ordinary replies. It never denies and never clears, and where it
 * fails the reply goes out as it is. What later hooks make of the reply is looked at when its head
 * leaves.
 */
export function refreshDueAccess (access: ReplyAccess): onSendHookHandler {
  return function refreshDue (request, reply, payload, done) {
    if (reply.statusCode >= 400 || !access.isDue(request, reply) || mayBeKept(reply.getHeaders())) {
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
