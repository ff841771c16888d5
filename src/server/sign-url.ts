import { planUrl, type Cdn, type CdnGrant } from '../cdn/cdn.js'
import { checkFields, isFields, oneOf, readElsewhere, type Rules } from '../input/fields.js'
import { matchesWildcard } from '../cdn/format/wildcard.js'
import { isCdnPath, parseLiteralPath, pathKind, type CdnPath } from '../cdn/cdn-path.js'
import * as errors from '../errors.js'
import { isClaims, readLimits, type GrantLimits } from '../access/limits.js'
import { signWithin } from '../access/signing.js'
import type { KeyRing } from '../key-ring/key-ring.js'
import type { Revocations } from '../revocation/revocations.js'
import { momentOf, parseDuration, secondsOf, type Duration, type EpochSeconds } from '../time.js'

/** What `signUrl` takes beside the path: how long the URL is good, and for what else it is. */
export interface SignUrlOptions extends GrantLimits {
  /** The URL's own query, in place of one in the path. Names and values are percent-encoded. */
  readonly query?: Readonly<Record<string, string | number>> | URLSearchParams
  /** How long the URL works; default the option `ttl`, at least 1s. */
  readonly ttl?: Duration
  /** The CDN's name; needed where there are several. */
  readonly cdn?: string
  /**
   * What the signature is good for; default this one URL. With `` cdnPath`/v/1/*` `` the same
   * parameters work for all below.
   */
  readonly scope?: CdnPath
  /**
   * The id by which `fastify.cdnAccess.revoke` can take the URL back, for CDNs whose format carries
   * one. Its `ttl` is at most the option's, for a revocation is remembered no longer. Default:
   * nothing revokes the URL.
   */
  readonly revocable?: string
}

export interface SignUrlContext {
  readonly cdns: readonly Cdn[]
  readonly rings: ReadonlyMap<string, KeyRing>
  readonly ttl: number
  /** Seconds that signing may take. */
  readonly signTimeout: number
  readonly now: () => number
  /** Undefined where nothing is revoked. */
  readonly revocations: Revocations | undefined
}

const rules: Rules = {
  query: readElsewhere,
  ttl: readElsewhere,
  cdn: readElsewhere,
  scope: readElsewhere,
  revocable: readElsewhere,
  notBefore: readElsewhere,
  ip: readElsewhere,
  claims: readElsewhere
}

/**
 * Signs the URL of one file: a literal path, perhaps with a query, or what `cdnPath` made.
 *
 * @throws CDN_ACCESS_SIGNED_URL_UNSUPPORTED where the CDN's format has no such URL
 * @throws CDN_ACCESS_PATH_UNSUPPORTED, CDN_ACCESS_GRANT_UNSUPPORTED where it has no room for the
 * path, the scope or a limit
 * @throws CDN_ACCESS_OPTION_UNKNOWN, CDN_ACCESS_OPTION_INVALID: what limits a URL and can't be read
 * is never left out
 */
export async function signUrl (
  context: SignUrlContext,
  target: string | CdnPath,
  options: SignUrlOptions = {}
): Promise<string> {
  checkFields(options, 'signUrl', rules)
  const cdn = findCdn(context.cdns, options.cdn)
  const url = readTarget(target, options.query)
  const scope = readScope(options.scope, url.path)
  if (cdn.signUrl === undefined) {
    throw new errors.CDN_ACCESS_SIGNED_URL_UNSUPPORTED(cdn.name, 'its format has no signed URLs')
  }
  const now = secondsOf(context.now)
  const expiresAt = now + readTtl(options.ttl, context.ttl)
  refuseOddLimits(options)
  const issue = await issueOf(context, cdn, options, now)
  const grant: CdnGrant = { paths: [scope], expiresAt, ...issue, ...readLimits(options, now) }
  if (grant.notBefore !== undefined && grant.notBefore >= expiresAt) {
    throw new errors.CDN_ACCESS_OPTION_INVALID(
      'notBefore',
      'before the end of the URL\'s life: give a longer "ttl"'
    )
  }
  planUrl(cdn, grant)
  const { key } = context.rings.get(cdn.name)!.signingKey(now, expiresAt)
  return signWithin(context.signTimeout, cdn.signUrl(url, grant, key))
}

/** Marks a URL with the second of its issue, and with the id that can take it back. */
async function issueOf (
  { revocations, ttl }: SignUrlContext,
  cdn: Cdn,
  options: SignUrlOptions,
  now: EpochSeconds
): Promise<Pick<CdnGrant, 'issuedAt' | 'revocationId'>> {
  if (options.revocable === undefined) return { issuedAt: now }
  if (revocations === undefined) {
    throw new errors.CDN_ACCESS_REVOCATION_MISSING('signUrl(path, { revocable })')
  }
  if (cdn.carriesRevocationId !== true) {
    throw new errors.CDN_ACCESS_GRANT_UNSUPPORTED(
      cdn.name,
      'revocable',
      'its URLs have no room for an id. Give a short "ttl" instead'
    )
  }
  if (readTtl(options.ttl, ttl) > ttl) {
    throw new errors.CDN_ACCESS_OPTION_INVALID(
      'ttl',
      `at most the option "ttl" (${ttl} s) for a URL that is revocable: ` +
        'a revocation is remembered no longer'
    )
  }
  const revocationId = revocations.idOf(options.revocable)!
  const since = await revocations.since(revocationId)
  return { issuedAt: Math.max(now, (since ?? 0) + 1), revocationId }
}

function findCdn (cdns: readonly Cdn[], name: string | undefined): Cdn {
  const cdn = name === undefined && cdns.length === 1
    ? cdns[0]
    : cdns.find((each) => each.name === name)
  if (cdn !== undefined) return cdn
  const names = cdns.map((each) => each.name)
  if (typeof name === 'string') {
    throw new errors.CDN_ACCESS_CDN_UNKNOWN(JSON.stringify(name), names.join(', '))
  }
  throw new errors.CDN_ACCESS_OPTION_INVALID(
    'cdn',
    `given to signUrl, for a URL is of one CDN: ${oneOf(...names).words}`
  )
}

function readTarget (target: unknown, given: unknown): { path: string, query: string } {
  const text: unknown = isCdnPath(target) ? target.path : target
  if (typeof text !== 'string') {
    throw new errors.CDN_ACCESS_OPTION_INVALID('path', 'a literal path, or what cdnPath made')
  }
  if (isCdnPath(target) ? pathKind(text) !== 'exact' : text.split('?', 1)[0]!.includes('*')) {
    throw new errors.CDN_ACCESS_PATH_INVALID(
      text,
      'holds a wildcard, and a URL is of one file: give the file here, and the wider path ' +
        'as "scope"'
    )
  }
  const question = text.indexOf('?')
  const path = parseLiteralPath(question === -1 ? text : text.slice(0, question))
  if (given === undefined) {
    return { path, query: checkQuery(question === -1 ? '' : text.slice(question + 1), path) }
  }
  if (question !== -1) {
    throw new errors.CDN_ACCESS_OPTION_INVALID(
      'query',
      'left out where the path has a query: give all of it in one place'
    )
  }
  return { path, query: writeQuery(given) }
}

/** Browsers send `'` as `%27`, and a format may take `*` for a wildcard. */
function checkQuery (query: string, path: string): string {
  const odd = /%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~!$&()+,;=:@/?%]/u.exec(query)
  if (odd !== null) {
    throw new errors.CDN_ACCESS_PATH_INVALID(
      path,
      `has a query with ${JSON.stringify(odd[0])}, which must be percent-encoded: ` +
        'encode it, or give the query as an object, signUrl(path, { query })'
    )
  }
  return query
}

function writeQuery (query: unknown): string {
  const pairs = query instanceof URLSearchParams
    ? [...query]
    : isPlain(query)
    ? Object.entries(query)
    : [[undefined]]
  return pairs.map((pair) => pair.map(encodePart).join('=')).join('&')
}

/** A Map or a Date is an object without fields: it would be a URL without the query that was meant. */
function isPlain (query: unknown): query is Record<string, unknown> {
  return isFields(query) && [Object.prototype, null].includes(Object.getPrototypeOf(query))
}

function encodePart (part: unknown): string {
  const text = Number.isFinite(part) ? String(part) : part
  if (typeof text !== 'string' || !text.isWellFormed()) {
    throw new errors.CDN_ACCESS_OPTION_INVALID(
      'query',
      'a plain object of well-formed strings and numbers, such as { v: 2 }, or URLSearchParams'
    )
  }
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`
  )
}

/** What the reader of a grant's limits would say of `authorize`. */
function refuseOddLimits ({ notBefore, claims }: SignUrlOptions): void {
  if (notBefore !== undefined && momentOf(notBefore) === undefined) {
    throw new errors.CDN_ACCESS_OPTION_INVALID(
      'notBefore',
      'a Date or epoch seconds in signUrl(path, { notBefore })'
    )
  }
  if (claims !== undefined && !isClaims(claims)) {
    throw new errors.CDN_ACCESS_OPTION_INVALID(
      'claims',
      'a plain object of plain JSON in signUrl(path, { claims })'
    )
  }
}

/**
 * The wider path comes from code alone, and one that does not cover the file would sign a URL that
 * never works.
 */
function readScope (scope: unknown, path: string): string {
  if (scope === undefined) return path
  if (!isCdnPath(scope)) {
    throw new errors.CDN_ACCESS_OPTION_INVALID(
      'scope',
      'what cdnPath made, such as cdnPath`/v/1/*`'
    )
  }
  if (!matchesWildcard(scope.path, path)) {
    throw new errors.CDN_ACCESS_PATH_INVALID(path, `is not covered by the scope "${scope.path}"`)
  }
  return scope.path
}

function readTtl (ttl: unknown, fallback: number): number {
  const seconds = ttl === undefined ? fallback : parseDuration(ttl, 'ttl')
  if (seconds < 1) throw new errors.CDN_ACCESS_OPTION_INVALID('ttl', 'at least 1 second')
  return seconds
}
