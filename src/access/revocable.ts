import type { EpochSeconds } from '../time.js'

/** By what access can be revoked, and up to when it was. */
export interface Revocable {
  /** 16 bytes in base64url. */
  readonly id: string
  /** All that was issued up to then is revoked; undefined where nothing is. */
  readonly since: EpochSeconds | undefined
  /** What is issued now is marked with this second, which is later than `since`. */
  readonly issuedAt: EpochSeconds
}
