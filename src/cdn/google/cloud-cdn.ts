import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import * as errors from '../../errors.js'
import { flag } from '../../input/fields.js'
import type { KeyValidity } from '../../keys/key.js'
import { checkEntry, parseValidity } from '../../keys/key-entry.js'
import {
  sameMac,
  secretFromBase64Url,
  secretIdentity,
  type SecretInput
} from '../../keys/secret-key.js'
import type { Cdn, CdnGrant, EdgeRequest, Verdict } from '../cdn.js'
import { base64UrlPadded, decodeStrictly } from '../format/base64.js'
import { separateCookiePaths } from '../format/cookie-path.js'
import {
  checkFactoryOptions,
  type CdnFactoryOptions,
  type WithKeys
} from '../format/factory-options.js'
import { checkRequestPath } from '../format/request-path.js'
import { noAccess, verdict } from '../format/verdict.js'
import { checkSigned, findSignature } from './signature-check.js'
import {
  refuseConditions,
  signCookies,
  signQuery,
  type NamedKey,
  type SignatureFormat
} from './signature.js'
import { oneHost, refusePatterns, requirePrefixes } from './url-prefix.js'

/** One key of a backend service or backend bucket. */
export interface GoogleCloudCdnKeyEntry extends KeyValidity {
  /** The key's name at the backend: at most 63 of `A-Z a-z 0-9 _ -`. */
  readonly keyName: string
  /** 16 random bytes in base64url, as in the file that the backend was given. */
  readonly key: SecretInput
}

export interface GoogleCloudCdnKey extends NamedKey {
  readonly secret: KeyObject
}

/** One key entry of {@link googleCloudCdn}. */
export interface GoogleCloudCdnShorthand {
  /** Shorthand for one key entry: the key's name at the backend. */
  readonly keyName: string
  /** Shorthand for one key entry: 16 random bytes in base64url. */
  readonly key: SecretInput
}

/** What {@link googleCloudCdn} takes beside its keys. */
export interface GoogleCloudCdnSettings extends CdnFactoryOptions {
  /**
   * Whether `check` refuses a request without a signature. Default false, which is what Cloud CDN
   * does: it passes such a request to the origin. Set it where the origin refuses them. It
   * changes nothing at the CDN.
   */
  readonly requireSignature?: boolean
}

/** What `googleCloudCdn` takes: its settings, and one key or `keys`. */
export type GoogleCloudCdnOptions =
  & GoogleCloudCdnSettings
  & WithKeys<GoogleCloudCdnKeyEntry, GoogleCloudCdnShorthand>

const cookieName = 'Cloud-CDN-Cookie'

const entryFields = ['keyName', 'key', 'notBefore', 'notAfter']

const keyWords = '16 random bytes in base64url, 24 characters with their padding: ' +
  'the content of the key file that the backend was given'

const nothingElse = 'Cloud CDN signs a prefix and an expiry, and nothing else. Leave it out'

/**
 * Google Cloud CDN: signed cookies for URL prefixes, and signed URLs.
 *
 * **Cloud CDN refuses bad signatures alone and lets unsigned requests through: the
 * origin must refuse them.**
 *
 * @throws CDN_ACCESS_URL_INVALID, CDN_ACCESS_OPTION_UNKNOWN, CDN_ACCESS_OPTION_INVALID
 * @see https://cloud.google.com/cdn/docs/using-signed-cookies
 */
export function googleCloudCdn (options: GoogleCloudCdnOptions): Cdn<GoogleCloudCdnKey> {
  const checked = checkFactoryOptions(options, {
    name: 'googleCloudCdn',
    entry: ['keyName', 'key'],
    own: { requireSignature: flag },
    noHost: oneHost
  })
  const { requireSignature = false } = options
  const { name, url } = checked
  const format: SignatureFormat<GoogleCloudCdnKey> = {
    name,
    url,
    cookieName,
    codec: base64UrlPadded,
    decode: (text) => decodeStrictly(text, base64UrlPadded),
    sign: async (text, key) => mac(text, key),
    verify: (text, signature, key) => sameMac(mac(text, key), signature)
  }
  const planUrl = (grant: CdnGrant): void => {
    refuseConditions(name, grant, nothingElse)
    refusePatterns(name, grant.paths)
  }

  return {
    ...checked,
    cookieNames: [cookieName],
    format: {},
    keyFields: { id: 'keyName', key: 'key' },
    // Three signed request keys for a backend service or a backend bucket.
    keyLimits: { usual: 3 },
    parseKey: (entry) => parseCloudCdnKey(entry, name),
    plan: (grant) => {
      refuseConditions(name, grant, nothingElse)
      requirePrefixes(name, grant.paths)
      return separateCookiePaths(grant.paths)
    },
    sign: (grant, key) => signCookies(format, grant, key),
    check: (request, keys) => checkCloudCdn(format, request, keys, requireSignature),
    planUrl,
    signUrl: async (urlToSign, grant, key) => {
      planUrl(grant)
      return signQuery(format, urlToSign, grant, key)
    }
  }
}

/**
 * What Cloud CDN answers to a request. Its order is not documented; a query's signature is
 * read before a cookie's.
 */
async function checkCloudCdn (
  format: SignatureFormat<GoogleCloudCdnKey>,
  request: EdgeRequest,
  keys: readonly GoogleCloudCdnKey[],
  requireSignature: boolean
): Promise<Verdict> {
  return verdict(403, (list) => {
    const target = checkRequestPath(list, request.url)
    const signed = findSignature(list, format, target, request.cookies)
    if (signed !== undefined) {
      return checkSigned(list, format, signed, { path: target.path, now: request.now }, keys)
    }
    if (requireSignature) {
      const found = `neither a ${cookieName} nor a signed URL's Signature`
      list.refuse('credentials', 'access-missing', noAccess(found, 'the cookie\'s'))
    }
    list.pass(
      'credentials',
      'The request is not signed: Cloud CDN passes it to the origin, ' +
        'which must refuse it with a 403 that no cache keeps. With "requireSignature: true" ' +
        'explain() and the edge in development answer for both.'
    )
  })
}

function parseCloudCdnKey (entry: unknown, cdn: string): GoogleCloudCdnKey {
  const checked = checkEntry<GoogleCloudCdnKeyEntry>(entry, entryFields, cdn)
  const { keyName, key } = checked
  if (typeof keyName !== 'string' || !/^[\w-]{1,63}$/.test(keyName)) {
    throw new errors.CDN_ACCESS_KEY_ID_INVALID(
      'keyName',
      'the key\'s name at the backend, 1 to 63 of A-Z a-z 0-9 _ -'
    )
  }
  const bytes = secretFromBase64Url(key)
  if (bytes?.length !== 16) throw new errors.CDN_ACCESS_KEY_SECRET_INVALID('key', keyWords)
  return {
    id: keyName,
    keyName,
    identity: secretIdentity(bytes),
    canSign: true,
    ...parseValidity(checked),
    secret: createSecretKey(bytes)
  }
}

function mac (text: string, key: GoogleCloudCdnKey): Buffer {
  return createHmac('sha1', key.secret).update(text).digest()
}
