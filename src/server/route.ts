import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from 'fastify'
import type { RouteConfig } from '../config/route-options.js'
import type { Receipt } from '../access/access.js'
import * as errors from '../errors.js'

/** Registers GET, POST and DELETE in the host's own scope, so that its hooks apply. */
export function registerRoute (fastify: FastifyInstance, { url, options }: RouteConfig): void {
  const address = fastify.prefix.replace(/\/$/, '') + url
  for (
    const [method, handler] of Object.entries({
      GET: giveAccess,
      POST: renewAccess,
      DELETE: endAccess
    })
  ) {
    if (fastify.hasRoute({ method, url: address })) {
      throw new errors.CDN_ACCESS_ROUTE_TAKEN(method, address)
    }
    fastify.route({
      ...options,
      method,
      url,
      handler,
      schema: { ...(method === 'DELETE' ? clearSchema : accessSchema), ...options.schema },
      preParsing: [...hooksOf(options.preParsing), ...(method === 'GET' ? [] : [ignoreBody])],
      onSend: [...hooksOf(options.onSend), forbidCaching],
      serializerCompiler: ({ httpStatus }) =>
        httpStatus === '200' ? serializeReceipt : serializeFailure,
      exposeHeadRoute: false
    })
  }
}

function giveAccess (_request: FastifyRequest, reply: FastifyReply): Promise<Receipt> {
  return reply.issueCdnAccess()
}

function renewAccess (_request: FastifyRequest, reply: FastifyReply): Promise<Receipt> {
  return reply.issueCdnAccess({ force: true })
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

/** What the schema says and nothing else, as Fastify's own compiled serializers do. */
function serializeReceipt (payload: unknown): string {
  const { status, expiresIn, refreshIn, expiresAt } = payload as Receipt
  const quoted = quotedStatus[status]
  if (quoted === undefined) return JSON.stringify(payload)
  const times = `"expiresIn":${expiresIn},"refreshIn":${refreshIn},"expiresAt":${expiresAt}`
  return `{"status":${quoted},${times}}`
}

const quotedStatus: Partial<Record<string, string>> = {
  issued: '"issued"',
  refreshed: '"refreshed"',
  fresh: '"fresh"'
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

const seconds = { type: 'integer', minimum: 1 }

const failureSchema = {
  type: 'object',
  properties: {
    statusCode: { type: 'integer' },
    code: { type: 'string' },
    error: { type: 'string' },
    message: { type: 'string' }
  }
}

const accessSchema: FastifySchema & { summary: string } = {
  summary: 'Gives the viewer cookies for the CDN, where it has none or they are due',
  response: {
    200: {
      type: 'object',
      required: ['status', 'expiresIn', 'refreshIn', 'expiresAt'],
      properties: {
        status: { type: 'string', enum: ['issued', 'refreshed', 'fresh'] },
        expiresIn: { ...seconds, description: 'Seconds until access ends' },
        refreshIn: { ...seconds, description: 'Seconds until the viewer should ask again' },
        expiresAt: { ...seconds, description: 'When access ends, in epoch seconds' }
      }
    },
    403: { description: 'Access denied', ...failureSchema },
    503: {
      description: 'No key to sign with, or too much to sign',
      ...failureSchema,
      properties: {
        ...failureSchema.properties,
        retryIn: { ...seconds, description: 'Seconds to wait' }
      }
    }
  }
}

const clearSchema: FastifySchema & { summary: string } = {
  summary: 'Takes the viewer\'s cookies for the CDN away',
  response: { 204: { type: 'null', description: 'They are cleared' } }
}
