import * as errors from '../../errors.js'
import { oneOf, text } from '../../input/fields.js'
import type { KeyValidity } from '../../keys/key.js'
import { checkEntry, parseValidity } from '../../keys/key-entry.js'
import { secretIdentity } from '../../keys/secret-key.js'
import type { Cdn, CdnGrant } from '../cdn.js'
import { cookieNameRule, cookieValue } from '../format/cookie-octets.js'
import { commonCookiePath } from '../format/cookie-path.js'
import {
  checkFactoryOptions,
  type CdnFactoryOptions,
  type WithKeys
} from '../format/factory-options.js'
import { refuseCharacter, refuseClaim, refuseGrant, refuseUrl } from '../format/refusals.js'
import { checkAkamai } from './check.js'
import { akamaiAlgorithms, akamaiToken, type AkamaiAlgorithm, type AkamaiKey } from './token.js'

/** One key of a property: the main key or the transition key. */
export interface AkamaiKeyEntry extends KeyValidity {
  /**
   * Hexadecimal, an even number of digits, at least 32 (128 bits). Adaptive Media
   * Delivery takes 32 at most.
   */
  readonly key: string
}

/** One key entry of {@link akamai}. */
export interface AkamaiShorthand {
  /** Shorthand for one key entry: hexadecimal, at least 128 bits. */
  readonly key: string
}

/** What {@link akamai} takes beside its keys. */
export interface AkamaiSettings extends CdnFactoryOptions {
  /**
   * The token's name in the property; the name of the cookie and of a signed URL's parameter.
   * Default `__token__`.
   */
  readonly cookieName?: string
  /** The HMAC's hash, as in the property. Default `sha256`. */
  readonly algorithm?: AkamaiAlgorithm
  /** The property's salt, which is hashed with every token and is not part of it. Default: none. */
  readonly salt?: string
}

export type AkamaiOptions = AkamaiSettings & WithKeys<AkamaiKeyEntry, AkamaiShorthand>

const identityLength = 8

const keyWords = 'hexadecimal, an even number of digits and at least 32 of them (128 bits): ' +
  'the property\'s key as it stands there'

/** What is meta in a token, or is so once it is decoded. */
const unfit = /[!~,]|%(?:21|7e|2a|3f)/i

const unfitForPaths = 'which separates fields or paths of a token, is a wildcard there, ' +
  'or is no cookie octet. Use names without it, or grant the folder above'

/**
 * Akamai: Auth Token 2.0 in a cookie, and signed URLs. One cookie holds all paths of a grant.
 *
 * @throws CDN_ACCESS_URL_INVALID, CDN_ACCESS_OPTION_UNKNOWN, CDN_ACCESS_OPTION_INVALID
 * @see https://techdocs.akamai.com/property-mgr/docs/auth-token-2-0-ver
 */
export function akamai (options: AkamaiOptions): Cdn<AkamaiKey> {
  const checked = checkFactoryOptions(options, {
    name: 'akamai',
    entry: ['key'],
    own: { cookieName: cookieNameRule, algorithm: oneOf(...akamaiAlgorithms), salt: text },
    noHost: 'a token is bound to no host, and is good on every host that has the key'
  })
  const { algorithm = 'sha256', salt, cookieName = '__token__' } = options
  const { name, url } = checked
  const hashing = { algorithm, ...(salt === undefined ? {} : { salt }) }
  const token = (grant: CdnGrant, key: AkamaiKey): string =>
    cookieValue(akamaiToken(grant, key, hashing), cookieName, name)
  const planUrl = (grant: CdnGrant): void => {
    refuseWhatNoTokenHolds(name, grant)
    const split = grant.paths.find((scope) => /[&+]/.test(scope))
    if (split !== undefined) {
      refuseUrl(
        name,
        `the path "${split}" holds "&" or "+", which would cut the query parameter. ` +
          'Grant the folder above it'
      )
    }
  }

  return {
    ...checked,
    cookieNames: [cookieName],
    format: {
      cookieName,
      algorithm,
      ...(salt === undefined ? {} : { salt: secretIdentity(Buffer.from(salt)) })
    },
    parseKey: (entry) => parseAkamaiKey(entry, name),
    plan: (grant) => {
      refuseWhatNoTokenHolds(name, grant)
      return [commonCookiePath(grant.paths)]
    },
    sign: async (grant, key) => [{
      name: cookieName,
      value: token(grant, key),
      path: commonCookiePath(grant.paths)
    }],
    check: (request, keys) => checkAkamai(cookieName, hashing, request, keys),
    planUrl,
    signUrl: async ({ path, query }, grant, key) => {
      planUrl(grant)
      if (query.split('&').some((pair) => pair.split('=', 1)[0] === cookieName)) {
        refuseUrl(
          name,
          `its query has a parameter "${cookieName}" of its own, which the CDN reads. ` +
            'Give it another name'
        )
      }
      const ownQuery = query === '' ? '' : `${query}&`
      return `${url}${path}?${ownQuery}${cookieName}=${token(grant, key)}`
    }
  }
}

function parseAkamaiKey (entry: unknown, cdn: string): AkamaiKey {
  const checked = checkEntry<AkamaiKeyEntry>(entry, ['key', 'notBefore', 'notAfter'], cdn)
  const { key } = checked
  if (typeof key !== 'string' || !/^(?:[0-9a-f]{2}){16,}$/i.test(key)) {
    throw new errors.CDN_ACCESS_KEY_SECRET_INVALID('key', keyWords)
  }
  const secret = Buffer.from(key, 'hex')
  const identity = secretIdentity(secret)
  return {
    id: identity.slice(0, identityLength),
    identity,
    canSign: true,
    ...parseValidity(checked),
    secret
  }
}

function refuseWhatNoTokenHolds (name: string, grant: CdnGrant): void {
  for (const path of grant.paths) {
    const [odd] = unfit.exec(path) ?? []
    if (odd !== undefined) refuseCharacter(name, path, odd, unfitForPaths)
  }
  if (grant.ip?.includes('/') === true) {
    refuseGrant(name, 'ip', 'a token holds one address and no range. Give a single address')
  }
  for (const [claim, value] of Object.entries(grant.claims ?? {})) {
    if (claim !== 'id' && claim !== 'data') {
      refuseClaim(name, claim, 'a token has "id" and "data" alone. Put it into "data"')
    }
    if (typeof value !== 'string' || value === '' || !value.isWellFormed()) {
      refuseClaim(name, claim, 'it must be a non-empty well-formed string')
    }
  }
}
