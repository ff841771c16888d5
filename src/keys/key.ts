import type { Duration, EpochSeconds } from '../time.js'

/** One parsed key of a CDN. A CDN adds its own key material. */
export interface CdnKey {
  /** The id by which the CDN knows the key, for people; some formats send it. */
  readonly id: string
  /**
   * A hash of the key's public half, for a symmetric key a keyed hash, base64url, at least 8
   * characters. Tickets name keys by a hash of it and of the id.
   */
  readonly identity: string
  /**
   * What kind of key it is, such as `RSA-2048` or `EC P-256`, for people; left out where formats
   * have one kind.
   */
  readonly type?: string
  /** False where only the public half is there. */
  readonly canSign: boolean
  /** The key signs nothing before this second. */
  readonly notBefore?: EpochSeconds
  /** The key signs nothing that outlasts this second, and is not accepted after it. */
  readonly notAfter?: EpochSeconds
}

/** When a key may be used. */
export interface KeyValidity {
  /**
   * The key signs nothing before this moment: a `Date` or epoch seconds. Give the CDN
   * time to learn of it.
   */
  readonly notBefore?: Date | EpochSeconds
  /** The key signs nothing that outlasts this moment, and is not accepted after it. */
  readonly notAfter?: Date | EpochSeconds
}

/** What every source of keys takes. */
export interface KeySourceOptions {
  /** How often to load again; default 5m, at least 1s, at most 7d. */
  readonly every?: Duration
  /**
   * How long after a key was first seen it begins to sign, so that the CDN and every process have
   * it by then; default 10m, at most 7d, 0 for at once. **A key that signs before the CDN has it
   * refuses every viewer.** Until one has settled, the key that was seen first signs, of several
   * the one listed last.
   */
  readonly settle?: Duration
}

/**
 * A JSON file that holds one entry or an array of at most 100, read again when it changes and at
 * every interval: a regular file of at most 1 MiB, perhaps behind symbolic links.
 */
export interface KeyFile extends KeySourceOptions {
  readonly file: string
}

/** What a source is told at each load. */
export interface KeyLoadDetails {
  /**
   * Aborted where a load takes longer than 30 seconds, which then counts as failed, or where the
   * server closes: hand it on to what may hang.
   */
  readonly signal: AbortSignal
  /** The server's clock. */
  readonly now: EpochSeconds
  /**
   * Makes a whole entry of a key's id and its material, with the names that this CDN's entries
   * have. For a format whose entries have no id, the id is left out.
   *
   * @throws CDN_ACCESS_KEY_SOURCE_INVALID for a CDN of your own that has no `keyFields`
   */
  readonly entryOf: (id: string, key: string | Uint8Array) => Readonly<Record<string, unknown>>
  /**
   * The key of an entry as this CDN reads it; undefined where it can't be read. For a source that
   * holds what is not ready yet beside what is: a ring with one bad entry is refused whole.
   */
  readonly keyOf: (entry: unknown) => Pick<CdnKey, 'id' | 'identity'> | undefined
}

/**
 * A function that yields one entry or an array of at most 100, called again at every interval. It
 * is never called while an earlier call has not settled.
 */
export interface KeyLoader<Entry = unknown> extends KeySourceOptions {
  readonly load: (
    details: KeyLoadDetails
  ) => Entry | readonly Entry[] | Promise<Entry | readonly Entry[]>
  /**
   * For a source that can tell when it changes: called once when the ring opens, with what loads
   * again at once. It returns what ends it. Where it throws or never calls, `every` is the net.
   */
  readonly watch?: (changed: () => void) => () => void
}

/**
 * A CDN's keys, at most 100: all are accepted, and the first that may sign does; of a source the
 * first that has settled.
 */
export type Keys<Entry = unknown> = readonly Entry[] | KeyFile | KeyLoader<Entry>
