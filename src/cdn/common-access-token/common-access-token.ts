import * as errors from '../../errors.js'
import { readElsewhere, type Rule } from '../../input/fields.js'
import type { PrivateKeyInput } from '../../keys/parse-key.js'
import type { AccessCookie, Cdn, CdnGrant } from '../cdn.js'
import { base64Url } from '../format/base64.js'
import { cookieNameRule } from '../format/cookie-octets.js'
import { separateCookiePaths } from '../format/cookie-path.js'
import { signCose } from '../format/cose.js'
import {
  checkFactoryOptions,
  type CdnFactoryOptions,
  type WithKeys
} from '../format/factory-options.js'
import { refuseUrl } from '../format/refusals.js'
import { checkCommonAccessToken } from './check.js'
import { claimsOf, type TokenScope } from './claims.js'
import { refuseLongToken, refuseWhatNoTokenHolds } from './gate.js'
import {
  parseCommonAccessTokenKey,
  type CommonAccessTokenKey,
  type CommonAccessTokenKeyEntry
} from './key.js'
import { readTokenRenewal, renewalClaim, type TokenRenewal } from './renewal.js'

export type { TokenRenewal } from './renewal.js'

/** One key entry of {@link commonAccessToken}. */
export interface CommonAccessTokenShorthand {
  /**
   * Shorthand for one key entry: a secret in base64url, a JWK, PEM, a `KeyObject` or
   * `{ sign, publicKey }`.
   */
  readonly key: PrivateKeyInput
  /** Shorthand for one key entry: the key's id. Default: the JWK's own. */
  readonly kid?: string
  /** Shorthand for one key entry: for an encrypted PEM. */
  readonly passphrase?: string
}

/** What {@link commonAccessToken} takes beside its keys. */
export interface CommonAccessTokenSettings extends CdnFactoryOptions {
  /** The claim `iss`, which the edge compares: 1 to 256 bytes. */
  readonly issuer: string
  /** The cookie that the edge reads. Default `CTA-Common-Access-Token`. */
  readonly cookieName?: string
  /** The parameter of signed URLs that the edge reads. Default `CAT`. */
  readonly queryName?: string
  /**
   * Lets the edge renew its cookie (`catr`). **While a viewer keeps fetching, access then never
   * ends: neither `ttl`, nor a denial, nor logout takes it away, and no revocation: the edge gives
   * its token another id.** Verifiers of this package renew nothing. Default: off.
   */
  readonly renewAtEdgeWithoutRevocation?: TokenRenewal
}

/** What a verifier at an edge is told. */
export interface CommonAccessTokenVerifier {
  readonly issuer: string
  /** The host that tokens name. */
  readonly host: string
  readonly cookieName: string
  readonly queryName: string
  /** True where the edge may renew tokens: they then carry `catr`. */
  readonly renews: boolean
}

/** The CDN of {@link commonAccessToken}. */
export interface CommonAccessTokenCdn extends Cdn<CommonAccessTokenKey> {
  /** What its verifiers are told, as `cdn-access edge` writes it. */
  readonly verifier: CommonAccessTokenVerifier
}

/** What {@link commonAccessToken} takes. */
export type CommonAccessTokenOptions =
  & CommonAccessTokenSettings
  & WithKeys<CommonAccessTokenKeyEntry, CommonAccessTokenShorthand>

const issuerRule: Rule = {
  holds: (issuer) =>
    typeof issuer === 'string' && issuer !== '' && issuer.isWellFormed() &&
    Buffer.byteLength(issuer) <= 256,
  words: 'a non-empty well-formed string of at most 256 bytes'
}

const queryNameRule: Rule = {
  holds: (name) => typeof name === 'string' && /^[\w.-]{1,64}$/.test(name),
  words: '1 to 64 of A-Z a-z 0-9 _ - .'
}

/** The tags, the headers with a key's id of one character, and the longer heads, in bytes. */
const frame = 19
const smallestProof = 32
const longTime = 2 ** 31

/**
 * Common Access Token (CTA-5007), for every edge that runs code: the only format here that edges
 * can be told to revoke. One cookie for each path of a grant.
 *
 * @throws CDN_ACCESS_URL_INVALID, CDN_ACCESS_OPTION_UNKNOWN, CDN_ACCESS_OPTION_INVALID
 * @see https://shop.cta.tech/products/cta-5007
 */
export function commonAccessToken (options: CommonAccessTokenOptions): CommonAccessTokenCdn {
  const checked = checkFactoryOptions(options, {
    name: 'commonAccessToken',
    entry: ['key', 'kid', 'passphrase'],
    own: {
      issuer: issuerRule,
      cookieName: cookieNameRule,
      queryName: queryNameRule,
      renewAtEdgeWithoutRevocation: readElsewhere
    },
    noHost: 'a token names the one host of "url". ' +
      'Register a CDN for each host, whose cookies have a Domain of their own'
  })
  const { issuer, cookieName = 'CTA-Common-Access-Token', queryName = 'CAT' } = options
  if (issuer === undefined) {
    throw new errors.CDN_ACCESS_OPTION_INVALID('issuer', issuerRule.words)
  }
  const { name, url } = checked
  const { hostname: host, protocol } = new URL(url)
  const renewal = readTokenRenewal(options.renewAtEdgeWithoutRevocation)
  const place = { cookieName, secure: protocol === 'https:' }
  const scope: TokenScope = {
    issuer,
    host,
    ...renewal === undefined ? {} : { renewal: (path) => renewalClaim(renewal, place, path) }
  }
  const empty = { paths: [], expiresAt: longTime, issuedAt: longTime }
  const overhead = claimsOf(empty, '', scope).length + frame + smallestProof
  const settings = { issuer, host, renews: renewal !== undefined, cookieName, queryName }
  const planUrl = (grant: CdnGrant): void => refuseWhatNoTokenHolds(name, grant, overhead)
  const plan = (grant: CdnGrant): string[] => {
    refuseWhatNoTokenHolds(name, grant, overhead)
    return separateCookiePaths(grant.paths)
  }
  const token = async (
    grant: CdnGrant,
    path: string,
    { id: kid, algorithm, signInput }: CommonAccessTokenKey
  ): Promise<string> => {
    const payload = claimsOf(grant, path, scope)
    const text = base64Url.encode(await signCose({ algorithm, kid, payload }, signInput!))
    refuseLongToken(name, path, text)
    return text
  }

  return {
    ...checked,
    cookieNames: [cookieName],
    verifier: settings,
    format: {
      issuer,
      cookieName,
      ...renewal === undefined ? {} : { renewAtEdgeWithoutRevocation: { ...renewal } }
    },
    carriesRevocationId: true,
    renewsAtEdge: renewal !== undefined,
    keyFields: { id: 'kid', key: 'key', publicKey: 'publicKey' },
    parseKey: (entry) => parseCommonAccessTokenKey(entry, name),
    plan,
    sign: async (grant, key) => {
      const cookiePaths = plan(grant)
      return Promise.all(grant.paths.map(async (granted, index): Promise<AccessCookie> => ({
        name: cookieName,
        value: await token(grant, granted, key),
        path: cookiePaths[index]!
      })))
    },
    check: (request, keys) => checkCommonAccessToken(settings, request, keys),
    planUrl,
    signUrl: async ({ path, query }, grant, key) => {
      planUrl(grant)
      if (query.split('&').some((pair) => pair.split('=', 1)[0] === queryName)) {
        refuseUrl(
          name,
          `its query has a parameter "${queryName}" of its own, which the edge reads. ` +
            'Give it another name'
        )
      }
      const ownQuery = query === '' ? '' : `${query}&`
      return `${url}${path}?${ownQuery}${queryName}=${await token(grant, grant.paths[0]!, key)}`
    }
  }
}
