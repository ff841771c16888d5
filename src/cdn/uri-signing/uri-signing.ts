import {
  CDN_ACCESS_GRANT_UNSUPPORTED,
  CDN_ACCESS_OPTION_INVALID,
  CDN_ACCESS_PATH_UNSUPPORTED,
  CDN_ACCESS_SIGNED_URL_UNSUPPORTED
} from '../../errors.js'
import { parseDuration, type Duration } from '../../time.js'
import type { PrivateKeyInput } from '../../keys/parse-key.js'
import type { Cdn, CdnGrant } from '../cdn.js'
import { signCompactJws } from './compact-jws.js'
import { cookieNameRule, cookieValue } from '../format/cookie-octets.js'
import { commonCookiePath } from '../format/cookie-path.js'
import { checkFactoryOptions, type CdnFactoryOptions } from '../format/factory-options.js'
import { checkFields, oneOf, readElsewhere, type Rule, type Rules } from '../../input/fields.js'
import { exactUriPattern, hasAmbiguousEncoding, uriPattern } from './pattern.js'
import { checkUriSigning, uriPackage } from './check.js'
import { parseUriSigningKey, type UriSigningKey, type UriSigningKeyEntry } from './key.js'

/** Renewal by the edge, which outlives everything that this server decides. */
export interface EdgeRenewal {
  /**
   * How long the edge makes access last, from each request on: seconds, or a string with a unit.
   */
  readonly seconds: Duration
  /**
   * How many leading segments of the request's path the renewed cookie's `Path`
   * has. Default 0: `/`.
   */
  readonly segments?: number
}

export interface UriSigningOptions extends CdnFactoryOptions<UriSigningKeyEntry> {
  /** The claim `iss`: by it the edge finds its keys. */
  readonly issuer: string
  /**
   * Shorthand for one key entry: a JWK, or for an asymmetric key also PEM, a `KeyObject` or
   * `{ sign, publicKey }`.
   */
  readonly key?: PrivateKeyInput
  /** Shorthand for one key entry: the key's id. */
  readonly kid?: string
  /** Shorthand for one key entry: for an encrypted PEM. */
  readonly passphrase?: string
  /** The claim `aud`: the edge's own id. Default: none. */
  readonly audience?: string
  /**
   * `rfc9246` (default): the edge compares the URL with the token's paths. `jwt`: it looks at the
   * token alone (Envoy, Kong, NGINX Plus, Netlify), so that nothing but `/*` can be granted, and
   * `audience` must be there.
   */
  readonly verifier?: 'rfc9246' | 'jwt'
  /** Default `URISigningPackage`, or `cdn_access_token` with the verifier `jwt`. */
  readonly cookieName?: string
  /** Claims of every token. A grant's own claims come on top. Default: none. */
  readonly claims?: Readonly<Record<string, unknown>>
  /**
   * Lets the edge renew its cookie with each request (`cdniets`, `cdnistt`, `cdnistd`). **While a
   * viewer keeps fetching, access then never ends: neither `ttl`, nor a denial, nor logout takes it
   * away.** Default: off.
   */
  readonly renewAtEdgeWithoutRevocation?: EdgeRenewal
}

const own: Rules = {
  issuer: readElsewhere,
  audience: readElsewhere,
  verifier: oneOf('rfc9246', 'jwt'),
  cookieName: cookieNameRule,
  claims: readElsewhere,
  renewAtEdgeWithoutRevocation: readElsewhere
}
const wholeNumber: Rule = {
  holds: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
  words: 'a whole number, 0 or more'
}
const reservedClaims = new Set([
  'iss',
  'aud',
  'exp',
  'nbf',
  'iat',
  'jti',
  'cdniv',
  'cdnicrit',
  'cdniip',
  'cdniuc',
  'cdniets',
  'cdnistt',
  'cdnistd'
])

/**
 * URI Signing (RFC 9246), as Apache Traffic Server checks it, and plain JWT cookies. One cookie
 * holds all paths of a grant.
 *
 * @throws CDN_ACCESS_URL_INVALID, CDN_ACCESS_OPTION_UNKNOWN, CDN_ACCESS_OPTION_INVALID
 * @see https://www.rfc-editor.org/rfc/rfc9246
 */
export function uriSigning (options: UriSigningOptions): Cdn<UriSigningKey> {
  const checked = checkFactoryOptions(options, {
    name: 'uriSigning',
    entry: ['key', 'kid', 'passphrase'],
    own
  })
  const { issuer, audience, verifier = 'rfc9246', claims = {} } = options
  const plain = verifier === 'jwt'
  if (!isText(issuer)) throw new CDN_ACCESS_OPTION_INVALID('issuer', 'a non-empty string')
  if (audience !== undefined ? !isText(audience) : plain) {
    throw new CDN_ACCESS_OPTION_INVALID(
      'audience',
      `a non-empty string${
        plain
          ? ' with the verifier "jwt": without it, any token of this issuer would open the CDN'
          : ', or left out'
      }`
    )
  }
  const ownClaims = copyJson(claims)
  if (ownClaims === undefined) {
    throw new CDN_ACCESS_OPTION_INVALID('claims', 'an object that can be written as JSON')
  }
  const reserved = reservedClaim(ownClaims, plain)
  if (reserved !== undefined) {
    throw new CDN_ACCESS_OPTION_INVALID(
      'claims',
      `without "${reserved}", which the format itself sets or forbids`
    )
  }
  const renewal = readRenewal(options.renewAtEdgeWithoutRevocation, plain)
  const { cookieName = plain ? 'cdn_access_token' : uriPackage } = options
  const { name, url } = checked
  const format = {
    issuer,
    ...(audience === undefined ? {} : { audience }),
    verifier,
    cookieName,
    claims: ownClaims,
    ...renewal
  }

  const token = async (grant: CdnGrant, pattern: string, key: UriSigningKey): Promise<string> => {
    const payload = {
      ...ownClaims,
      ...grant.claims,
      iss: issuer,
      ...(audience === undefined ? {} : { aud: audience }),
      exp: grant.expiresAt,
      ...(grant.notBefore === undefined ? {} : { nbf: grant.notBefore }),
      ...(plain ? {} : { cdniv: 1, cdniuc: `regex:${pattern}`, ...renewal })
    }
    return signCompactJws(
      { alg: key.algorithm, ...(key.kid === undefined ? {} : { kid: key.kid }) },
      payload,
      key.signInput!
    )
  }

  return {
    ...checked,
    cookieNames: [cookieName],
    format,
    parseKey: (entry) => parseUriSigningKey(entry, name),
    plan: (grant) => {
      refuseWhatNoTokenHolds(name, grant, plain)
      return [commonCookiePath(grant.paths)]
    },
    sign: async (grant, key) => [{
      name: cookieName,
      value: cookieValue(await token(grant, uriPattern(url, grant.paths), key), cookieName, name),
      path: commonCookiePath(grant.paths)
    }],
    check: (request, keys) => checkUriSigning({ url, ...format }, request, keys),
    ...(plain ? {} : {
      signUrl: async ({ path, query }, grant, key) => {
        if (hasAmbiguousEncoding(query)) {
          throw new CDN_ACCESS_SIGNED_URL_UNSUPPORTED(
            name,
            'its query holds percent-encoding, which edges undo in different ways before they compare. Grant the folder, or sign without the query'
          )
        }
        const ownUrl = url + path + (query === '' ? '' : `?${query}`)
        const pattern = grant.paths[0] === path
          ? exactUriPattern(ownUrl)
          : uriPattern(url, grant.paths)
        return `${ownUrl}${query === '' ? '?' : '&'}${uriPackage}=${await token(
          grant,
          pattern,
          key
        )}`
      }
    } satisfies Partial<Cdn<UriSigningKey>>)
  }
}

function readRenewal (
  renewal: EdgeRenewal | undefined,
  plain: boolean
): { cdniets: number, cdnistt: 1, cdnistd: number } | undefined {
  if (renewal === undefined) return undefined
  const option = 'renewAtEdgeWithoutRevocation'
  if (plain || typeof renewal !== 'object' || renewal === null) {
    throw new CDN_ACCESS_OPTION_INVALID(
      option,
      plain ? 'left out with the verifier "jwt", which renews nothing' : '{ seconds, segments }'
    )
  }
  checkFields(renewal, option, { seconds: readElsewhere, segments: wholeNumber }, option)
  const { segments = 0 } = renewal
  const seconds = parseDuration(renewal.seconds, `${option}.seconds`)
  if (seconds === 0) throw new CDN_ACCESS_OPTION_INVALID(`${option}.seconds`, 'at least 1 second')
  return { cdniets: seconds, cdnistt: 1, cdnistd: segments }
}

function refuseWhatNoTokenHolds (name: string, grant: CdnGrant, plain: boolean): void {
  for (const path of grant.paths) {
    if (plain && path !== '/*') {
      throw new CDN_ACCESS_PATH_UNSUPPORTED(
        name,
        path,
        'the verifier "jwt" does not look at paths, so the token opens all of the CDN. Grant "/*", or use an edge with the verifier "rfc9246"'
      )
    }
    if (hasAmbiguousEncoding(path)) {
      throw new CDN_ACCESS_PATH_UNSUPPORTED(
        name,
        path,
        'it holds percent-encoding, which edges undo in different ways before they compare, so that two names could become one. Use names of A-Z a-z 0-9 - . _ ~, or grant the folder above'
      )
    }
  }
  if (grant.ip !== undefined) {
    throw new CDN_ACCESS_GRANT_UNSUPPORTED(
      name,
      'ip',
      'Traffic Server refuses tokens with cdniip, and other verifiers ignore it. Leave it out'
    )
  }
  const reserved = reservedClaim(grant.claims ?? {}, plain)
  if (reserved !== undefined) {
    throw new CDN_ACCESS_GRANT_UNSUPPORTED(
      name,
      `claims.${reserved}`,
      'the format itself sets or forbids it. Use another name'
    )
  }
}

/** RFC 9246 wants `sub` encrypted; a plain JWT may have it. */
function reservedClaim (
  claims: Readonly<Record<string, unknown>>,
  plain: boolean
): string | undefined {
  return Object.keys(claims).find((claim) =>
    reservedClaims.has(claim) || (claim === 'sub' && !plain)
  )
}

function copyJson (value: unknown): Record<string, unknown> | undefined {
  try {
    const copy: unknown = JSON.parse(JSON.stringify(value))
    return typeof copy === 'object' && copy !== null && !Array.isArray(copy)
      ? copy as Record<string, unknown>
      : undefined
  } catch {
    return undefined
  }
}

function isText (value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
