import * as errors from '../../errors.js'
import { checkFields, given, readElsewhere, text, type Rules } from '../../input/fields.js'
import { parseKeyPair, type KeyPairEntry } from '../../keys/parse-key.js'
import type { PrivateKeyInput } from '../../keys/private-key.js'
import { abortedAfter } from '../../time.js'
import { openSigners } from '../open-signers.js'
import type { AwsClientOptions } from './aws-client.js'
import { distributionAddress } from './distribution-address.js'
import { patternsOf, trustedKey } from './distribution-key.js'
import { distributionId, readDistribution, type Distribution } from './distribution.js'

/** What {@link cloudFrontDistribution} takes. */
export interface CloudFrontDistributionOptions extends AwsClientOptions {
  /** The distribution's id, `E…`. */
  readonly id: string
  /** RSA-2048 or EC P-256. What has to be opened is opened once, for its public half. */
  readonly privateKey: PrivateKeyInput
  /** For an encrypted PEM. */
  readonly passphrase?: string
  /**
   * The host at which viewers ask: one of the distribution's names, or one that its wildcard
   * covers. Default: its first alternate domain name that is no wildcard; where it has none, its own
   * domain, with a warning.
   */
  readonly alias?: string
  /** Of the default client: the variable `AWS_REGION`, else `us-east-1`. China has its own. */
  readonly region?: string
}

/** What `cloudfront()` takes. */
export interface FoundDistribution {
  readonly url: string
  readonly keyPairId: string
  readonly privateKey: PrivateKeyInput
  readonly passphrase?: string
}

const owner = 'cloudFrontDistribution'
const openSeconds = 8

const rules: Rules = {
  id: distributionId,
  privateKey: readElsewhere,
  passphrase: text,
  alias: {
    holds: (value) =>
      typeof value === 'string' && /^(?=.{1,253}$)[a-z\d_-]+(?:\.[a-z\d_-]+)+$/i.test(value),
    words: 'a host name alone, such as media.example.com'
  },
  client: {
    holds: (value) => typeof (Object(value) as { send?: unknown }).send === 'function',
    words: 'a CloudFrontClient of @aws-sdk/client-cloudfront, or left out'
  },
  region: text
}

/**
 * Looks up a CloudFront distribution and yields what `cloudfront()` takes: the address at which
 * viewers ask it, and the id by which it trusts the private key. Asked once, within 8 seconds, of
 * CloudFront's API: it needs the package `@aws-sdk/client-cloudfront`, and the permissions
 * `cloudfront:GetDistribution`, `cloudfront:GetKeyGroup` and `cloudfront:GetPublicKey`.
 *
 * The process emits a warning with the code `CDN_ACCESS_DISTRIBUTION_DOMAIN` where the address is
 * the distribution's own domain, and one with `CDN_ACCESS_DISTRIBUTION_PARTIAL` where some behaviours
 * that restrict viewers do not trust the key.
 *
 * @throws CDN_ACCESS_OPTION_UNKNOWN, CDN_ACCESS_OPTION_INVALID, CDN_ACCESS_PEER_MISSING,
 * CDN_ACCESS_DISTRIBUTION_UNKNOWN, CDN_ACCESS_DISTRIBUTION_DENIED,
 * CDN_ACCESS_DISTRIBUTION_UNAVAILABLE, CDN_ACCESS_DISTRIBUTION_DISABLED,
 * CDN_ACCESS_DISTRIBUTION_OPEN, CDN_ACCESS_DISTRIBUTION_ALIAS,
 * CDN_ACCESS_DISTRIBUTION_KEY_UNKNOWN, and the errors of private keys
 * @see https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_GetDistribution.html
 */
export async function cloudFrontDistribution (
  options: CloudFrontDistributionOptions
): Promise<FoundDistribution> {
  checkFields(options, owner, rules)
  const { id, privateKey, passphrase, alias, client, region } = options
  const identity = await identityOf(privateKey, passphrase)
  const distribution = await readDistribution(id, given({ client, region }))
  if (!distribution.enabled) throw new errors.CDN_ACCESS_DISTRIBUTION_DISABLED(id)
  const { keyPairId, opened, closed } = trustedKey(distribution, identity)
  const url = distributionAddress(distribution, alias, opened)
  warnOfDomain(distribution, url)
  if (closed.length > 0) {
    warn(
      'CDN_ACCESS_DISTRIBUTION_PARTIAL',
      `The key ${keyPairId} opens ${
        patternsOf(opened)
      } of the CloudFront distribution ${id}, and ` +
        `not ${
          patternsOf(closed)
        }: what is granted there is refused. Name its key group in these ` +
        'behaviours, or grant nothing that they serve'
    )
  }
  return { url, keyPairId, privateKey, ...given({ passphrase }) }
}

/**
 * A hash of the public half. Nothing is asked of CloudFront for a key that can't be read. A ring
 * that is given the same signer does not open it again.
 */
async function identityOf (
  privateKey: PrivateKeyInput,
  passphrase: string | undefined
): Promise<string> {
  const entry = { privateKey, ...given({ passphrase }) }
  const [opened] = await abortedAfter(
    openSeconds,
    (signal) => openSigners([entry], owner, signal)
  )
  return parseKeyPair(opened as KeyPairEntry, owner).identity
}

function warnOfDomain ({ id, domain }: Distribution, url: string): void {
  if (new URL(url).hostname !== domain) return
  warn(
    'CDN_ACCESS_DISTRIBUTION_DOMAIN',
    `The CloudFront distribution ${id} is asked at its own domain, ${domain}, which is a public ` +
      'suffix: browsers keep no cookie for it that an API elsewhere sets. Give the distribution an ' +
      'alternate domain name below the domain of the API'
  )
}

/** Nothing here has a logger yet: the process tells its host. */
function warn (code: string, message: string): void {
  process.emitWarning(message, { type: 'CdnAccessWarning', code })
}
