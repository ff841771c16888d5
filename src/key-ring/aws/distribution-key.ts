import * as errors from '../../errors.js'
import type { Behaviour, Distribution } from './distribution.js'

/** The key by which a distribution knows a private key, and what it opens there. */
export interface TrustedKey {
  /** The public key's id in CloudFront. */
  readonly keyPairId: string
  readonly opened: readonly Behaviour[]
  /** Behaviours that restrict viewers and do not trust it. */
  readonly closed: readonly Behaviour[]
}

/**
 * Finds a key among those that a distribution trusts, by the identity of its public half. Of several
 * ids the one that most behaviours trust; of equals the one that is listed first.
 *
 * @throws CDN_ACCESS_DISTRIBUTION_OPEN, CDN_ACCESS_DISTRIBUTION_KEY_UNKNOWN
 */
export function trustedKey (distribution: Distribution, identity: string): TrustedKey {
  const restricted = restrictedBehaviours(distribution)
  const [best] = [...distribution.publicKeys].filter(([, own]) => own === identity).map((
    [keyPairId]
  ) => ({
    keyPairId,
    opened: restricted.filter(({ keyIds }) => keyIds.includes(keyPairId)),
    closed: restricted.filter(({ keyIds }) => !keyIds.includes(keyPairId))
  })).toSorted((one, other) => other.opened.length - one.opened.length)
  if (best !== undefined) return best
  const ids = [...distribution.publicKeys.keys()]
  throw new errors.CDN_ACCESS_DISTRIBUTION_KEY_UNKNOWN(
    distribution.id,
    ids.length === 0 ? 'none, for its key groups are empty' : ids.join(', ')
  )
}

/** The path patterns of behaviours, for messages. */
export function patternsOf (behaviours: readonly Behaviour[]): string {
  return behaviours.map(({ pattern }) => pattern === '*' ? 'the default one (*)' : pattern).join(
    ', '
  )
}

function restrictedBehaviours ({ id, behaviours }: Distribution): readonly Behaviour[] {
  if (behaviours.some(({ restriction }) => restriction === 'keys')) {
    return behaviours.filter(({ restriction }) => restriction !== 'none')
  }
  throw new errors.CDN_ACCESS_DISTRIBUTION_OPEN(
    id,
    behaviours.some(({ restriction }) => restriction === 'signers')
      ? 'has a trusted key group: its trusted signers are AWS accounts, whose keys can\'t be ' +
        'compared. Upload the public key, put it into a key group, and name that in the behaviour'
      : 'restricts viewers: everybody may fetch everything. Name a trusted key group in the ' +
        'behaviours that are to ask for access'
  )
}
