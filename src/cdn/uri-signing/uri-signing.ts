import * as errors from '../../errors.js'
import { given, oneOf, readElsewhere, text, type Rules } from '../../input/fields.js'
import type { PrivateKeyInput } from '../../keys/parse-key.js'
import type { Cdn, CdnGrant } from '../cdn.js'
import { cookieNameRule, cookieValue } from '../format/cookie-octets.js'
import { commonCookiePath } from '../format/cookie-path.js'
import {
  checkFactoryOptions,
  type CdnFactoryOptions,
  type WithKeys
} from '../format/factory-options.js'
import { refuseUrl } from '../format/refusals.js'
import { uriPackage } from './candidate.js'
import { checkUriSigning } from './check.js'
import { readClaims } from './claims.js'
import { signCompactJws } from './compact-jws.js'
import { refuseWhatNoTokenHolds } from './gate.js'
import { parseUriSigningKey, type UriSigningKey, type UriSigningKeyEntry } from './key.js'
import { exactUriPattern, hasAmbiguousEncoding, uriPattern } from './pattern.js'
import { readRenewal, type EdgeRenewal } from './renewal.js'
import { nbfClaim, readNbf, type NbfAtEdge } from './start.js'

export type { EdgeRenewal } from './renewal.js'

/** One key entry of {@link uriSigning}. */
export interface UriSigningShorthand {
  /**
   * Shorthand for one key entry: a JWK, or for an asymmetric key also PEM, a `KeyObject` or
   * `{ sign, publicKey }`.
   */
  readonly key: PrivateKeyInput
  /** Shorthand for one key entry: the key's id. */
  readonly kid?: string
  /** Shorthand for one key entry: for an encrypted PEM. */
  readonly passphrase?: string
}

/** What {@link uriSigning} takes beside its keys, whatever verifies. */
export interface UriSigningSettings extends CdnFactoryOptions {
  /** The claim `iss`: by it the edge finds its keys. */
  readonly issuer: string
  /** Default `URISigningPackage`, or `cdn_access_token` with the verifier `jwt`. */
  readonly cookieName?: string
  /** Claims of every token. A grant's own claims come on top. Default: none. */
  readonly claims?: Readonly<Record<string, unknown>>
}

/** For an edge that knows RFC 9246. */
export interface Rfc9246Settings extends UriSigningSettings {
  /**
   * `rfc9246` (default): the edge compares the URL with the token's paths. `jwt`: it looks at the
   * token alone (Envoy, Kong, NGINX Plus, Netlify), so that nothing but `/*` can be granted, and
   * `audience` must be there.
   */
  readonly verifier?: 'rfc9246'
  /** The claim `aud`: the edge's own id. Default: none. */
  readonly audience?: string
  /** For the verifier `jwt` alone: code that follows RFC 9246 checks the claim. */
  readonly nbf?: undefined
  /**
   * Lets the edge renew its cookie with each request (`cdniets`, `cdnistt`, `cdnistd`). **While a
   * viewer keeps fetching, access then never ends: neither `ttl`, nor a denial, nor logout takes it
   * away.** Default: off.
   */
  readonly renewAtEdgeWithoutRevocation?: EdgeRenewal
}

/** For an edge that looks at the token alone. */
export interface JwtSettings extends UriSigningSettings {
  /** The edge looks at the token alone (Envoy, Kong, NGINX Plus, Netlify): only `/*` is granted. */
  readonly verifier: 'jwt'
  /** The claim `aud`. Without it, any token of this issuer would open the CDN. */
  readonly audience: string
  /**
   * What the edge does with the claim `nbf`. `ignored` (default): a grant with `notBefore` is
   * refused, for its access would begin at once. `checked`: access begins when the grant says.
   * `required`: tokens without the claim are refused too, so that each has one: the grant's start,
   * else a second of 1970. It is not the time of issue, with which each poll would make a new
   * signature.
   */
  readonly nbf?: NbfAtEdge
  /** Such an edge renews nothing. */
  readonly renewAtEdgeWithoutRevocation?: undefined
}

/** What `uriSigning` takes: its settings, and one key or `keys`. */
export type UriSigningOptions =
  & (Rfc9246Settings | JwtSettings)
  & WithKeys<UriSigningKeyEntry, UriSigningShorthand>

const own: Rules = {
  issuer: readElsewhere,
  audience: readElsewhere,
  verifier: oneOf('rfc9246', 'jwt'),
  nbf: oneOf('ignored', 'checked', 'required'),
  cookieName: cookieNameRule,
  claims: readElsewhere,
  renewAtEdgeWithoutRevocation: readElsewhere
}

const audienceWords = {
  rfc9246: 'a non-empty string, or left out',
  jwt: 'a non-empty string with the verifier "jwt": ' +
    'without it, any token of this issuer would open the CDN'
}

const ambiguousQuery = 'its query holds percent-encoding, which edges undo in different ways ' +
  'before they compare. Grant the folder, or sign without the query'

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
    own,
    noHost: 'a token\'s pattern is made of the one "url". ' +
      'Register a CDN for each host, whose cookies have a Domain of their own'
  })
  const { issuer, audience, verifier = 'rfc9246', claims = {} } = options
  const plain = verifier === 'jwt'
  if (!text.holds(issuer)) {
    throw new errors.CDN_ACCESS_OPTION_INVALID('issuer', 'a non-empty string')
  }
  if (audience === undefined ? plain : !text.holds(audience)) {
    throw new errors.CDN_ACCESS_OPTION_INVALID('audience', audienceWords[verifier])
  }
  const nbf = readNbf(options.nbf, verifier)
  const ownClaims = readClaims(claims, verifier)
  const renewal = readRenewal(options.renewAtEdgeWithoutRevocation, verifier)
  const { cookieName = plain ? 'cdn_access_token' : uriPackage } = options
  const { name, url } = checked
  const format = {
    issuer,
    ...(audience === undefined ? {} : { audience }),
    verifier,
    ...(options.nbf === undefined ? {} : { nbf }),
    cookieName,
    claims: ownClaims,
    ...renewal
  }

  const token = async (grant: CdnGrant, pattern: string, key: UriSigningKey): Promise<string> => {
    const header = { alg: key.algorithm, ...(key.kid === undefined ? {} : { kid: key.kid }) }
    const payload = {
      ...ownClaims,
      ...grant.claims,
      iss: issuer,
      ...(audience === undefined ? {} : { aud: audience }),
      exp: grant.expiresAt,
      ...nbfClaim(nbf, grant.notBefore),
      ...(plain ? idClaims(grant) : { cdniv: 1, cdniuc: `regex:${pattern}`, ...renewal })
    }
    return signCompactJws(header, payload, key.signInput!)
  }

  const cdn: Cdn<UriSigningKey> = {
    ...checked,
    cookieNames: [cookieName],
    format,
    keyFields: { id: 'kid', key: 'key', publicKey: 'publicKey' },
    carriesRevocationId: plain,
    renewsAtEdge: renewal !== undefined,
    parseKey: (entry) => parseUriSigningKey(entry, name),
    plan: (grant) => {
      refuseWhatNoTokenHolds(name, grant, { verifier, nbf })
      return [commonCookiePath(grant.paths)]
    },
    sign: async (grant, key) => [{
      name: cookieName,
      value: cookieValue(await token(grant, uriPattern(url, grant.paths), key), cookieName, name),
      path: commonCookiePath(grant.paths)
    }],
    check: (request, keys) => checkUriSigning({ url, ...format }, request, keys)
  }
  if (plain) return cdn

  return {
    ...cdn,
    signUrl: async ({ path, query }, grant, key) => {
      refuseWhatNoTokenHolds(name, grant, { verifier, nbf })
      if (hasAmbiguousEncoding(query)) refuseUrl(name, ambiguousQuery)
      const ownUrl = url + path + (query === '' ? '' : `?${query}`)
      const pattern = grant.paths[0] === path
        ? exactUriPattern(ownUrl)
        : uriPattern(url, grant.paths)
      const signed = await token(grant, pattern, key)
      return `${ownUrl}${query === '' ? '?' : '&'}${uriPackage}=${signed}`
    }
  }
}

/** Who can be revoked: Traffic Server refuses a "jti", so that tokens for RFC 9246 have none. */
function idClaims ({ revocationId, issuedAt }: CdnGrant): { jti?: string, iat?: number } {
  return revocationId === undefined ? {} : { jti: revocationId, ...given({ iat: issuedAt }) }
}
