import type { EpochSeconds } from '../time.js'
import type { Permission } from './grant.js'

/** The route's reply. The durations are what counts: a viewer's clock is often wrong. */
export interface Receipt {
  /**
   * `issued`: no ticket of this registration came; `refreshed`: one came, and cookies were set
   * anew, for whatever reason; `fresh`: nothing to do, no cookie was set.
   */
  readonly status: 'issued' | 'refreshed' | 'fresh'
  /** Seconds until access ends. */
  readonly expiresIn: number
  /**
   * Seconds until the viewer should ask again; spread at random, so that viewers do not all ask at
   * once.
   */
  readonly refreshIn: number
  /** When access ends, in epoch seconds. */
  readonly expiresAt: EpochSeconds
}

/**
 * Durations in whole seconds. Viewers of one step ask again spread over half of `refreshBefore`.
 */
export function receiptOf (
  status: Receipt['status'],
  expiresAt: EpochSeconds,
  { refreshBefore, until }: Pick<Permission, 'refreshBefore' | 'until'>,
  now: EpochSeconds
): Receipt {
  const expiresIn = expiresAt - now
  const untilDue = expiresAt === until ? expiresIn : Math.max(0, expiresIn - refreshBefore)
  const spread = Math.random() * refreshBefore / 2
  const refreshIn = Math.max(1, Math.min(expiresIn, Math.ceil(untilDue + spread)))
  return { status, expiresIn, refreshIn, expiresAt }
}
