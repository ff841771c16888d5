import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { RouteConfig } from '../config/route-options.js'
import type { Receipt } from '../access/access.js'
import * as errors from '../errors.js'
import { schemaOf } from './route-schema.js'

const handlers = { GET: giveAccess, POST: renewAccess, DELETE: endAccess }

/** Registers GET, POST and DELETE in the host's own scope, so that its hooks apply. */
export function registerRoute (
  fastify: FastifyInstance,
  { url, name, options }: RouteConfig
): void {
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
      schema: schemaOf(method, name, options.schema),
      preParsing: [...hooksOf(options.preParsing), ...(method === 'GET' ? [] : [ignoreBody])],
      onSend: [...hooksOf(options.onSend), forbidCaching],
      serializerCompiler: () => serializeFailure,
      exposeHeadRoute: false
    })
  }
}

async function giveAccess (_request: FastifyRequest, reply: FastifyReply): Promise<string> {
  return written(reply, await reply.issueCdnAccess())
}

async function renewAccess (_request: FastifyRequest, reply: FastifyReply): Promise<string> {
  return written(reply, await reply.issueCdnAccess({ force: true }))
}

async function endAccess (_request: FastifyRequest, reply: FastifyReply): Promise<void> {
  await reply.clearCdnAccess().code(204).send()
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
 * A receipt as the document says it is, whatever the host does with the payloads of its own routes: a text
 * passes `preSerialization` hooks and `setReplySerializer` by.
 */
function written (reply: FastifyReply, receipt: Receipt): string {
  const { status, expiresIn, refreshIn, expiresAt } = receipt
  reply.header('content-type', 'application/json; charset=utf-8').serializer(asItIs)
  const times = `"expiresIn":${expiresIn},"refreshIn":${refreshIn},"expiresAt":${expiresAt}`
  return `{"status":"${status}",${times}}`
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
