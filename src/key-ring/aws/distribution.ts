import fastq from 'fastq'
import * as errors from '../../errors.js'
import type { Rule } from '../../input/fields.js'
import { publicKeyIdentity, readPublicKey } from '../../keys/public-key.js'
import {
  withCloudFront,
  type BehaviourReply,
  type CloudFrontAccess,
  type CloudFrontApi,
  type DistributionReply
} from './cloudfront-api.js'

/** A CloudFront distribution, as far as signed access goes. */
export interface Distribution {
  readonly id: string
  /** Its own name, `d111111abcdef8.cloudfront.net`; undefined where its tenants alone have names. */
  readonly domain: string | undefined
  readonly enabled: boolean
  /** Its alternate domain names, lower-case; the first label of one may be a `*`. */
  readonly aliases: readonly string[]
  /** True where a certificate is there for names other than its own, or is its tenants' concern. */
  readonly certified: boolean
  /** In the order in which CloudFront looks at them: the default one is the last. */
  readonly behaviours: readonly Behaviour[]
  /** The identity of each public key that a behaviour trusts, by its id; undefined for odd keys. */
  readonly publicKeys: ReadonlyMap<string, string | undefined>
}

/** What a distribution does with the requests of a path pattern. */
export interface Behaviour {
  /** `*` for the default one. */
  readonly pattern: string
  /** True where it answers http as it answers https. */
  readonly allowsHttp: boolean
  /** Who may open it: everybody, holders of keys, or AWS accounts, whose keys are not shown. */
  readonly restriction: 'none' | 'keys' | 'signers'
  /** The ids of the public keys of its trusted key groups. */
  readonly keyIds: readonly string[]
}

/** What names a distribution; the ids of AWS have other first letters for other things. */
export const distributionId: Rule = {
  holds: (value) => typeof value === 'string' && /^E[A-Z0-9]{1,31}$/.test(value),
  words: 'the id of a distribution, such as EDFDVBD6EXAMPLE: no domain name, no ARN, and not ' +
    'the id of a key or a key group'
}

/** Of a distribution that others take as their template: names and certificates are theirs. */
const tenantOnly = 'tenant-only'

/** Requests at a time: the rate that AWS allows to all of an account is low. */
const concurrency = 4

/**
 * Looks up a distribution, its behaviours and the public keys that they trust, within 8 seconds.
 *
 * @throws CDN_ACCESS_PEER_MISSING, CDN_ACCESS_DISTRIBUTION_UNKNOWN, CDN_ACCESS_DISTRIBUTION_DENIED,
 * CDN_ACCESS_DISTRIBUTION_UNAVAILABLE
 */
export function readDistribution (id: string, access: CloudFrontAccess): Promise<Distribution> {
  return withCloudFront(id, access, (api) => read(id, api))
}

async function read (id: string, api: CloudFrontApi): Promise<Distribution> {
  const { DomainName, DistributionConfig: config } = { ...await api.distribution() }
  if (config?.DefaultCacheBehavior === undefined) throw unreadable(id, 'GetDistribution')
  const { Aliases, CacheBehaviors, ConnectionMode, DefaultCacheBehavior } = config
  const replies: Array<BehaviourReply & { PathPattern?: string | undefined }> = [
    ...CacheBehaviors?.Items ?? [],
    DefaultCacheBehavior
  ]
  const groups = await readEach(
    replies.flatMap(groupsOf),
    async (group) => await api.keyGroup(group) ?? refuse(unreadable(id, 'GetKeyGroup'))
  )
  const publicKeys = await readEach(
    [...groups.values()].flat(),
    async (key) => identityOf(await api.publicKey(key) ?? refuse(unreadable(id, 'GetPublicKey')))
  )
  return {
    id,
    domain: ConnectionMode === tenantOnly ? undefined : DomainName?.toLowerCase(),
    enabled: config.Enabled === true,
    aliases: (Aliases?.Items ?? []).map((alias) => alias.toLowerCase()),
    certified: isCertified(config),
    behaviours: replies.map((reply) => ({
      pattern: reply.PathPattern ?? '*',
      allowsHttp: reply.ViewerProtocolPolicy === 'allow-all',
      restriction: restrictionOf(reply),
      keyIds: [...new Set(groupsOf(reply).flatMap((group) => groups.get(group)!))]
    })),
    publicKeys
  }
}

/** Asks for each of several ids once. */
async function readEach<Value> (
  ids: readonly string[],
  ask: (id: string) => Promise<Value>
): Promise<ReadonlyMap<string, Value>> {
  const queue = fastq.promise(ask, concurrency)
  const unique = [...new Set(ids)]
  const values = await Promise.all(unique.map((id) => queue.push(id)))
  return new Map(unique.map((id, index) => [id, values[index]!]))
}

function groupsOf ({ TrustedKeyGroups }: BehaviourReply): readonly string[] {
  const { Enabled, Items = [] } = { ...TrustedKeyGroups }
  return Enabled === true ? Items : []
}

function restrictionOf ({ TrustedKeyGroups, TrustedSigners }: BehaviourReply) {
  if (TrustedKeyGroups?.Enabled === true) return 'keys'
  return TrustedSigners?.Enabled === true ? 'signers' : 'none'
}

function isCertified (
  { ConnectionMode, ViewerCertificate }: NonNullable<DistributionReply['DistributionConfig']>
): boolean {
  if (ConnectionMode === tenantOnly) return true
  return ViewerCertificate !== undefined && ViewerCertificate.CloudFrontDefaultCertificate !== true
}

function identityOf (pem: string): string | undefined {
  try {
    return publicKeyIdentity(readPublicKey(pem))
  } catch {
    return undefined
  }
}

function unreadable (id: string, action: string): Error {
  const reason = `the answer to cloudfront:${action} is none of CloudFront's. Is a proxy between?`
  return new errors.CDN_ACCESS_DISTRIBUTION_UNAVAILABLE(id, reason)
}

function refuse (error: Error): never {
  throw error
}
