import type { Cdn } from '../cdn/cdn.js'
import { hostSpan } from '../cdn/host-pattern.js'
import * as errors from '../errors.js'
import { loadSuffixes } from './cookie-options.js'

/**
 * Refuses a pattern of hosts that covers a public suffix, and so hosts of others. The list of them
 * is loaded for this alone.
 *
 * @throws CDN_ACCESS_HOST_INVALID
 */
export async function checkCdnHost (cdn: Cdn): Promise<void> {
  const { domain, below, written } = hostSpan(cdn)
  if (!below) return
  const { getPublicSuffix } = await loadSuffixes()
  if (getPublicSuffix(domain, { allowPrivateDomains: true }) === domain) {
    throw new errors.CDN_ACCESS_HOST_INVALID(
      cdn.name,
      `is too wide: "${domain}" is a public suffix, and "${written}" covers hosts of others. ` +
        'Name a domain of your own behind the "*"'
    )
  }
}
