import type { EpochSeconds } from '../time.js'
import type { Permission } from './grant.js'
import { refreshWindow } from './refresh-window.js'

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

/** Durations in whole seconds. Viewers of one step are told to ask again at different times. */
export function receiptOf (
  status: Receipt['status'],
  expiresAt: EpochSeconds,
  permission: Pick<Permission, 'ttl' | 'refreshBefore' | 'expiryStep' | 'until'>,
  now: EpochSeconds
): Receipt {
  const expiresIn = expiresAt - now
  const { earliest, latest } = refreshWindow(permission)
  const begins = expiresAt === permission.until ? expiresIn : Math.max(0, expiresIn - earliest)
  const ends = Math.max(begins, expiresIn - latest)
  const drawn = Math.ceil(begins + Math.random() * (ends - begins))
  return { status, expiresIn, refreshIn: Math.max(1, Math.min(expiresIn, drawn)), expiresAt }
}
