import type { Cdn, CdnGrant } from './cdn/cdn.js'
import { isCdnPath, parseLiteralPath, type CdnPath } from './cdn-path.js'
import { CDN_ACCESS_CDN_UNKNOWN, CDN_ACCESS_PATH_INVALID, CDN_ACCESS_SIGNED_URL_UNSUPPORTED } from './errors.js'
import { readLimits, type GrantDetails } from './grant.js'
import type { KeyRing } from './keys/key-ring.js'
import { parseDuration, secondsOf, type Duration } from './time.js'

export interface SignUrlOptions extends Pick<GrantDetails, 'notBefore' | 'ip' | 'claims'> {
  /** How long the URL works; default the option `ttl`. */
  readonly ttl?: Duration
  /** The CDN's name; needed where there are several. */
  readonly cdn?: string
  /** What the signature is good for; default this one URL. With `` cdnPath`/v/1/*` `` the same parameters work for all below. */
  readonly scope?: CdnPath
}

export interface SignUrlContext {
  readonly cdns: readonly Cdn[]
  readonly rings: ReadonlyMap<string, KeyRing>
  readonly ttl: number
  readonly now: () => number
}

/**
 * Signs the URL of one file: a literal path, perhaps with a query, or what `cdnPath` made.
 *
 * @throws CDN_ACCESS_SIGNED_URL_UNSUPPORTED where the CDN's format has no such URL
 */
export async function signUrl (context: SignUrlContext, target: string | CdnPath, options: SignUrlOptions = {}): Promise<string> {
  const cdn = findCdn(context.cdns, options.cdn)
  const url = readTarget(target)
  if (cdn.signUrl === undefined) throw new CDN_ACCESS_SIGNED_URL_UNSUPPORTED(cdn.name, 'its format has no signed URLs')
  const now = secondsOf(context.now)
  const expiresAt = now + (options.ttl === undefined ? context.ttl : parseDuration(options.ttl, 'ttl'))
  const grant: CdnGrant = { paths: [options.scope?.path ?? url.path], expiresAt, ...readLimits(options) }
  return cdn.signUrl(url, grant, context.rings.get(cdn.name)!.signingKey(now, expiresAt))
}

function findCdn (cdns: readonly Cdn[], name: string | undefined): Cdn {
  const cdn = name === undefined && cdns.length === 1 ? cdns[0] : cdns.find((each) => each.name === name)
  if (cdn === undefined) throw new CDN_ACCESS_CDN_UNKNOWN(JSON.stringify(name), cdns.map((each) => each.name).join(', '))
  return cdn
}

function readTarget (target: string | CdnPath): { path: string, query: string } {
  const text = isCdnPath(target) ? target.path : target
  const question = text.indexOf('?')
  const path = parseLiteralPath(question === -1 ? text : text.slice(0, question))
  const query = question === -1 ? '' : text.slice(question + 1)
  if (!/^(?:[A-Za-z0-9\-._~!$&'()+,;=:@/?]|%[0-9A-Fa-f]{2})*$/.test(query)) throw new CDN_ACCESS_PATH_INVALID(path, 'has a query with a character that must be percent-encoded')
  return { path, query }
}
