import * as errors from '../../errors.js'
import { flag, oneOf, text } from '../../input/fields.js'
import type { KeyValidity } from '../../keys/key.js'
import { checkEntry, parseValidity } from '../../keys/key-entry.js'
import { secretIdentity, secretText, type SecretInput } from '../../keys/secret-key.js'
import type { Cdn, CdnGrant } from '../cdn.js'
import { pathKind } from '../cdn-path.js'
import { cookieNameRule, cookieValue } from '../format/cookie-octets.js'
import { commonCookiePath } from '../format/cookie-path.js'
import {
  checkFactoryOptions,
  type CdnFactoryOptions,
  type WithKeys
} from '../format/factory-options.js'
import { refuseUrl } from '../format/refusals.js'
import { checkAkamai } from './check.js'
import {
  refuseTwoIds,
  refuseWhatNoQueryHolds,
  refuseWhatNoTokenHolds,
  refuseWhatNoUrlTokenHolds
} from './gate.js'
import {
  akamaiAlgorithms,
  akamaiToken,
  akamaiUrlToken,
  type AkamaiAlgorithm,
  type AkamaiKey
} from './token.js'

/** One key of a property: the main key or the transition key. */
export interface AkamaiKeyEntry extends KeyValidity {
  /**
   * Hexadecimal, an even number of digits, at least 32 (128 bits). Adaptive Media
   * Delivery takes 32 at most.
   */
  readonly key: SecretInput
}

/** One key entry of {@link akamai}. */
export interface AkamaiShorthand {
  /** Shorthand for one key entry: hexadecimal, at least 128 bits. */
  readonly key: SecretInput
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
  /**
   * True for signed URLs of one file whose token hashes the path and does not carry it (`url=`).
   * Needs "Ignore query string" on in the property, and opens the file with any query. A URL with a
   * `scope` has a list as before. Default false: each has a list.
   */
  readonly urlTokens?: boolean
}

/** What `akamai` takes: its settings, and one key or `keys`. */
export type AkamaiOptions = AkamaiSettings & WithKeys<AkamaiKeyEntry, AkamaiShorthand>

const identityLength = 8

const keyWords = 'hexadecimal, an even number of digits and at least 32 of them (128 bits): ' +
  'the property\'s key as it stands there'

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
    own: {
      cookieName: cookieNameRule,
      algorithm: oneOf(...akamaiAlgorithms),
      salt: text,
      urlTokens: flag
    },
    noHost: 'a token is bound to no host, and is good on every host that has the key'
  })
  const { algorithm = 'sha256', salt, cookieName = '__token__', urlTokens = false } = options
  const { name, url } = checked
  const hashing = { algorithm, ...(salt === undefined ? {} : { salt }) }
  const token = (grant: CdnGrant, key: AkamaiKey): string => {
    refuseTwoIds(name, grant)
    return cookieValue(akamaiToken(grant, key, hashing), cookieName, name)
  }
  const hashesUrl = ({ paths }: CdnGrant): boolean => urlTokens && pathKind(paths[0]!) === 'exact'
  const planUrl = (grant: CdnGrant): void => {
    refuseTwoIds(name, grant)
    if (hashesUrl(grant)) return refuseWhatNoUrlTokenHolds(name, grant)
    refuseWhatNoQueryHolds(name, grant)
  }

  return {
    ...checked,
    cookieNames: [cookieName],
    format: {
      cookieName,
      algorithm,
      ...(salt === undefined ? {} : { salt: secretIdentity(Buffer.from(salt)) }),
      ...(urlTokens ? { urlTokens } : {})
    },
    keyFields: { key: 'key' },
    carriesRevocationId: true,
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
    check: (request, keys) => checkAkamai({ cookieName, hashing, urlTokens }, request, keys),
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
      const value = hashesUrl(grant) ? akamaiUrlToken(grant, key, hashing) : token(grant, key)
      return `${url}${path}?${ownQuery}${cookieName}=${value}`
    }
  }
}

function parseAkamaiKey (entry: unknown, cdn: string): AkamaiKey {
  const checked = checkEntry<AkamaiKeyEntry>(entry, ['key', 'notBefore', 'notAfter'], cdn)
  const key = secretText(checked.key)
  if (key === undefined || !/^(?:[0-9a-f]{2}){16,}$/i.test(key)) {
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
