import type { FastifySchema } from 'fastify'
import type { RouteConfig } from '../config/route-options.js'
import { valuesType } from './values.js'

/** What the route's document says of a method, beside its response. */
interface Description {
  readonly summary: string
  readonly operation: string
}

export type RouteMethod = 'GET' | 'POST' | 'DELETE'

const descriptions: Record<RouteMethod, Description> = {
  GET: {
    summary: 'Gives the viewer cookies for the CDN, where it has none or they are due',
    operation: 'getCdnAccess'
  },
  POST: {
    summary: 'Gives the viewer cookies for the CDN again, whatever it holds',
    operation: 'renewCdnAccess'
  },
  DELETE: {
    summary: 'Takes the viewer\'s cookies for the CDN away',
    operation: 'endCdnAccess'
  }
}

/**
 * The schema of one method. It describes and serializes nothing: the route writes its replies
 * itself. What the host's own schema says is laid over it, responses status by status.
 */
export function schemaOf (
  method: RouteMethod,
  { name, areas, values }: Pick<RouteConfig, 'name' | 'areas' | 'values'>,
  own: FastifySchema = {}
): FastifySchema & Readonly<Record<string, unknown>> {
  const { summary, operation } = descriptions[method]
  const ofArea = areas ? { 400: notAnArea } : {}
  const response = method === 'DELETE' ? { 204: cleared, ...ofArea, 401: refused, 500: failed } : {
    200: values ? receiptOrValues : receipt,
    ...ofArea,
    401: refused,
    403: denied,
    ...(values ? { 406: valuesRefused } : {}),
    500: failed,
    503: unavailable
  }
  return {
    summary,
    operationId: name === undefined ? operation : `${operation}-${name}`,
    ...own,
    response: { ...response, ...own.response as object }
  }
}

const seconds = { type: 'integer', minimum: 1 }

const setsCookies = {
  'Set-Cookie': {
    type: 'string',
    description:
      'Access cookies in the CDN\'s own format and the ticket, a line each; none where access is ' +
      'fresh'
  }
}

const clearsCookies = {
  'Set-Cookie': { type: 'string', description: 'A line for each cookie that is taken away' }
}

const receipt = {
  description: 'A receipt',
  headers: setsCookies,
  type: 'object',
  required: ['status', 'expiresIn', 'refreshIn', 'expiresAt'],
  properties: {
    status: {
      type: 'string',
      enum: ['issued', 'refreshed', 'fresh'],
      description:
        'issued: no ticket came; refreshed: one did, and cookies are set; fresh: none are'
    },
    expiresIn: { ...seconds, description: 'Seconds until access ends' },
    refreshIn: { ...seconds, description: 'Seconds until the viewer should ask again' },
    expiresAt: { ...seconds, description: 'When access ends, in epoch seconds' }
  }
}

const text = { type: 'string' }

const cookieValues = {
  type: 'object',
  required: ['cdn', 'url', 'path', 'header', 'pairs'],
  properties: {
    cdn: { ...text, description: 'The CDN\'s name' },
    url: { ...text, description: 'The address that the cookies are for, and no other' },
    path: { ...text, description: 'The Path of the cookies, as in RFC 6265, section 5.1.4' },
    header: { ...text, description: 'The cookies as a Cookie header' },
    pairs: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name', 'value'],
        properties: { name: text, value: text }
      }
    }
  }
}

const receiptOrValues = {
  description: receipt.description,
  headers: setsCookies,
  content: {
    'application/json': { schema: withoutHeaders(receipt) },
    [valuesType]: {
      schema: {
        ...withoutHeaders(receipt),
        required: [...receipt.required, 'cookies'],
        properties: { ...receipt.properties, cookies: { type: 'array', items: cookieValues } }
      }
    }
  }
}

function withoutHeaders ({ type, required, properties }: typeof receipt): object {
  return { type, required, properties }
}

const failure = {
  type: 'object',
  required: ['statusCode', 'error', 'message'],
  properties: {
    statusCode: { type: 'integer' },
    code: { type: 'string' },
    error: { type: 'string' },
    message: { type: 'string' }
  }
}

const notAnArea = { description: 'The request asks for an area that can\'t be', ...failure }

const valuesRefused = {
  description: 'The client may not have its cookies as values',
  ...failure
}

const refused = { description: 'The viewer is not logged in, where the host says so', ...failure }

const denied = { description: 'Access denied', headers: clearsCookies, ...failure }

const failed = { description: 'The grant or its signing is at fault', ...failure }

const unavailable = {
  description: 'No key to sign with, too much to sign, or no word of what was revoked',
  ...failure,
  properties: { ...failure.properties, retryIn: { ...seconds, description: 'Seconds to wait' } }
}

const cleared = { description: 'They are cleared', headers: clearsCookies, type: 'null' }
