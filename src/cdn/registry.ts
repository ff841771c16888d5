import { akamai } from './akamai/akamai.js'
import type { Cdn } from './cdn.js'
import { cloudfront } from './cloudfront/cloudfront.js'
import { commonAccessToken } from './common-access-token/common-access-token.js'
import { googleCloudCdn } from './google/cloud-cdn.js'
import { googleMediaCdn } from './google/media-cdn.js'
import { nginx } from './nginx/nginx.js'
import { uriSigning } from './uri-signing/uri-signing.js'

/**
 * A CDN that comes with the package: its row is all that the environment and the tests know of it.
 */
export interface RegisteredCdn {
  /** What the variable `CDN` calls it, and its page in `docs/cdns`. */
  readonly name: string
  /** Makes it of its options. */
  readonly factory: (options: never) => Cdn
  /**
   * The option that each variable fills. A variable that is not among them means nothing to this
   * CDN.
   */
  readonly variables: Readonly<Record<string, string>>
}

/** Every CDN of this package, in the order in which errors list them. */
export const registry: readonly RegisteredCdn[] = [
  {
    name: 'cloudfront',
    factory: cloudfront,
    variables: { KEY_ID: 'keyPairId', PRIVATE_KEY: 'privateKey', PASSPHRASE: 'passphrase' }
  },
  {
    name: 'google-cloud-cdn',
    factory: googleCloudCdn,
    variables: { KEY_ID: 'keyName', PRIVATE_KEY: 'key' }
  },
  {
    name: 'google-media-cdn',
    factory: googleMediaCdn,
    variables: { KEY_ID: 'keyName', PRIVATE_KEY: 'privateKey', PASSPHRASE: 'passphrase' }
  },
  { name: 'akamai', factory: akamai, variables: { PRIVATE_KEY: 'key' } },
  {
    name: 'uri-signing',
    factory: uriSigning,
    variables: { KEY_ID: 'issuer', PRIVATE_KEY: 'key', PASSPHRASE: 'passphrase' }
  },
  {
    name: 'common-access-token',
    factory: commonAccessToken,
    variables: {
      ISSUER: 'issuer',
      KEY_ID: 'kid',
      PRIVATE_KEY: 'key',
      PASSPHRASE: 'passphrase'
    }
  },
  { name: 'nginx', factory: nginx, variables: { PRIVATE_KEY: 'secret', SCOPE: 'scope' } }
]

/** Every variable that means something to one CDN at least. */
export const cdnVariables: readonly string[] = [
  ...new Set(registry.flatMap(({ variables }) => Object.keys(variables)))
]
