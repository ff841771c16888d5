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
    const log = (error: unknown): void => {
      request.log.warn(
        { reason: (error as { code?: unknown } | null)?.code },
        'fastify-cdn-access: access could not be renewed on this request'
      )
    }
    const goOn = (): void => {
      done(null, payload)
    }
    let due = false
    try {
      due = reply.statusCode < 400 && access.isDue(request, reply)
    } catch (error) {
      log(error)
    }
    if (due && !mayBeKept(reply.getHeaders())) access.renew(request, reply).catch(log).finally(goOn)
    else goOn()
  }
}
