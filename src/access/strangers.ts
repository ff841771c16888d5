import type { AccessCdn } from '../cookies/cookies.js'
import type { EpochSeconds } from '../time.js'
import type { Ticket } from './ticket.js'

interface StrangerContext {
  readonly rules: { readonly targets: readonly AccessCdn[], readonly ttl: number }
  readonly ticketName: string
  readonly warn: (message: string) => void
}

/** Longer than a deploy, in which old and new processes hand out tickets side by side. */
const patienceSeconds = 3600

/**
 * Says once where tickets that are still good keep coming from another service on the same host:
 * one that uses the same ticket cookie for CDNs, or cookies of another Domain, that are unknown
 * here. Each of the two then clears what the other sets.
 */
export function createStrangerWarning (
  { rules: { targets, ttl }, ticketName, warn }: StrangerContext
): (ticket: Ticket, now: EpochSeconds) => void {
  let firstSeen: EpochSeconds | undefined
  let warned = false
  return ({ places }, now) => {
    if (warned) return
    const stranger = places.find(({ cdn, domain }) =>
      !targets.some((own) => own.cdn.name === cdn && own.attributes.domain === domain)
    )
    if (stranger === undefined) return
    firstSeen ??= now
    if (now - firstSeen < patienceSeconds + ttl) return
    warned = true
    warn(
      `tickets keep coming that name the CDN "${stranger.cdn}" on ` +
        `${stranger.domain ?? 'the API\'s host alone'}, which this registration does not have: ` +
        `another service on this host uses the cookie "${ticketName}" too, and each clears what ` +
        'the other sets. Give each its own "name"'
    )
  }
}
