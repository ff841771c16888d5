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

/**
 * A JSON file that holds one entry or an array of at most 100, read again at every interval: a
 * regular file of at most 1 MiB.
 */
export interface KeyFile {
  readonly file: string
  /** How often to read it again; default 5m, at least 1s. */
  readonly every?: Duration
}

/**
 * A function that yields one entry or an array of at most 100, called again at every interval. It
 * is never called while an earlier call has not settled.
 */
export interface KeyLoader<Entry = unknown> {
  /**
   * `signal` is aborted where a load takes longer than 30 seconds, which then counts as failed, or
   * where the server closes: hand it on to what may hang.
   */
  readonly load: (
    details: { readonly signal: AbortSignal }
  ) => Entry | readonly Entry[] | Promise<Entry | readonly Entry[]>
  /** How often to call it again; default 5m, at least 1s. */
  readonly every?: Duration
}

/** A CDN's keys, at most 100: the first that may sign does, and all are accepted. */
export type Keys<Entry = unknown> = readonly Entry[] | KeyFile | KeyLoader<Entry>
