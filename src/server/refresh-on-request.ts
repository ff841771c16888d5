import { EventEmitter } from 'node:events'
import type { onSendHookHandler } from 'fastify'
import { codeOrKind } from '../key-ring/load-failure.js'
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
        { reason: codeOrKind(error) },
        'fastify-cdn-access: access could not be renewed on this request'
      )
    }
    let due = false
    try {
      due = reply.statusCode < 400 && access.isDue(request, reply)
    } catch (error) {
      log(error)
    }
    if (!due || mayBeKept(reply.getHeaders())) {
      done(null, payload)
      return
    }
    const failure = watch(payload)
    access.renew(request, reply).catch(log).finally(() => {
      const error = failure()
      if (error === undefined) done(null, payload)
      else done(error)
    })
  }
}

/**
 * A stream may fail while access is renewed, before Fastify listens to it: an error that nobody
 * listens to ends the process. What this returns stops listening, and tells the error.
 */
function watch (payload: unknown): () => Error | undefined {
  if (!(payload instanceof EventEmitter)) return () => undefined
  let failure: Error | undefined
  const remember = (error: Error): void => {
    failure ??= error
  }
  payload.on('error', remember)
  return () => {
    payload.off('error', remember)
    return failure
  }
}
