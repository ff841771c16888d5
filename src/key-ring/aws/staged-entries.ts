import stringify from 'safe-stable-stringify'
import type { EpochSeconds } from '../../time.js'
import { verifying, type EntryFields, type SecretVersion } from './secret-version.js'

/** The versions of a secret that are there. */
export interface StagedVersions {
  readonly current: SecretVersion
  readonly previous?: SecretVersion
  readonly pending?: SecretVersion
}

/**
 * The entries of a secret's versions in the order in which they sign, each key once. Until AWSCURRENT
 * has settled AWSPREVIOUS stands before it: so it signs where it can, and where it can't AWSCURRENT
 * does. Then it only verifies, as AWSPENDING always does.
 */
export function stagedEntries (
  { current, previous, pending }: StagedVersions,
  settledBefore: EpochSeconds
): readonly EntryFields[] {
  const isSettled = current.createdAt <= settledBefore
  const before = previous?.entries ?? []
  // Reversed, so that of a key that is there twice the first counts, as it does below.
  const own = new Map(current.entries.toReversed().map((entry) => [nameOf(entry), entry]))
  const ordered = [
    ...isSettled ? [] : before.map((entry) => own.get(nameOf(entry)) ?? entry),
    ...current.entries,
    ...before.map(verifying),
    ...(pending?.entries ?? []).map(verifying)
  ]
  const named = new Map<string, EntryFields>()
  for (const entry of ordered) {
    const name = nameOf(entry)
    if (!named.has(name)) named.set(name, entry)
  }
  return [...named.values()]
}

/** All that is in an entry but when it is good: it may be in two versions with another end. */
function nameOf ({ notBefore: _begin, notAfter: _end, ...key }: EntryFields): string {
  return stringify(key)
}
