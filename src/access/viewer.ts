import type { Changes } from './clearing.js'
import type { Revocable } from './revocable.js'

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
