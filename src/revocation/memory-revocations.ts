import type { RevocationStore, Revoked } from './revocation-store.js'
import { laterOf } from './revocation-value.js'

/**
 * Revocations in the memory of this process: for tests, and for an API of one process whose access
 * ends before a restart is over. Other processes know nothing of them, and a restart forgets them:
 * else use {@link redisRevocations}.
 *
 * An entry takes about 200 bytes, and goes with the first revocation after its `until`.
 */
export function memoryRevocations (): RevocationStore {
  const kept = new Map<string, Revoked>()

  /** What was revoked first is over first, but for a clock that was set. */
  function forget (now: number): void {
    for (const [id, { until }] of kept) {
      if (until > now) return
      kept.delete(id)
    }
  }

  return {
    revoke: async (id, since, until) => {
      forget(since)
      const later = laterOf({ since, until }, kept.get(id))
      kept.delete(id)
      kept.set(id, later)
    },
    since: async (id) => kept.get(id)?.since
  }
}
