import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { RouteConfig } from '../config/route-options.js'
import type { Receipt } from '../access/receipt.js'
import * as errors from '../errors.js'
import { isCrossSite, isNoScript } from './fetch-metadata.js'
import type { ReceiptWithValues, ReplyAccess } from './reply-access.js'
import { schemaOf, type RouteMethod } from './route-schema.js'
import { asksForValues, refuseValues, valuesType, type AllowsValues } from './values.js'

/** Registers GET, POST and DELETE in the host's own scope, so that its hooks apply. */
export function registerRoute (
  fastify: FastifyInstance,
  { url, options, ...described }: RouteConfig,
  replies: ReplyAccess,
  values: AllowsValues | undefined
): void {
  const handlers = handlersOf(replies, values)
  const address = fastify.prefix.replace(/\/$/, '') + url
  for (const method of ['GET', 'POST', 'DELETE'] as const) {
    if (fastify.hasRoute({ method, url: address })) {
      throw new errors.CDN_ACCESS_ROUTE_TAKEN(method, address)
    }
    fastify.route({
      ...options,
      method,
      url,
      handler: handlers[method],
      // A transform of the host's, such as one for Zod, can't read this schema, which needs none.
      config: { swaggerTransform: false, ...options.config } as object,
      schema: schemaOf(method, described, options.schema),
      preParsing: [...hooksOf(options.preParsing), ...(method === 'GET' ? [] : [ignoreBody])],
      onSend: [...hooksOf(options.onSend), forbidCaching],
      serializerCompiler: () => serializeFailure,
      exposeHeadRoute: false
    })
  }
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<string | undefined>

function handlersOf (
  replies: ReplyAccess,
  values: AllowsValues | undefined
): Record<RouteMethod, Handler> {
  async function issue (
    request: FastifyRequest,
    reply: FastifyReply,
    force: boolean
  ): Promise<string> {
    refuseCrossSite(request)
    if (asksForValues(request)) {
      await refuseValues(request, values)
      const { receipt, cookies } = await replies.values(request, reply)
      return written(reply, receipt, cookies)
    }
    const keepsDenied = isCrossSite(request) || isNoScript(request)
    return written(reply, await replies.issue(request, reply, { force, keepsDenied }))
  }

  return {
    GET: (request, reply) => issue(request, reply, false),
    POST: (request, reply) => issue(request, reply, true),
    DELETE: async (request, reply) => {
      refuseCrossSite(request)
      replies.end(request, reply)
      reply.code(204)
      return undefined
    }
  }
}

/** A link or a picture on a page of another site comes with the ticket, and means nothing by it. */
function refuseCrossSite (request: FastifyRequest): void {
  if (isCrossSite(request) && isNoScript(request)) throw new errors.CDN_ACCESS_CROSS_SITE()
}

/**
 * A body has no meaning here, whatever its type: without these headers Fastify does not look at it.
 */
function ignoreBody (
  request: FastifyRequest,
  _reply: FastifyReply,
  payload: unknown,
  done: (error: null, payload: never) => void
): void {
  for (const name of ['content-type', 'content-length', 'transfer-encoding']) {
    delete request.raw.headers[name]
  }
  done(null, payload as never)
}

/** Also where a hook of the host refuses the request. */
function forbidCaching (
  _request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  done: (error: null, payload: unknown) => void
): void {
  reply.header('cache-control', 'private, no-store')
  done(null, payload)
}

function hooksOf<Hook> (hooks: Hook | Hook[] | undefined): Hook[] {
  return hooks === undefined ? [] : [hooks].flat() as Hook[]
}

/**
 * A receipt as the document says it is, whatever the host does with the payloads of its own routes:
 * a text passes `preSerialization` hooks and `setReplySerializer` by.
 */
function written (
  reply: FastifyReply,
  receipt: Receipt,
  cookies?: ReceiptWithValues['cookies']
): string {
  const { status, expiresIn, refreshIn, expiresAt } = receipt
  const type = cookies === undefined ? 'application/json' : valuesType
  reply.header('content-type', `${type}; charset=utf-8`).serializer(asItIs)
  const times = `"expiresIn":${expiresIn},"refreshIn":${refreshIn},"expiresAt":${expiresAt}`
  const values = cookies === undefined ? '' : `,"cookies":${JSON.stringify(cookies)}`
  return `{"status":"${status}",${times}${values}}`
}

function asItIs (text: string): string {
  return text
}

/**
 * An error handler of the host's may answer what it likes; an error itself shows these fields
 * alone.
 */
function serializeFailure (payload: unknown): string {
  if (!(payload instanceof Error)) return JSON.stringify(payload)
  const { statusCode, code, error, message, retryIn } = payload as Error & {
    statusCode?: number
    code?: string
    error?: string
    retryIn?: number
  }
  return JSON.stringify({ statusCode, code, error, message, retryIn })
}
