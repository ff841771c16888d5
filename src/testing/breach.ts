import type { Cdn, CdnGrant } from '../cdn/cdn.js'
import * as errors from '../errors.js'

/** The error of a breach of the contract; `cause` is what the CDN itself threw. */
export function breach (cdn: Pick<Cdn, 'name'>, words: string, cause?: unknown): Error {
  return new errors.CDN_ACCESS_CDN_CONTRACT(cdn.name, words, { cause })
}

/** True of what {@link breach} made. */
export function isBreach (error: unknown): boolean {
  return error instanceof errors.CDN_ACCESS_CDN_CONTRACT
}

/** A grant as the words of a breach show it. */
export function shown (grant: CdnGrant): string {
  return JSON.stringify({ ...grant, expiresAt: undefined })
}

/** What was thrown, in one line. */
export function messageOf (thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
