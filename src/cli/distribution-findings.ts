import type { Check } from '../cdn/cdn.js'
import type { AccessCdn } from '../cookies/cookies.js'
import { isNameOf, namesOf } from '../key-ring/aws/distribution-address.js'
import { patternsOf } from '../key-ring/aws/distribution-key.js'
import type { Behaviour, Distribution } from '../key-ring/aws/distribution.js'
import type { CdnKey } from '../keys/key.js'
import { healthy, unhealthy } from './finding.js'

/** The behaviours that matter to a CDN. */
export interface Serving {
  readonly distribution: Distribution
  /** What is granted by the option `paths`; undefined where `authorize` alone says. */
  readonly paths: readonly string[] | undefined
  /** Those that serve what is granted; where that is not known, those that restrict viewers. */
  readonly behaviours: readonly Behaviour[]
}

/** Whether it answers at all. */
export function stateOf ({ id, enabled, behaviours }: Distribution): Check {
  const name = `distribution ${id}`
  const asking = behaviours.filter(({ restriction }) => restriction !== 'none').length
  return enabled
    ? healthy(
      name,
      `It is enabled, and ${asking} of ${behaviours.length} behaviours ask for access.`
    )
    : unhealthy(
      name,
      'distribution-disabled',
      'It is disabled, and answers nobody.',
      'Enable the distribution.'
    )
}

/** Whether a CDN's url is one at which it answers. */
export function addressOf ({ cdn }: AccessCdn, { distribution, behaviours }: Serving): Check {
  const name = `address of ${cdn.name}`
  const host = new URL(cdn.url).hostname
  if (!isNameOf(distribution, host)) {
    return unhealthy(
      name,
      'alias-missing',
      `The distribution does not answer at ${host}.`,
      'Set the CDN\'s "url" to one of its names, or add the name to the distribution, with a ' +
        'certificate.',
      { expected: namesOf(distribution), found: host }
    )
  }
  const strict = behaviours.filter(({ allowsHttp }) => !allowsHttp)
  if (cdn.url.startsWith('http:') && strict.length > 0) {
    return unhealthy(
      name,
      'scheme-differs',
      `Files are served over https alone by ${patternsOf(strict)}: what is signed for http is ` +
        'refused there.',
      'Set the CDN\'s "url" to https.',
      { expected: `https://${host}`, found: cdn.url }
    )
  }
  if (cdn.url.startsWith('https:') && !distribution.certified && host !== distribution.domain) {
    return unhealthy(
      name,
      'certificate-missing',
      `The distribution has no certificate for ${host}.`,
      'Give it one that covers the name.'
    )
  }
  return healthy(name, `The distribution answers at ${cdn.url}.`)
}

/** Whether it asks for access wherever access is granted. */
export function accessOf ({ cdn }: AccessCdn, { paths, behaviours }: Serving): Check {
  const name = `access at ${cdn.name}`
  const open = behaviours.filter(({ restriction }) => restriction === 'none')
  const fix = 'Name a trusted key group under "Restrict viewer access" of these behaviours.'
  if (open.length > 0 || behaviours.length === 0) {
    const what = paths === undefined
      ? 'No behaviour asks viewers for access.'
      : `What is granted is served to everybody, by ${patternsOf(open)}.`
    return unhealthy(name, 'open-to-all', what, fix)
  }
  const signers = behaviours.filter(({ restriction }) => restriction === 'signers')
  return signers.length > 0
    ? unhealthy(
      name,
      'signers-trusted',
      `Access is by the keys of AWS accounts, trusted signers, at ${patternsOf(signers)}.`,
      fix
    )
    : healthy(name, `Viewers are asked for access by ${patternsOf(behaviours)}.`)
}

/** Whether it trusts a key wherever access is granted, and under the id that the key has here. */
export function keyOf (
  { cdn }: AccessCdn,
  { id, identity }: CdnKey,
  serving: Serving
): Check {
  const name = `key ${id} of ${cdn.name}`
  const { distribution: { publicKeys }, paths, behaviours } = serving
  const ids = [...publicKeys.keys()]
  const evidence = { expected: ids.length === 0 ? 'none' : ids.join(', '), found: id }
  if (!publicKeys.has(id)) {
    const [other] = [...publicKeys].find(([, own]) => own === identity) ?? []
    return unhealthy(
      name,
      'key-untrusted',
      'No trusted key group of the distribution has a key of this id.',
      other === undefined
        ? 'Upload its public half, and put it into a trusted key group.'
        : `CloudFront knows this key as ${other}: set "keyPairId" to that.`,
      evidence
    )
  }
  if (publicKeys.get(id) !== identity) {
    return unhealthy(
      name,
      'key-differs',
      'CloudFront has another public key under this id: whatever is signed is refused.',
      'Give the private key that belongs to it, or the id of this one.'
    )
  }
  const asking = behaviours.filter(({ restriction }) => restriction !== 'none')
  const closed = asking.filter(({ keyIds }) => !keyIds.includes(id))
  if (closed.length === 0) return healthy(name, 'Each behaviour that asks for access trusts it.')
  return paths === undefined
    ? healthy(name, `It opens nothing of ${patternsOf(closed)}; the option "paths" is not given.`)
    : unhealthy(
      name,
      'key-untrusted',
      `What is granted is also served by ${patternsOf(closed)}, which do not trust it.`,
      'Name its key group there too.'
    )
}
