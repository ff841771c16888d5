import * as errors from '../../errors.js'
import type { Behaviour, Distribution } from './distribution.js'

/**
 * The address at which viewers ask a distribution: the name that `alias` says, else its first
 * alternate domain name that is no wildcard, else its own domain. It is https, which every behaviour
 * answers, unless an alternate name has no certificate and `behaviours` allow http.
 *
 * @throws CDN_ACCESS_DISTRIBUTION_ALIAS
 */
export function distributionAddress (
  distribution: Distribution,
  alias: string | undefined,
  behaviours: readonly Behaviour[]
): string {
  const host = hostOf(distribution, alias?.toLowerCase())
  if (distribution.certified || host === distribution.domain) return `https://${host}`
  if (behaviours.every(({ allowsHttp }) => allowsHttp)) return `http://${host}`
  throw new errors.CDN_ACCESS_DISTRIBUTION_ALIAS(
    distribution.id,
    `has no certificate for "${host}", and answers https alone: give it one`
  )
}

/**
 * True where a distribution answers at a host. Its wildcards stand for any number of labels. Names of
 * tenants are not in the distribution that they share: it may answer at any.
 */
export function isNameOf ({ domain, aliases }: Distribution, host: string): boolean {
  return domain === undefined || host === domain ||
    aliases.some((alias) =>
      alias === host || (alias.startsWith('*.') && host.endsWith(alias.slice(1)))
    )
}

/** What a distribution is called, for messages. */
export function namesOf ({ domain, aliases }: Distribution): string {
  const names = [...aliases, ...domain === undefined ? [] : [domain]]
  return names.length === 0 ? 'those of its tenants' : names.join(', ')
}

function hostOf (distribution: Distribution, alias: string | undefined): string {
  const { id, domain, aliases } = distribution
  if (alias !== undefined) {
    if (isNameOf(distribution, alias)) return alias
    throw new errors.CDN_ACCESS_DISTRIBUTION_ALIAS(
      id,
      `does not answer at "${alias}": its names are ${
        namesOf(distribution)
      }. Give one of these as ` +
        '"alias", or add the name to the distribution'
    )
  }
  const host = aliases.find((name) => !name.startsWith('*')) ??
    (aliases.length === 0 ? domain : undefined)
  if (host !== undefined) return host
  throw new errors.CDN_ACCESS_DISTRIBUTION_ALIAS(
    id,
    `has no name that is one host: its names are ${namesOf(distribution)}. Say with "alias" at ` +
      'which host viewers ask'
  )
}
