import type { FastifyRequest, FastifySchema, RouteShorthandOptions } from 'fastify'
import type { Cdn, CookieOptions } from '../cdn/cdn.js'
import { refuseUnknown } from '../cdn/format/factory-options.js'
import { isCdnPath, parseStaticPath, type CdnPath } from '../cdn/cdn-path.js'
import { checkCookieDomain, resolveCookie } from './cookie-options.js'
import type { AccessCdn, CookieAttributes } from '../cookies/cookies.js'
import {
  CDN_ACCESS_AUTHORIZE_MISSING,
  CDN_ACCESS_CDN_INVALID,
  CDN_ACCESS_CDN_MISSING,
  CDN_ACCESS_CDN_NAME_TAKEN,
  CDN_ACCESS_CDN_UNKNOWN,
  CDN_ACCESS_EXPIRY_STEP_INVALID,
  CDN_ACCESS_NAME_INVALID,
  CDN_ACCESS_OPTION_INVALID,
  CDN_ACCESS_REFRESH_BEFORE_TOO_LONG,
  CDN_ACCESS_ROUTE_INVALID,
  CDN_ACCESS_TTL_TOO_SHORT
} from '../errors.js'
import type { Authorization, GrantRules } from '../access/grant.js'
import { parseDuration, type Duration } from '../time.js'

/** Options of the route: its address and Fastify's own route options, such as `config`, hooks, `schema.tags`. */
export interface CdnAccessRouteOptions extends Omit<RouteShorthandOptions, 'schema'> {
  /** Default `/cdn-access`. */
  readonly url?: string
  /** Laid over the route's own: `tags`, `summary`, `hide` and what else describes it. */
  readonly schema?: FastifySchema & Readonly<Record<string, unknown>>
}

/** A path that `true` grants. Being code, it may end in a wildcard: `/*`. */
export type StaticPath = CdnPath | string | {
  readonly path: CdnPath | string
  readonly cdn: string
}

/** Where the plugin's variables come from. */
export interface EnvOptions {
  /** What their names begin with; default `CDN_ACCESS_`. */
  readonly prefix?: string
  /** Read a `.env` file as well: true, or its path; default false. */
  readonly dotenv?: boolean | { readonly path?: string }
  /** Variables from elsewhere, laid over the process's. */
  readonly data?: Readonly<Record<string, string>>
}

export interface CdnAccessOptions {
  /** One CDN or several, made by a factory. Left out, it is read from the `CDN_ACCESS_*` variables. */
  readonly cdn?: Cdn | readonly Cdn[]
  /** Attributes of the cookies. `domain` must be given: a domain, or false. */
  readonly cookie?: CookieOptions
  /**
   * Says what this viewer may fetch. It depends on the viewer alone, never on the query or the body, for two
   * tabs of one viewer must not undo each other.
   */
  readonly authorize: (request: FastifyRequest) => Authorization | Promise<Authorization>
  /** What `true` grants; default `['/*']`. */
  readonly paths?: readonly StaticPath[]
  /** How long access lives; default 10m, at least 5s, at most 400d, for browsers keep no cookie longer. */
  readonly ttl?: Duration
  /** How long before its end access is renewed; default a quarter of ttl. `refreshBefore + 2 * expiryStep` must not exceed ttl. */
  readonly refreshBefore?: Duration
  /** Expiries are floored to a multiple of this, so that viewers share signatures; default a twentieth of ttl, at least 1s. */
  readonly expiryStep?: Duration
  /** The route's address and options, or false for none. */
  readonly route?: false | CdnAccessRouteOptions
  /** Renew access that is due on any uncached successful reply of this scope; default false. */
  readonly refreshOnRequest?: boolean
  /** Tells several registrations of one server apart: part of the ticket cookie's name. */
  readonly name?: string
  /** How many signed grants are kept in memory; default 1000, at most 1000000, 0 for none. */
  readonly cacheSize?: number
  /** Where variables come from, or false to read none. */
  readonly env?: false | EnvOptions
  /** A clock like `Date.now`, for tests. */
  readonly now?: () => number
}

/** The options with every default filled in and every check done. */
export interface CdnAccessConfig {
  readonly rules: GrantRules
  readonly authorize: CdnAccessOptions['authorize']
  readonly route: false | { readonly url: string, readonly options: RouteShorthandOptions }
  readonly refreshOnRequest: boolean
  readonly ticket: { readonly name: string, readonly attributes: CookieAttributes }
  readonly cacheSize: number
  readonly now: () => number
  /** False where `paths` was left out: then a format that can't hold `/*` is no error. */
  readonly pathsGiven: boolean
}

const optionNames = [
  'cdn',
  'cookie',
  'authorize',
  'paths',
  'ttl',
  'refreshBefore',
  'expiryStep',
  'route',
  'refreshOnRequest',
  'name',
  'cacheSize',
  'env',
  'now'
]
const registerOptionNames = ['prefix', 'logLevel', 'logSerializers']
const cdnMethods = ['parseKey', 'plan', 'sign', 'check'] as const

const largestCache = 1_000_000
const longestTtl = 400 * 86400

/** What a cookie's name is made of (RFC 6265, section 4.1.1). */
const token = /^[A-Za-z0-9!#$%&'*+\-.^_`|~]+$/

/** Refuses by name what no option is called, and a prefix that Fastify would refuse without naming it. */
export function checkOptionNames (options: object): void {
  refuseUnknown(options, 'fastify-cdn-access', [...optionNames, ...registerOptionNames])
  const { prefix = '' } = options as { prefix?: unknown }
  if (typeof prefix !== 'string' || !/^(?:\/|$)/.test(prefix)) {
    throw new CDN_ACCESS_OPTION_INVALID('prefix', 'a path with a leading slash, such as "/api"')
  }
}

/**
 * Checks options and fills in their defaults, in a new frozen object: the caller's is never changed and
 * never read again. `envPrefix` is what the variables' names begin with, undefined where none are read.
 */
export async function resolveOptions (
  options: Partial<CdnAccessOptions>,
  envPrefix: string | undefined
): Promise<CdnAccessConfig> {
  const {
    authorize,
    refreshOnRequest = false,
    cacheSize = 1000,
    now = Date.now,
    paths = ['/*'],
    route = {}
  } = options
  if (typeof authorize !== 'function') throw new CDN_ACCESS_AUTHORIZE_MISSING()
  if (typeof refreshOnRequest !== 'boolean') {
    throw new CDN_ACCESS_OPTION_INVALID('refreshOnRequest', 'true or false')
  }
  if (!Number.isSafeInteger(cacheSize) || cacheSize < 0 || cacheSize > largestCache) {
    throw new CDN_ACCESS_OPTION_INVALID(
      'cacheSize',
      `a whole number of grants, at most ${largestCache}, 0 for none`
    )
  }
  if (typeof now !== 'function') {
    throw new CDN_ACCESS_OPTION_INVALID('now', 'a function like Date.now')
  }
  const targets = resolveCdns(options.cdn, options.cookie, envPrefix)
  for (const target of targets) await checkCookieDomain(target)
  return Object.freeze({
    rules: Object.freeze({ targets, paths: resolvePaths(paths, targets), ...resolveLife(options) }),
    authorize,
    route: resolveRoute(route),
    refreshOnRequest,
    ticket: resolveTicket(options.name, targets),
    cacheSize,
    now,
    pathsGiven: options.paths !== undefined
  })
}

function resolveCdns (
  cdn: CdnAccessOptions['cdn'],
  cookie: unknown,
  envPrefix: string | undefined
): readonly AccessCdn[] {
  const cdns: readonly unknown[] = Array.isArray(cdn) ? cdn : cdn === undefined ? [] : [cdn]
  if (cdns.length === 0) {
    throw new CDN_ACCESS_CDN_MISSING(envPrefix === undefined
      ? ''
      : `, or set ${envPrefix}CDN and ${envPrefix}URL`)
  }
  const targets = cdns.map((each) => {
    const own = checkCdn(each)
    return Object.freeze({ cdn: own, attributes: resolveCookie(cookie, own) })
  })
  const names = targets.map((target) => target.cdn.name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new CDN_ACCESS_CDN_NAME_TAKEN(twice)
  return Object.freeze(targets)
}

function checkCdn (cdn: unknown): Cdn {
  const shape = Object(cdn) as Partial<Cdn>
  const missing = cdnMethods.find((method) => typeof shape[method] !== 'function')
  if (missing !== undefined) throw new CDN_ACCESS_CDN_INVALID(`it has no function "${missing}"`)
  if (typeof shape.name !== 'string' || !/^[A-Za-z0-9_-]{1,64}$/.test(shape.name)) {
    throw new CDN_ACCESS_CDN_INVALID('its "name" must be 1 to 64 of A-Z a-z 0-9 _ -')
  }
  if (
    typeof shape.url !== 'string' || !URL.canParse(shape.url) ||
    new URL(shape.url).origin !== shape.url
  ) throw new CDN_ACCESS_CDN_INVALID('its "url" must be a scheme, a host and a port alone')
  const names: unknown = shape.cookieNames
  if (
    !Array.isArray(names) || names.length === 0 ||
    !names.every((name) => typeof name === 'string' && token.test(name))
  ) throw new CDN_ACCESS_CDN_INVALID('its "cookieNames" must list every cookie that it may set')
  return cdn as Cdn
}

function resolvePaths (paths: unknown, targets: readonly AccessCdn[]): GrantRules['paths'] {
  if (!Array.isArray(paths) || paths.length === 0) {
    throw new CDN_ACCESS_OPTION_INVALID('paths', 'an array of at least one path')
  }
  return Object.freeze(Array.from(paths, (granted: unknown) => {
    const { path, cdn, ...unknown } =
      typeof granted === 'object' && granted !== null && !isCdnPath(granted)
        ? granted as { path?: unknown, cdn?: unknown }
        : { path: granted }
    if ((typeof path !== 'string' && !isCdnPath(path)) || Object.keys(unknown).length > 0) {
      throw new CDN_ACCESS_OPTION_INVALID(
        'paths',
        'an array of paths: strings, what cdnPath makes, or { path, cdn }'
      )
    }
    if (cdn !== undefined && !targets.some((target) => target.cdn.name === cdn)) {
      throw new CDN_ACCESS_CDN_UNKNOWN(
        typeof cdn === 'string' ? JSON.stringify(cdn) : 'what is no name',
        targets.map((target) => target.cdn.name).join(', ')
      )
    }
    return Object.freeze({
      path: isCdnPath(path) ? path.path : parseStaticPath(path),
      cdn: cdn as string | undefined
    })
  }))
}

function resolveLife (
  options: Partial<CdnAccessOptions>
): Pick<GrantRules, 'ttl' | 'refreshBefore' | 'expiryStep'> {
  const ttl = options.ttl === undefined ? 600 : parseDuration(options.ttl, 'ttl')
  if (ttl < 5) throw new CDN_ACCESS_TTL_TOO_SHORT()
  if (ttl > longestTtl) {
    throw new CDN_ACCESS_OPTION_INVALID('ttl', 'at most 400d: browsers keep no cookie longer')
  }
  const expiryStep = options.expiryStep === undefined
    ? Math.max(1, Math.floor(ttl / 20))
    : parseDuration(options.expiryStep, 'expiryStep')
  if (expiryStep < 1 || expiryStep > ttl / 4) throw new CDN_ACCESS_EXPIRY_STEP_INVALID()
  const refreshBefore = options.refreshBefore === undefined
    ? Math.floor(ttl / 4)
    : parseDuration(options.refreshBefore, 'refreshBefore')
  if (refreshBefore < 1) {
    throw new CDN_ACCESS_OPTION_INVALID(
      'refreshBefore',
      'at least 1 second: leave it out for a quarter of ttl'
    )
  }
  if (refreshBefore + 2 * expiryStep > ttl) {
    throw new CDN_ACCESS_REFRESH_BEFORE_TOO_LONG(refreshBefore, expiryStep, ttl)
  }
  return { ttl, refreshBefore, expiryStep }
}

function resolveRoute (route: unknown): CdnAccessConfig['route'] {
  if (route === false) return false
  if (typeof route !== 'object' || route === null || Array.isArray(route)) {
    throw new CDN_ACCESS_ROUTE_INVALID('must be false or an object such as { url: "/cdn-access" }')
  }
  const { url = '/cdn-access', ...options } = route as CdnAccessRouteOptions
  if (typeof url !== 'string' || !url.startsWith('/')) {
    throw new CDN_ACCESS_ROUTE_INVALID('has a "url" that is not a path with a leading slash')
  }
  const reserved = [
    'method',
    'handler',
    'validatorCompiler',
    'serializerCompiler',
    'exposeHeadRoute'
  ].find((field) => field in options)
  if (reserved !== undefined) {
    throw new CDN_ACCESS_ROUTE_INVALID(`has "${reserved}", which the plugin sets itself`)
  }
  const unread = ['body', 'querystring', 'query', 'params', 'headers'].find((part) =>
    Object.hasOwn(Object(options.schema), part)
  )
  if (unread !== undefined) {
    throw new CDN_ACCESS_ROUTE_INVALID(`has "schema.${unread}", which the route does not read: check requests in a hook`)
  }
  return Object.freeze({ url, options: Object.freeze(options) })
}

/** The `__Host-` prefix keeps sibling subdomains from planting a ticket; it needs Secure. */
function resolveTicket (name: unknown, targets: readonly AccessCdn[]): CdnAccessConfig['ticket'] {
  if (name !== undefined && (typeof name !== 'string' || !/^[A-Za-z0-9_-]{1,64}$/.test(name))) {
    throw new CDN_ACCESS_NAME_INVALID()
  }
  const all = targets.map(({ attributes }) => attributes)
  // The widest of all CDNs: an embed that loses its ticket loses its access.
  const sameSite = (['none', 'lax', 'strict'] as const).find((value) =>
    all.some((attributes) => attributes.sameSite === value)
  )!
  const partitioned = all.some((attributes) => attributes.partitioned)
  const secure = sameSite === 'none' || partitioned || all.every((attributes) => attributes.secure)
  const attributes: CookieAttributes = Object.freeze({
    domain: undefined,
    httpOnly: true,
    secure,
    sameSite,
    partitioned,
    lifetime: all.some(({ lifetime }) => lifetime === 'ttl') ? 'ttl' : 'session'
  })
  return Object.freeze({
    name: `${secure ? '__Host-' : ''}cdn-access${name === undefined ? '' : `-${name}`}`,
    attributes
  })
}
