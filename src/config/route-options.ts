import type { FastifySchema, RouteShorthandOptions } from 'fastify'
import * as errors from '../errors.js'
import { given, isFields } from '../input/fields.js'

/**
 * Options of the route: its address and Fastify's own route options, such as `config`, hooks,
 * `schema.tags`.
 */
export interface CdnAccessRouteOptions extends Omit<RouteShorthandOptions, 'schema'> {
  /** Default `/cdn-access`. */
  readonly url?: string
  /** Laid over the route's own: `tags`, `summary`, `hide` and what else describes it. */
  readonly schema?: FastifySchema & Readonly<Record<string, unknown>>
}

/** The route's address in its scope, and what it is registered with. */
export interface RouteConfig {
  readonly url: string
  /** The registration's, which tells the routes of several apart. */
  readonly name: string | undefined
  /** True where a request can ask for an area. */
  readonly areas: boolean
  /** True where a request can ask for cookies as values. */
  readonly values: boolean
  readonly options: RouteShorthandOptions
}

/** What Fastify gives a plugin beside its own options, and what of that is the route's as well. */
interface RegisterOptions extends Pick<RouteShorthandOptions, 'logLevel'> {
  readonly prefix?: string
  readonly logSerializers?: RouteShorthandOptions['logSerializers']
}

interface Options extends RegisterOptions {
  readonly route?: unknown
  readonly name?: string
  readonly area?: unknown
  readonly values?: unknown
}

const ownFields = [
  'method',
  'handler',
  'validatorCompiler',
  'serializerCompiler',
  'exposeHeadRoute'
]
const unreadParts = ['body', 'querystring', 'query', 'params', 'headers']

/**
 * Checks the option `route`, and lays it over what the registration says for all routes.
 *
 * @throws CDN_ACCESS_ROUTE_INVALID
 */
export function resolveRoute (
  { route = {}, name, area, values, prefix = '', logLevel, logSerializers }: Options
): false | RouteConfig {
  if (route === false) return false
  if (!isFields(route)) {
    throw new errors.CDN_ACCESS_ROUTE_INVALID(
      'must be false or an object such as { url: "/cdn-access" }'
    )
  }
  const { url = '/cdn-access', ...options } = route as CdnAccessRouteOptions
  if (typeof url !== 'string' || !url.startsWith('/')) {
    throw new errors.CDN_ACCESS_ROUTE_INVALID('has a "url" that is not a path with a leading slash')
  }
  const own = ownFields.find((field) => field in options)
  if (own !== undefined) {
    throw new errors.CDN_ACCESS_ROUTE_INVALID(`has "${own}", which the plugin sets itself`)
  }
  if ('preSerialization' in options) {
    throw new errors.CDN_ACCESS_ROUTE_INVALID(
      'has "preSerialization", which never runs: a receipt is what the route\'s document says'
    )
  }
  const unread = (area === undefined ? unreadParts : ['body']).find((part) =>
    Object.hasOwn(Object(options.schema), part)
  )
  if (unread !== undefined) {
    throw new errors.CDN_ACCESS_ROUTE_INVALID(
      `has "schema.${unread}", which the route does not read: check requests in a hook`
    )
  }
  return Object.freeze({
    url: prefix.replace(/\/$/, '') + url,
    name,
    areas: area !== undefined,
    values: values !== undefined,
    options: Object.freeze({ ...given({ logLevel, logSerializers }), ...options })
  })
}
