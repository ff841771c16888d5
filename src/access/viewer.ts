import type { EpochSeconds } from '../time.js'
import type { Changes } from './clearing.js'

/** By what access can be revoked, and up to when it was. */
export interface Revocable {
  /** 16 bytes in base64url. */
  readonly id: string
  /** All that was issued up to then is revoked; undefined where nothing is. */
  readonly since: EpochSeconds | undefined
  /** What is issued now is marked with this second, which is later than `since`. */
  readonly issuedAt: EpochSeconds
}

/** What one request tells of its viewer. */
export interface Viewer {
  /** The raw `Cookie` header. */
  readonly cookies: string | undefined
  /** What the request asks for; undefined for all that the viewer may fetch. */
  readonly area: string | undefined
  /** By what its access can be revoked; undefined where by nothing. */
  readonly revocable: Revocable | undefined
  /** What the reply at hand will do already. */
  readonly staged: Staged | undefined
}

interface Staged extends Pick<Changes, 'places' | 'everyArea'> {
  readonly kind: string
}
