import type { FastifyRequest } from 'fastify'
import type { Cdn, CookieOptions } from '../cdn/cdn.js'
import type { CdnPath } from '../cdn/cdn-path.js'
import { checkFields, clock, flag, readElsewhere, type Rules } from '../input/fields.js'
import { mostAreas } from '../access/eviction.js'
import type { Authorization } from '../access/grant.js'
import type { Duration } from '../time.js'
import type { RevocationOptions } from './revocation-options.js'
import type { CdnAccessRouteOptions } from './route-options.js'

/** A path that `true` grants. It stands in your code, so it may be a whole folder: `/courses/*`. */
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

/**
 * A function of the request. Parameters of a method may be narrower, so that the request can be
 * annotated: `(request: FastifyRequest<{ Querystring: { course?: string } }>) => …`.
 */
type OfRequest<Answer, More extends readonly unknown[] = []> = {
  of(request: FastifyRequest, ...more: More): Answer
}['of']

/** What the plugin takes: `authorize`, and what is not to be as by default. */
export interface CdnAccessOptions {
  /**
   * One CDN or several, made by a factory. Left out, it is read from the `CDN_ACCESS_*` variables.
   */
  readonly cdn?: Cdn | readonly Cdn[]
  /**
   * Attributes of the cookies. `domain` must be given, here or in `CDN_ACCESS_COOKIE_DOMAIN`: the
   * parent domain of API and CDN, or false.
   *
   * @example cookie: { domain: 'example.com' }
   */
  readonly cookie?: CookieOptions
  /**
   * Says what this viewer may fetch, in this area where there are areas: paths, `true` for the
   * option `paths`, or anything falsy for a denial. It depends on viewer and area alone, never on
   * what else is in the query or the body, for two tabs of one viewer must not undo each other. A
   * thrown 403 is a denial; after another error the viewer keeps what it has.
   *
   * @example authorize: ({ session }) => session.userId && [cdnPath`/users/${session.userId}/*`]
   */
  readonly authorize: OfRequest<Authorization | Promise<Authorization>, [area: string | undefined]>
  /**
   * Names what this request asks for, where a viewer may fetch more than cookies can hold: a course,
   * a film. Each area is issued, renewed, denied and cleared by itself. 1 to 256 characters, which
   * may come from the request as they are; undefined for all that the viewer may fetch.
   *
   * @example area: (request: FastifyRequest<{ Querystring: { course?: string } }>) =>
   *   request.query.course
   */
  readonly area?: OfRequest<string | undefined> | undefined
  /**
   * How many areas one viewer holds at a time, 1 to 16; by default as many as one reply of 3.5 kB
   * can clear, which is six with one CloudFront path each. What does not fit is taken away, the one
   * that ends first before others.
   */
  readonly areas?: number
  /**
   * Says which requests may have their cookies as values, in the body of the reply: those of an app
   * or a player that keeps no cookies. Left out, none may. Whatever this says, a request with a
   * `Cookie`, `Origin` or `Sec-Fetch-Site` header may not.
   *
   * @example values: (request) => request.headers['x-app'] === 'tv'
   */
  readonly values?: OfRequest<boolean | Promise<boolean>>
  /**
   * Lets `fastify.cdnAccess.revoke(id)` take access back before it ends: at the route at once, at
   * edges that ask within seconds. Left out, what was issued is good until it ends.
   */
  readonly revocation?: RevocationOptions
  /** What `true` grants; default `['/*']`. */
  readonly paths?: readonly StaticPath[]
  /**
   * How long access lives, in seconds or with a unit (`'90s'`, `'10m'`, `'1h'`); default 10m, at
   * least 5s, at most 400d, for browsers keep no cookie longer.
   */
  readonly ttl?: Duration
  /**
   * How long before its end access is renewed, in seconds or with a unit; default a quarter of ttl,
   * at least 1s. Each viewer gets a moment
   * of its own, between 1¾ and ½ of this before the end, so that they do not all ask at once.
   * `refreshBefore + 2 * expiryStep` must not exceed ttl.
   */
  readonly refreshBefore?: Duration
  /**
   * Access ends at a multiple of this, so that viewers who may fetch the same share a signature: in
   * seconds or with a unit; default a twentieth of ttl, at least 1s, at most a quarter of ttl. A
   * life is shorter than ttl by less than this.
   */
  readonly expiryStep?: Duration
  /** The route's address and options, or false for none; default `{ url: '/cdn-access' }`. */
  readonly route?: false | CdnAccessRouteOptions
  /**
   * Renew access that is due with any reply of this scope that succeeds and that no cache may keep;
   * default false.
   */
  readonly refreshOnRequest?: boolean
  /**
   * Tells several registrations of one server, or services on one host, apart: part of the ticket
   * cookie's name, 1 to 64 of `A-Z a-z 0-9 _ -`. Default: none.
   */
  readonly name?: string
  /** How many signed grants are kept in memory; default 1000, at most 1000000, 0 for none. */
  readonly cacheSize?: number
  /**
   * How long signing one grant may take, for a signer that is elsewhere, in seconds or with a unit;
   * default 10s, at least 1s, at most 10m. Where it takes longer a viewer gets 503, and the next
   * request tries again.
   */
  readonly signTimeout?: Duration
  /** Where variables come from, or false to read none. */
  readonly env?: false | EnvOptions
  /** A clock like `Date.now`, for tests. */
  readonly now?: () => number
}

const largestCache = 1_000_000

const rules: Rules = {
  cdn: readElsewhere,
  cookie: readElsewhere,
  authorize: readElsewhere,
  paths: readElsewhere,
  ttl: readElsewhere,
  refreshBefore: readElsewhere,
  expiryStep: readElsewhere,
  route: readElsewhere,
  refreshOnRequest: flag,
  name: readElsewhere,
  cacheSize: {
    holds: (value) =>
      Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= largestCache,
    words: `a whole number of grants, at most ${largestCache}, 0 for none`
  },
  signTimeout: readElsewhere,
  area: {
    holds: (value) => typeof value === 'function',
    words: 'a function such as (request) => request.query.course'
  },
  areas: {
    holds: (value) =>
      Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= mostAreas,
    words: `a whole number from 1 to ${mostAreas}`
  },
  values: {
    holds: (value) => typeof value === 'function',
    words: 'a function that says which requests may have cookies as values'
  },
  revocation: readElsewhere,
  env: readElsewhere,
  now: clock
}

/** The names of the plugin's own options. */
export const optionNames: readonly string[] = Object.keys(rules)

/** What Fastify itself reads of a plugin's options; a prefix that it would refuse is named here. */
const registerRules: Rules = {
  prefix: {
    holds: (value) => typeof value === 'string' && /^(?:\/|$)/.test(value),
    words: 'a path with a leading slash, such as "/api"'
  },
  logLevel: readElsewhere,
  logSerializers: readElsewhere
}

/**
 * Refuses by name what no option is called, and the values of simple ones; the rest are checked
 * where they are read.
 */
export function checkOptions (options: object): void {
  checkFields(options, 'fastify-cdn-access', { ...rules, ...registerRules })
}
