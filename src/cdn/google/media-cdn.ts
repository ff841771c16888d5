import * as errors from '../../errors.js'
import { oneOf } from '../../input/fields.js'
import type { PrivateKeyInput } from '../../keys/parse-key.js'
import type { SecretInput } from '../../keys/secret-key.js'
import type { Cdn } from '../cdn.js'
import {
  checkFactoryOptions,
  type CdnFactoryOptions,
  type WithKeys
} from '../format/factory-options.js'
import {
  parseMediaCdnKey,
  type GoogleMediaCdnKey,
  type GoogleMediaCdnKeyEntry,
  type GoogleMediaCdnTokenKeyEntry
} from './media-cdn-key.js'
import { cookieName } from './media-cdn-request.js'
import { mediaCdnSignatures } from './media-cdn-signature.js'
import { mediaCdnTokens } from './media-cdn-token.js'
import { oneHost } from './url-prefix.js'

/** One key entry of {@link googleMediaCdn}. */
export interface GoogleMediaCdnShorthand {
  /** Shorthand for one key entry: the keyset's name. */
  readonly keyName: string
  /**
   * Shorthand for one key entry: Ed25519, in every form that keys come in, or the bare
   * 32 bytes in base64url.
   */
  readonly privateKey: PrivateKeyInput
  /** Shorthand for one key entry: for an encrypted PEM. */
  readonly passphrase?: string
  readonly sharedKey?: undefined
}

/** One key entry of {@link googleMediaCdn} that signs tokens alone. */
export interface GoogleMediaCdnSharedShorthand {
  /** Shorthand for one key entry: the keyset's name. */
  readonly keyName: string
  /**
   * Shorthand for one key entry: a validation shared key in base64url, for tokens in
   * place of `privateKey`.
   */
  readonly sharedKey: SecretInput
  readonly privateKey?: undefined
  readonly passphrase?: undefined
}

/** What signs with `mode: 'signature'`, which has no shared key. */
type SignatureKeys = WithKeys<GoogleMediaCdnKeyEntry, GoogleMediaCdnShorthand>

type TokenKeys = WithKeys<
  GoogleMediaCdnTokenKeyEntry,
  GoogleMediaCdnShorthand | GoogleMediaCdnSharedShorthand
>

/** For a route with `REQUIRE_SIGNATURES`. */
export interface GoogleMediaCdnSignatures extends CdnFactoryOptions {
  /**
   * `signature` (default) for a route with `REQUIRE_SIGNATURES`, `token` for one with
   * `REQUIRE_TOKENS`. **Experimental: a token in a cookie.** Google publishes tokens in URLs, and
   * no example of one in a cookie.
   */
  readonly mode?: 'signature'
  /**
   * Where `signUrl` puts a signature: `query` (default), or `path`, which relative links
   * in a playlist inherit.
   */
  readonly urlStyle?: 'query' | 'path'
}

/** For a route with `REQUIRE_TOKENS`. */
export interface GoogleMediaCdnTokens extends CdnFactoryOptions {
  /** **Experimental: a token in a cookie.** Google publishes tokens in URLs alone. */
  readonly mode: 'token'
  /** A token is in the query. */
  readonly urlStyle?: 'query'
}

/** What `googleMediaCdn` takes: its settings, and one key or `keys`. */
export type GoogleMediaCdnOptions =
  | (GoogleMediaCdnSignatures & SignatureKeys)
  | (GoogleMediaCdnTokens & TokenKeys)

/**
 * A keyset has three public keys, and three validation shared keys for tokens beside them.
 *
 * @see https://cloud.google.com/media-cdn/docs/keys-overview
 */
const keyLimits = { signature: { usual: 3 }, token: { usual: 6 } }

/**
 * Google Media CDN: signed cookies for URL prefixes, signed URLs, and short tokens.
 *
 * @throws CDN_ACCESS_URL_INVALID, CDN_ACCESS_OPTION_UNKNOWN, CDN_ACCESS_OPTION_INVALID
 * @see https://cloud.google.com/media-cdn/docs/generate-signatures
 * @see https://cloud.google.com/media-cdn/docs/generate-tokens
 */
export function googleMediaCdn (options: GoogleMediaCdnOptions): Cdn<GoogleMediaCdnKey> {
  const checked = checkFactoryOptions(options, {
    name: 'googleMediaCdn',
    entry: ['keyName', 'privateKey', 'passphrase', 'sharedKey'],
    own: { mode: oneOf('signature', 'token'), urlStyle: oneOf('query', 'path') },
    noHost: oneHost
  })
  const { mode = 'signature', urlStyle = 'query' } = options
  if (mode === 'token' && urlStyle === 'path') {
    throw new errors.CDN_ACCESS_OPTION_INVALID('urlStyle', '"query" where "mode" is "token"')
  }
  const { name, url } = checked

  return {
    ...checked,
    cookieNames: [cookieName],
    format: { mode, urlStyle },
    keyFields: { id: 'keyName', key: 'privateKey', publicKey: 'publicKey' },
    keyLimits: keyLimits[mode],
    parseKey: (entry) => parseMediaCdnKey(entry, name, mode),
    ...(mode === 'token' ? mediaCdnTokens(name, url) : mediaCdnSignatures(name, url, urlStyle))
  }
}
