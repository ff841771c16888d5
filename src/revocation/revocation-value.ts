import type { Revoked } from './revocation-store.js'

const shape = /^(\d{1,11})\.(\d{1,11})$/

/** A revocation as stores of text keep it: `<since>.<until>`. */
export function formatRevocation ({ since, until }: Revoked): string {
  return `${since}.${until}`
}

/** Reads what a store kept; undefined for what is no revocation. */
export function parseRevocation (text: string): Revoked | undefined {
  const [, since, until] = shape.exec(text) ?? []
  return since === undefined ? undefined : { since: Number(since), until: Number(until) }
}

/** Of two revocations of one id, what both have revoked, for as long as both ask. */
export function laterOf (
  one: Revoked,
  other: Revoked | undefined
): Revoked {
  if (other === undefined) return one
  return { since: Math.max(one.since, other.since), until: Math.max(one.until, other.until) }
}
