import type { EpochSeconds } from '../time.js'

/**
 * Where revocations are kept, for all processes that share it. Ids are hashes of 22 characters, never
 * what the app calls its viewers. Anyone can pass an object of this shape.
 */
export interface RevocationStore {
  /**
   * Keeps that all was revoked that was issued up to `since`; may forget it from `until` on. Called
   * for one id again and at the same time, it never lowers what it keeps.
   */
  revoke(id: string, since: EpochSeconds, until: EpochSeconds): Promise<void>
  /**
   * When an id was last revoked; undefined where it was not, or where that is forgotten. Rejects
   * where it can't be known.
   */
  since(id: string): Promise<EpochSeconds | undefined>
}

/** What tells edges, which look at a store of their own. */
export interface RevocationEdge {
  /** By which an error names it. */
  readonly name: string
  /** Like {@link RevocationStore.revoke}; resolves when the edge's store has it. */
  revoke(id: string, since: EpochSeconds, until: EpochSeconds): Promise<void>
}

/** What `fastify.cdnAccess.revoke` did. */
export interface Revoked {
  /** All that was issued up to this second is revoked. */
  readonly since: EpochSeconds
  /** Nothing that was issued up to then can be good any more: stores forget it from here on. */
  readonly until: EpochSeconds
}
