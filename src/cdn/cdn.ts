import * as errors from '../errors.js'
import { readHostPattern } from './host-pattern.js'
import { isFields, isName } from '../input/fields.js'
import type { CdnKey, Keys } from '../keys/key.js'
import type { EpochSeconds } from '../time.js'

/** What a CDN is asked to let one viewer fetch. Paths are valid, sorted and unique. */
export interface CdnGrant {
  /**
   * Percent-encoded paths; a trailing `/*` is a prefix, any other `*` or `?` a
   * pattern. At least one.
   */
  readonly paths: readonly string[]
  /** The first second in which access is over. */
  readonly expiresAt: EpochSeconds
  /** Access begins after this second. */
  readonly notBefore?: EpochSeconds
  /** The viewer's address, or a range in CIDR notation. */
  readonly ip?: string
  /** Further claims, for formats that carry them. */
  readonly claims?: Readonly<Record<string, unknown>>
  /** When it is issued; left out in trials. */
  readonly issuedAt?: EpochSeconds
  /**
   * By which it can be revoked at edges that ask: 16 bytes in base64url. Formats without room for
   * it leave it out.
   */
  readonly revocationId?: string
}

/** One cookie that carries access. */
export interface AccessCookie {
  readonly name: string
  /** Cookie octets alone (RFC 6265): it is written as it stands. */
  readonly value: string
  /** One of the paths that `plan` gave. */
  readonly path: string
}

/** What a signed URL is made of. */
export interface UrlToSign {
  /** Percent-encoded, without wildcard. */
  readonly path: string
  /** The URL's own query, without `?`; empty where it has none. */
  readonly query: string
}

/** A request as it arrives at the edge. */
export interface EdgeRequest {
  readonly method: string
  /** Path and query as they stand in the request line. */
  readonly url: string
  /**
   * Scheme, host and port that the viewer asked, `https://a.example.com`. It counts for a CDN with
   * a `host` alone, and there only as far as that pattern goes. Default: the CDN's `url`.
   */
  readonly origin?: string
  /** Raw pairs in the order of the `Cookie` header, undecoded. */
  readonly cookies: ReadonlyArray<readonly [name: string, value: string]>
  /** The viewer's address; left out where it is not known. */
  readonly ip?: string
  /**
   * Request headers by lower-case name, for formats that bind access to them; left out
   * where they are not known.
   */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly now: EpochSeconds
  /**
   * When a {@link CdnGrant.revocationId} was last revoked: what was issued up to then is refused.
   * Rejects where that can't be known, which is a 503. Left out where no store is asked.
   */
  readonly revokedSince?: (id: string) => Promise<EpochSeconds | undefined>
}

/** One thing that a CDN looks at. */
export interface Check {
  readonly name: string
  readonly ok: boolean
  /**
   * What was found, and where it fails how to mend it. Never a key, a token or a cookie's value.
   */
  readonly detail: string
  /**
   * Where it fails, a name for programs: words with hyphens, which keep their meaning from version
   * to version. A CDN of your own needs none, nor the three below.
   */
  readonly code?: string
  /** Where it fails, what to do about it. */
  readonly fix?: string
  /** What the CDN takes, where that can be shown. */
  readonly expected?: string
  /** What came in its place. */
  readonly found?: string
}

/**
 * What a CDN answers: the checks in the order in which it makes them, up to the first that fails.
 */
export interface Verdict {
  readonly allowed: boolean
  /** The HTTP status of a refusal; 200 where access is allowed. */
  readonly status: number
  readonly checks: readonly Check[]
}

/** Attributes of the access cookies that fit every other. */
export interface CookieBasics {
  /**
   * The parent domain that the API and the CDN share, such as `example.com`, or false for the API's
   * own host alone, as on localhost. Required, of the plugin or of each CDN.
   */
  readonly domain?: string | false
  /** Default true. */
  readonly httpOnly?: boolean
  /**
   * `ttl` (default): the browser drops the cookies when access has ended, at most one `expiryStep`
   * later. `session`: when it closes.
   */
  readonly lifetime?: 'ttl' | 'session'
}

/** Attributes of cookies for https, which may be sent in pages of other sites. */
export interface SecureCookie extends CookieBasics {
  /** Default true, unless the CDN's url is http. */
  readonly secure?: true
  /** Default `lax`. `none` needs `secure`. */
  readonly sameSite?: 'lax' | 'strict' | 'none'
  /** Default false. For a page embedded in other sites, with `sameSite: 'none'`. */
  readonly partitioned?: boolean
}

/** Attributes of cookies without Secure: browsers take neither `none` nor `partitioned` with it. */
export interface PlainCookie extends CookieBasics {
  /** Default true, unless the CDN's url is http. */
  readonly secure?: boolean
  /** Default `lax`. `none` needs `secure`. */
  readonly sameSite?: 'lax' | 'strict'
  /** Needs `secure`. */
  readonly partitioned?: false
}

/** Attributes of the access cookies. */
export type CookieOptions = SecureCookie | PlainCookie

/**
 * One cookie format, one address and its keys. No clock, no I/O, no Fastify, and no knowledge of
 * another CDN. Anyone can pass an object of this shape.
 */
export interface Cdn<Key extends CdnKey = CdnKey> {
  /** Tells several CDNs of one registration apart. */
  readonly name: string
  /** Scheme, host and port, without a trailing slash. */
  readonly url: string
  /**
   * A pattern of the hosts at which it answers, where its cookies are good on several:
   * `https://*.example.com`. It covers `url`.
   */
  readonly host?: string
  /**
   * Every cookie name that it may ever set: those that are not part of a set are cleared with it.
   */
  readonly cookieNames: readonly string[]
  /** The factory's keys: entries, or a source of entries. */
  readonly keys: Keys
  /** Overrides the plugin's cookie attributes. */
  readonly cookie?: CookieOptions
  /** The format's options that decide what is signed: plain JSON. */
  readonly format: Readonly<Record<string, unknown>>
  /** A grant that the format can hold, to prove a key with. Default: all, `/*`. */
  readonly trial?: Pick<CdnGrant, 'paths' | 'ip'>
  /**
   * True where its cookies and URLs carry {@link CdnGrant.revocationId} and
   * {@link CdnGrant.issuedAt}, so that an edge can refuse what was revoked. Each viewer with an id
   * then has a signature of its own. Default: they have no room for it.
   */
  readonly carriesRevocationId?: boolean
  /**
   * True where an option lets the edge prolong its cookies by itself: they would outlive a
   * revocation, so beside the option `revocation` it is refused. Default: the edge prolongs nothing.
   */
  readonly renewsAtEdge?: boolean
  /**
   * What the fields of a key entry are called, for sources that hold an id and a key alone; `id` is
   * left out where entries have none, `publicKey` where keys have no public half.
   */
  readonly keyFields?: { readonly id?: string, readonly key: string, readonly publicKey?: string }
  /**
   * How many keys it takes: more than `usual` are warned about, more than `most` refused. Left out
   * where it takes any.
   */
  readonly keyLimits?: { readonly usual: number, readonly most?: number }

  /** Reads one key entry, or throws a coded error. */
  parseKey(entry: unknown): Key
  /** The cookie paths that a grant will use, or the refusal. Needs no key. */
  plan(grant: CdnGrant): readonly string[]
  /** The cookies of a grant, with a path that `plan` gave. */
  sign(grant: CdnGrant, key: Key): Promise<readonly AccessCookie[]>
  /** What the edge answers to a request; `keys` are all that are accepted. */
  check(request: EdgeRequest, keys: readonly Key[]): Promise<Verdict>
  /**
   * Refuses a grant that a signed URL can't hold: asked before `signUrl`, which refuses the same.
   * For formats whose URLs hold other grants than their cookies. Default: what `plan` refuses.
   */
  planUrl?(grant: CdnGrant): void
  /** A URL that carries access to `grant.paths[0]`, for formats that have it. */
  signUrl?(url: UrlToSign, grant: CdnGrant, key: Key): Promise<string>
}

const methods = ['parseKey', 'plan', 'sign', 'check'] as const
const optionalMethods = ['planUrl', 'signUrl'] as const

/** What a cookie's name is made of (RFC 6265, section 4.1.1). */
const token = /^[A-Za-z0-9!#$%&'*+\-.^_`|~]+$/

/**
 * Checks that an object has the shape of a CDN, whoever made it.
 *
 * @throws CDN_ACCESS_CDN_INVALID
 */
export function checkCdn (cdn: unknown): Cdn {
  if (typeof cdn === 'function') {
    refuse(`it is a function that was not called. Call it: ${cdn.name || 'cloudfront'}({ … })`)
  }
  const shape = Object(cdn) as Partial<Cdn>
  const missing = methods.find((method) => typeof shape[method] !== 'function')
  if (missing !== undefined) refuse(`it has no function "${missing}"`)
  const odd = optionalMethods.find((method) =>
    shape[method] !== undefined && typeof shape[method] !== 'function'
  )
  if (odd !== undefined) refuse(`its "${odd}" is no function`)
  if (!isName(shape.name)) refuse('its "name" must be 1 to 64 of A-Z a-z 0-9 _ -')
  if (!isOrigin(shape.url)) refuse('its "url" must be a scheme, a host and a port alone')
  if (shape.host !== undefined && readHostPattern(shape.host, shape as Cdn) !== shape.host) {
    refuse('its "host" must be lower-case')
  }
  if (!areCookieNames(shape.cookieNames)) {
    refuse('its "cookieNames" must list every cookie that it may set')
  }
  if (shape.keyFields !== undefined && !areKeyFields(shape.keyFields)) {
    refuse(
      'its "keyFields" must name the fields of an entry, { id, key, publicKey }, "key" at least'
    )
  }
  if (shape.keyLimits !== undefined && !areKeyLimits(shape.keyLimits)) {
    refuse('its "keyLimits" must be { usual, most }, whole numbers of at least 1, "usual" at least')
  }
  return cdn as Cdn
}

/** Refuses a grant that the CDN's signed URLs can't hold. */
export function planUrl (cdn: Cdn, grant: CdnGrant): void {
  if (cdn.planUrl === undefined) cdn.plan(grant)
  else cdn.planUrl(grant)
}

function isOrigin (url: unknown): boolean {
  return typeof url === 'string' && URL.canParse(url) && new URL(url).origin === url
}

function areCookieNames (names: unknown): boolean {
  return Array.isArray(names) && names.length > 0 &&
    names.every((name) => typeof name === 'string' && token.test(name))
}

function areKeyFields (fields: unknown): boolean {
  if (!isFields(fields)) return false
  const { id = 'id', key, publicKey = 'publicKey', ...others } = fields
  return Object.keys(others).length === 0 &&
    [id, key, publicKey].every((name) => typeof name === 'string' && name !== '')
}

function areKeyLimits (limits: unknown): boolean {
  if (!isFields(limits)) return false
  const { usual, most = usual, ...others } = limits
  return Object.keys(others).length === 0 && [usual, most].every(Number.isSafeInteger) &&
    (usual as number) >= 1 && (most as number) >= (usual as number)
}

function refuse (why: string): never {
  throw new errors.CDN_ACCESS_CDN_INVALID(why)
}
