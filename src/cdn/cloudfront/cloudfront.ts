import * as errors from '../../errors.js'
import { oneOf, readElsewhere } from '../../input/fields.js'
import type { PrivateKeyInput } from '../../keys/parse-key.js'
import type { AccessCookie, Cdn, CdnGrant } from '../cdn.js'
import { pathKind } from '../cdn-path.js'
import { readHostPattern } from '../host-pattern.js'
import { isIPv4Range } from '../format/address.js'
import { separateCookiePaths } from '../format/cookie-path.js'
import {
  checkFactoryOptions,
  type CdnFactoryOptions,
  type WithKeys
} from '../format/factory-options.js'
import { refuseGrant, refusePath, refuseUrl } from '../format/refusals.js'
import { checkCloudFront } from './check.js'
import {
  parseCloudFrontKey,
  type CloudFrontKey,
  type CloudFrontKeyEntry,
  type Hash
} from './key.js'
import { cookiePrefix, policyParameters } from './parameters.js'
import { signPolicy } from './policy.js'

/** One key entry of {@link cloudfront}. */
export interface CloudFrontShorthand {
  /** Shorthand for one key entry: the public key's id in CloudFront (`K…`). */
  readonly keyPairId: string
  /** Shorthand for one key entry: RSA-2048 or EC P-256. */
  readonly privateKey: PrivateKeyInput
  /** Shorthand for one key entry: for an encrypted PEM. */
  readonly passphrase?: string
}

/** What {@link cloudfront} takes beside its keys. */
export interface CloudFrontSettings extends CdnFactoryOptions {
  /**
   * `custom` (default) holds wildcards, a start and an address; `canned` is shorter and
   * holds one exact file.
   */
  readonly policy?: 'custom' | 'canned'
  /**
   * `SHA256` (default), or `SHA1` for RSA where a distribution needs it. EC keys always use SHA256.
   */
  readonly hash?: Hash
  /**
   * A pattern of the hosts on which the cookies and the signed URLs are good, for a distribution
   * with several alternate domain names: `https://*.example.com`, `http*://media.example.com`. One
   * `*`, in the first label, for any characters, also across dots. **What is granted is then open
   * on every host that it covers and that has this key.** It must cover `url`. Default: `url`
   * alone.
   */
  readonly host?: `${'https' | 'http' | 'http*'}://${string}`
}

/** What `cloudfront` takes: its settings, and one key with its id or `keys`. */
export type CloudFrontOptions =
  & CloudFrontSettings
  & WithKeys<CloudFrontKeyEntry, CloudFrontShorthand>

/**
 * Five keys in a key group, and four groups for a behavior.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
 */
const keyLimits = { usual: 5, most: 20 }

/**
 * AWS CloudFront: signed cookies and signed URLs, with custom or canned policies.
 *
 * @throws CDN_ACCESS_URL_INVALID, CDN_ACCESS_HOST_INVALID, CDN_ACCESS_OPTION_UNKNOWN,
 * CDN_ACCESS_OPTION_INVALID
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-signed-cookies.html
 */
export function cloudfront (options: CloudFrontOptions): Cdn<CloudFrontKey> {
  const checked = checkFactoryOptions(options, {
    name: 'cloudfront',
    entry: ['keyPairId', 'privateKey', 'passphrase'],
    own: {
      policy: oneOf('custom', 'canned'),
      hash: oneOf('SHA256', 'SHA1'),
      host: readElsewhere
    }
  })
  const { policy = 'custom', hash = 'SHA256' } = options
  const { name, url } = checked
  const hosts = readHosts(options, checked)
  const { host = url } = hosts
  const plan = (grant: CdnGrant): string[] => {
    refuseWhatNoPolicyHolds(name, grant)
    if (policy === 'canned') refuseWhatCannedLacks(name, grant)
    return separateCookiePaths(grant.paths)
  }

  return {
    ...checked,
    ...hosts,
    cookieNames: policyParameters.map((parameter) => cookiePrefix + parameter),
    format: { policy, hash, ...hosts },
    keyFields: { id: 'keyPairId', key: 'privateKey', publicKey: 'publicKey' },
    keyLimits,
    trial: { paths: [policy === 'canned' ? '/trial' : '/*'] },
    parseKey: (entry) => parseCloudFrontKey(entry, name, hash),
    plan,
    sign: async (grant, key) => {
      const cookiePaths = plan(grant)
      const sets = grant.paths.map(async (granted, index): Promise<AccessCookie[]> => {
        const path = cookiePaths[index]!
        const parameters = await signPolicy(host + granted, grant, key, policy)
        return parameters.map(({ name, value }) => ({ name: cookiePrefix + name, value, path }))
      })
      return (await Promise.all(sets)).flat()
    },
    check: (request, keys) => checkCloudFront({ url, ...hosts }, request, keys),
    planUrl: (grant) => refuseWhatNoPolicyHolds(name, grant),
    signUrl: async ({ path, query }, grant, key) => {
      refuseWhatNoPolicyHolds(name, grant)
      refuseOddQuery(name, query)
      const scope = grant.paths[0]!
      const ownQuery = query === '' ? '' : `?${query}`
      const canned = scope === path && grant.notBefore === undefined && grant.ip === undefined &&
        host === url
      // A trailing "*" covers the query as well.
      const resource = host + scope + (scope.endsWith('*') ? '' : ownQuery)
      const parameters = await signPolicy(resource, grant, key, canned ? 'canned' : 'custom')
      const pairs = parameters.map((parameter) => `${parameter.name}=${parameter.value}`)
      return url + path + (query === '' ? '?' : `${ownQuery}&`) + pairs.join('&')
    }
  }
}

function readHosts (
  { host, policy }: CloudFrontOptions,
  cdn: { name: string, url: string }
): { host?: string } {
  if (host === undefined) return {}
  if (policy === 'canned') {
    throw new errors.CDN_ACCESS_HOST_INVALID(
      cdn.name,
      'must be left out with canned policies, which CloudFront makes from the request\'s own URL. ' +
        'Leave "policy" out for a custom one'
    )
  }
  return { host: readHostPattern(host, cdn) }
}

function refuseWhatNoPolicyHolds (name: string, grant: CdnGrant): void {
  if (grant.claims !== undefined) {
    refuseGrant(name, 'claims', 'a CloudFront policy has none')
  }
  if (grant.ip !== undefined && !isIPv4Range(grant.ip)) {
    refuseGrant(
      name,
      'ip',
      'a CloudFront policy takes IPv4 alone. ' +
        'Leave "ip" out for IPv6 viewers, or turn IPv6 off in the distribution'
    )
  }
}

function refuseWhatCannedLacks (name: string, grant: CdnGrant): void {
  const wide = grant.paths.find((path) => pathKind(path) !== 'exact')
  if (wide !== undefined) {
    refusePath(
      name,
      wide,
      'a canned policy is good for one exact file. Leave "policy" out for a custom one'
    )
  }
  if (grant.notBefore !== undefined || grant.ip !== undefined) {
    refuseGrant(
      name,
      grant.ip === undefined ? 'notBefore' : 'ip',
      'a canned policy has no room for it. Leave "policy" out for a custom one'
    )
  }
}

/** A canned policy's text and signature also make a custom one, where these are wildcards. */
function refuseOddQuery (name: string, query: string): void {
  const odd = /[^A-Za-z0-9\-._~!$&'()+,;=:@/%]/u.exec(query)
  if (odd !== null) {
    refuseUrl(
      name,
      `its query holds ${JSON.stringify(odd[0])}, which must be percent-encoded`
    )
  }
  const names = new Set(query.split('&').map((pair) => pair.split('=', 1)[0]))
  const reserved = policyParameters.find((parameter) => names.has(parameter))
  if (reserved !== undefined) {
    refuseUrl(
      name,
      `its query has a parameter "${reserved}", which CloudFront takes for its own`
    )
  }
}
