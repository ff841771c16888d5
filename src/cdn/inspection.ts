import type { RefusalCode } from './refusal-codes.js'
import type { EpochSeconds } from '../time.js'

/** A request as somebody has seen it, with whatever it carries. */
export interface SeenRequest {
  /** Scheme, host and port. */
  readonly origin: string
  readonly path: string
  /** Without `?`; empty where there is none. */
  readonly query: string
  /** Raw pairs in the order of the `Cookie` header. */
  readonly cookies: ReadonlyArray<readonly [name: string, value: string]>
}

/** Something about credentials that CDNs take amiss, or that its maker may not have meant. */
export interface Oddity {
  readonly code: RefusalCode
  readonly detail: string
}

/**
 * What one set of credentials says of itself, read without any key: nothing of it is proven. It
 * holds no signature.
 */
export interface Inspection {
  /** The CDN's name in the registry. */
  readonly cdn: string
  /** What it is, for people. */
  readonly kind: string
  readonly place: 'cookies' | 'url'
  /** The cookies or parameters that it was read from. */
  readonly names: readonly string[]
  /** The id of the key, or the issuer, that it names. */
  readonly signer?: string
  readonly algorithm?: string
  /** What it is good for: URLs or paths, with the format's own wildcards. */
  readonly grants: readonly string[]
  /** Whether that covers the request; undefined where it can't be seen. */
  readonly covers?: boolean
  /** Access begins after this second. */
  readonly startsAt?: EpochSeconds
  readonly endsAt?: EpochSeconds
  /** The address or range that it is bound to. */
  readonly address?: string
  readonly oddities: readonly Oddity[]
}

/** Reads the credentials of one format. */
export type Inspector = (request: SeenRequest) => Inspection[]
