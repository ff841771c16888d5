import { pathsAt } from '../access/parts.js'
import type { Check } from '../cdn/cdn.js'
import { resolveOptions, type CdnAccessConfig } from '../config/config.js'
import { defaultPrefix } from '../config/env.js'
import type { AccessCdn } from '../cookies/cookies.js'
import { isNameOf } from '../key-ring/aws/distribution-address.js'
import { readDistribution, type Distribution } from '../key-ring/aws/distribution.js'
import { silence } from '../key-ring/key-events.js'
import { openKeyRing } from '../key-ring/key-ring.js'
import type { EpochSeconds } from '../time.js'
import type { Configuration } from './configuration.js'
import { accessOf, addressOf, keyOf, stateOf, type Serving } from './distribution-findings.js'
import { failure } from './examination.js'
import { servingPatterns } from './path-pattern.js'
import { UsageError } from './usage-error.js'

/**
 * Holds a configuration against what CloudFront says of a distribution.
 *
 * @throws UsageError where no CDN of it is CloudFront
 */
export async function examineDistribution (
  id: string,
  { options }: Configuration,
  now: EpochSeconds
): Promise<Check[]> {
  const config = await resolved(options)
  const targets = config?.rules.targets.filter(isCloudFront)
  if (targets?.length === 0) {
    throw new UsageError('--distribution is for a CDN of cloudfront(), and there is none')
  }
  let distribution: Distribution
  try {
    distribution = await readDistribution(id, {})
  } catch (error) {
    return [failure(`distribution ${id}`, error)]
  }
  const checks = [stateOf(distribution)]
  if (config === undefined || targets === undefined) return checks
  const own = targets.filter(({ cdn }) => isNameOf(distribution, new URL(cdn.url).hostname))
  for (const target of own.length === 0 ? targets : own) {
    const serving = servingOf(distribution, target, config)
    checks.push(addressOf(target, serving), accessOf(target, serving))
    checks.push(...await keysOf(target, serving, now))
  }
  return checks
}

/** Undefined where options do not fit: the check `options` says why. */
async function resolved (options: Configuration['options']): Promise<CdnAccessConfig | undefined> {
  try {
    return await resolveOptions({ authorize: Boolean, ...options }, defaultPrefix)
  } catch {
    return undefined
  }
}

function isCloudFront ({ cdn }: AccessCdn): boolean {
  return cdn.cookieNames.includes('CloudFront-Key-Pair-Id')
}

function servingOf (
  distribution: Distribution,
  target: AccessCdn,
  { rules, pathsGiven }: CdnAccessConfig
): Serving {
  const { behaviours } = distribution
  const paths = pathsGiven ? pathsAt(rules.paths, target) : []
  if (paths.length === 0) {
    const asking = behaviours.filter(({ restriction }) => restriction !== 'none')
    return { distribution, paths: undefined, behaviours: asking }
  }
  const patterns = behaviours.map(({ pattern }) => pattern)
  const serving = new Set(paths.flatMap((path) => servingPatterns(path, patterns)))
  return { distribution, paths, behaviours: behaviours.filter((_, index) => serving.has(index)) }
}

async function keysOf (
  target: AccessCdn,
  serving: Serving,
  now: EpochSeconds
): Promise<Check[]> {
  try {
    const ring = await openKeyRing(target.cdn, { log: silence, now: () => now })
    ring.close()
    const signing = ring.accepted(now).filter(({ canSign }) => canSign)
    return signing.map((key) => keyOf(target, key, serving))
  } catch {
    // The check of the keys themselves says why.
    return []
  }
}
