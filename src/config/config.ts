import type { FastifyInstance } from 'fastify'
import { checkCdn } from '../cdn/cdn.js'
import { isCdnPath, parseStaticPath } from '../cdn/cdn-path.js'
import type { AccessCdn, CookieAttributes } from '../cookies/cookies.js'
import type { GrantRules } from '../access/grant.js'
import * as errors from '../errors.js'
import { isName } from '../input/fields.js'
import { parseDuration } from '../time.js'
import { checkCdnHost } from './cdn-host.js'
import { checkCookieDomain, resolveCookie } from './cookie-options.js'
import { envPrefixOf, withEnv } from './env.js'
import { checkOptions, type CdnAccessOptions } from './options.js'
import { resolveRevocation, type RevocationConfig } from './revocation-options.js'
import { resolveRoute, type RouteConfig } from './route-options.js'

/** The options with every default filled in and every check done. */
export interface CdnAccessConfig {
  readonly rules: GrantRules
  readonly authorize: CdnAccessOptions['authorize']
  readonly area: CdnAccessOptions['area']
  /** Undefined: as many as one reply of 3.5 kB can clear. */
  readonly areas: number | undefined
  readonly values: CdnAccessOptions['values']
  /** Undefined where nothing is revoked. */
  readonly revocation: RevocationConfig | undefined
  readonly route: false | RouteConfig
  readonly refreshOnRequest: boolean
  readonly ticket: { readonly name: string, readonly attributes: CookieAttributes }
  readonly cacheSize: number
  /** Seconds. */
  readonly signTimeout: number
  readonly now: () => number
  /** False where `paths` was left out: then a format that can't hold `/*` is no error. */
  readonly pathsGiven: boolean
}

/** Reads the options and the variables under them. */
export async function readConfig (
  fastify: FastifyInstance,
  options: CdnAccessOptions
): Promise<CdnAccessConfig> {
  checkOptions(options)
  return resolveOptions(await withEnv(fastify, options), envPrefixOf(options.env))
}

const longestTtl = 400 * 86400

/**
 * Checks options and fills in their defaults, in a new frozen object: the caller's is never changed
 * and never read again. `envPrefix` is what the variables' names begin with, undefined where none
 * are read.
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
    paths = ['/*']
  } = options
  if (typeof authorize !== 'function') throw new errors.CDN_ACCESS_AUTHORIZE_MISSING()
  const targets = resolveCdns(options.cdn, options.cookie, envPrefix)
  for (const target of targets) {
    await checkCookieDomain(target)
    await checkCdnHost(target.cdn)
  }
  return Object.freeze({
    rules: Object.freeze({ targets, paths: resolvePaths(paths, targets), ...resolveLife(options) }),
    authorize,
    ...resolveAreas(options),
    values: resolveValues(options),
    revocation: resolveRevocation(options.revocation, targets),
    route: resolveRoute(options),
    refreshOnRequest,
    ticket: resolveTicket(options.name, targets),
    cacheSize,
    signTimeout: resolveSignTimeout(options.signTimeout),
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
    throw new errors.CDN_ACCESS_CDN_MISSING(
      envPrefix === undefined
        ? ''
        : `, or set ${envPrefix}CDN and ${envPrefix}URL`
    )
  }
  const targets = cdns.map((each) => {
    const own = checkCdn(each)
    return Object.freeze({ cdn: own, attributes: resolveCookie(cookie, own) })
  })
  const names = targets.map((target) => target.cdn.name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new errors.CDN_ACCESS_CDN_NAME_TAKEN(twice)
  return Object.freeze(targets)
}

function resolvePaths (paths: unknown, targets: readonly AccessCdn[]): GrantRules['paths'] {
  if (!Array.isArray(paths) || paths.length === 0) {
    throw new errors.CDN_ACCESS_OPTION_INVALID('paths', 'an array of at least one path')
  }
  return Object.freeze(Array.from(paths, (granted: unknown) => {
    const { path, cdn, ...unknown } =
      typeof granted === 'object' && granted !== null && !isCdnPath(granted)
        ? granted as { path?: unknown, cdn?: unknown }
        : { path: granted }
    if ((typeof path !== 'string' && !isCdnPath(path)) || Object.keys(unknown).length > 0) {
      throw new errors.CDN_ACCESS_OPTION_INVALID(
        'paths',
        'an array of paths: strings, what cdnPath makes, or { path, cdn }'
      )
    }
    if (cdn !== undefined && !targets.some((target) => target.cdn.name === cdn)) {
      throw new errors.CDN_ACCESS_CDN_UNKNOWN(
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
  if (ttl < 5) throw new errors.CDN_ACCESS_TTL_TOO_SHORT()
  if (ttl > longestTtl) {
    throw new errors.CDN_ACCESS_OPTION_INVALID(
      'ttl',
      'at most 400d: browsers keep no cookie longer'
    )
  }
  const expiryStep = options.expiryStep === undefined
    ? Math.max(1, Math.floor(ttl / 20))
    : parseDuration(options.expiryStep, 'expiryStep')
  if (expiryStep < 1 || expiryStep > ttl / 4) throw new errors.CDN_ACCESS_EXPIRY_STEP_INVALID()
  const refreshBefore = options.refreshBefore === undefined
    ? Math.floor(ttl / 4)
    : parseDuration(options.refreshBefore, 'refreshBefore')
  if (refreshBefore < 1) {
    throw new errors.CDN_ACCESS_OPTION_INVALID(
      'refreshBefore',
      'at least 1 second: leave it out for a quarter of ttl'
    )
  }
  if (refreshBefore + 2 * expiryStep > ttl) {
    throw new errors.CDN_ACCESS_REFRESH_BEFORE_TOO_LONG(refreshBefore, expiryStep, ttl)
  }
  return { ttl, refreshBefore, expiryStep }
}

function resolveSignTimeout (signTimeout: unknown = '10s'): number {
  const seconds = parseDuration(signTimeout, 'signTimeout')
  if (seconds < 1 || seconds > 600) {
    throw new errors.CDN_ACCESS_OPTION_INVALID('signTimeout', 'at least 1 second and at most 10m')
  }
  return seconds
}

function resolveAreas (
  { area, areas }: Partial<CdnAccessOptions>
): Pick<CdnAccessConfig, 'area' | 'areas'> {
  if (areas !== undefined && area === undefined) {
    throw new errors.CDN_ACCESS_OPTION_INVALID('areas', 'left out where there is no option "area"')
  }
  return { area, areas }
}

/** Only the route gives them. */
function resolveValues ({ values, route }: Partial<CdnAccessOptions>): CdnAccessConfig['values'] {
  if (values !== undefined && route === false) {
    throw new errors.CDN_ACCESS_OPTION_INVALID('values', 'left out where there is no route')
  }
  return values
}

/** The `__Host-` prefix keeps sibling subdomains from planting a ticket; it needs Secure. */
function resolveTicket (name: unknown, targets: readonly AccessCdn[]): CdnAccessConfig['ticket'] {
  if (name !== undefined && !isName(name)) {
    throw new errors.CDN_ACCESS_NAME_INVALID()
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
