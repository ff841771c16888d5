import type { Permission } from './grant.js'

/** Seconds before the end of access. */
export interface RefreshWindow {
  /** From here on access is renewed for who asks. */
  readonly earliest: number
  /** From here on nobody is left who was not told to ask. */
  readonly latest: number
}

/**
 * When viewers are told to ask again: spread over a time that is longer than `refreshBefore`, so
 * that those who came in one second are a crowd no more, and that ends half of it before access
 * does, so that an API may be away for as long. How wide it pays to be was found by simulation.
 */
export function refreshWindow (
  { ttl, refreshBefore, expiryStep }: Pick<Permission, 'ttl' | 'refreshBefore' | 'expiryStep'>
): RefreshWindow {
  return {
    earliest: Math.min(Math.floor(refreshBefore * 1.75), ttl - 2 * expiryStep),
    latest: Math.ceil(refreshBefore / 2)
  }
}
