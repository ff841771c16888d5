import type { CloudFrontClient } from '@aws-sdk/client-cloudfront'
import * as errors from '../../errors.js'
import { within } from '../../time.js'
import { loadPeer } from '../peer.js'
import type { AwsClientOptions } from './aws-client.js'
import { describeAwsFault, type Advice } from './aws-fault.js'

/** How CloudFront is reached. */
export interface CloudFrontAccess extends AwsClientOptions {
  /** The longest that all requests together may take. Default 8. */
  readonly seconds?: number
}

/** What a behaviour says of viewers; other fields are there, and are not read. */
export interface BehaviourReply {
  readonly TrustedKeyGroups?: Trusted | undefined
  readonly TrustedSigners?: Trusted | undefined
  readonly ViewerProtocolPolicy?: string | undefined
}

/** A distribution as CloudFront describes it; an answer that is none lacks what it always has. */
export interface DistributionReply {
  readonly DomainName?: string | undefined
  readonly DistributionConfig?: {
    readonly Enabled?: boolean | undefined
    readonly Aliases?: Listed<string> | undefined
    readonly ConnectionMode?: string | undefined
    readonly ViewerCertificate?: {
      readonly CloudFrontDefaultCertificate?: boolean | undefined
    } | undefined
    readonly DefaultCacheBehavior?: BehaviourReply | undefined
    readonly CacheBehaviors?:
      | Listed<BehaviourReply & { readonly PathPattern?: string | undefined }>
      | undefined
  } | undefined
}

interface Listed<Item> {
  readonly Items?: readonly Item[] | undefined
}

interface Trusted extends Listed<string> {
  readonly Enabled?: boolean | undefined
}

/** The three things that CloudFront is asked. */
export interface CloudFrontApi {
  distribution(): Promise<DistributionReply | undefined>
  /** The ids of a group's keys. */
  keyGroup(id: string): Promise<readonly string[] | undefined>
  /** A public key, PEM. */
  publicKey(id: string): Promise<string | undefined>
}

const peer = {
  name: '@aws-sdk/client-cloudfront',
  neededBy: 'cloudFrontDistribution'
}
const longestSeconds = 8

const again = 'AWS throttled every attempt. Start again in a minute'

/** CloudFront's own names of faults: it speaks XML, in which they have other endings. */
const advice: Advice = {
  Throttling: again,
  ThrottlingException: again,
  TooManyRequestsException: again,
  InvalidClientTokenId: 'AWS does not know these credentials',
  ExpiredToken: 'the credentials have run out',
  SignatureDoesNotMatch: 'the secret access key is wrong, or the clock of this host is'
}

/** CloudFront is one service for all regions but China's, and signed for as in this one. */
const globalRegion = 'us-east-1'

/**
 * Reads what CloudFront says of one distribution, within 8 seconds; requests under way are ended
 * then.
 *
 * @throws CDN_ACCESS_PEER_MISSING, CDN_ACCESS_DISTRIBUTION_UNKNOWN, CDN_ACCESS_DISTRIBUTION_DENIED,
 * CDN_ACCESS_DISTRIBUTION_UNAVAILABLE
 */
export async function withCloudFront<Read> (
  id: string,
  { client, region, seconds = longestSeconds }: CloudFrontAccess,
  read: (api: CloudFrontApi) => Promise<Read>
): Promise<Read> {
  const aws = await loadPeer(peer, () => import('@aws-sdk/client-cloudfront'))
  const own = client === undefined
    ? new aws.CloudFrontClient({ region: region ?? process.env['AWS_REGION'] ?? globalRegion })
    : undefined
  const used = own ?? client as CloudFrontClient
  const ending = new AbortController()
  const options = { abortSignal: ending.signal }
  const ask = async <Reply>(action: string, sent: Promise<Reply>): Promise<Reply> => {
    try {
      return await sent
    } catch (error) {
      throw failureOf(error, id, action)
    }
  }
  const api: CloudFrontApi = {
    distribution: async () => {
      const command = new aws.GetDistributionCommand({ Id: id })
      return (await ask('GetDistribution', used.send(command, options))).Distribution
    },
    keyGroup: async (group) => {
      const command = new aws.GetKeyGroupCommand({ Id: group })
      const { KeyGroup } = await ask('GetKeyGroup', used.send(command, options))
      return KeyGroup?.KeyGroupConfig?.Items
    },
    publicKey: async (key) => {
      const command = new aws.GetPublicKeyCommand({ Id: key })
      const { PublicKey } = await ask('GetPublicKey', used.send(command, options))
      return PublicKey?.PublicKeyConfig?.EncodedKey
    }
  }
  try {
    return await within(seconds, read(api), () => {
      const reason = `AWS did not answer within ${seconds} s`
      return new errors.CDN_ACCESS_DISTRIBUTION_UNAVAILABLE(id, reason)
    })
  } finally {
    ending.abort()
    own?.destroy()
  }
}

/**
 * AWS's own text is dropped, with the error: where a signature is refused it quotes the request,
 * and a session's token with it.
 */
function failureOf (error: unknown, id: string, action: string): Error {
  const { name } = Object(error) as { name?: unknown }
  if (name === 'NoSuchDistribution') return new errors.CDN_ACCESS_DISTRIBUTION_UNKNOWN(id)
  if (name === 'AccessDenied' || name === 'AccessDeniedException') {
    return new errors.CDN_ACCESS_DISTRIBUTION_DENIED(id, action)
  }
  const what = typeof name === 'string' && Object.hasOwn(advice, name)
    ? `${name}: ${advice[name]}`
    : describeAwsFault(error, {})
  const reason = `cloudfront:${action} failed with ${what}`
  return new errors.CDN_ACCESS_DISTRIBUTION_UNAVAILABLE(id, reason)
}
