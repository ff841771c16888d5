import { hash } from 'node:crypto'
import { stringify } from 'safe-stable-stringify'
import type { CdnGrant } from '../cdn/cdn.js'
import type { AccessCdn } from '../cookies/cookies.js'

/**
 * A hash of everything that decides what is signed and set, but for the key and the expiry: 96
 * bits, base64url. It is made of JSON, never of a joined string, in which two lists could read
 * alike.
 */
export function fingerprintOf (
  parts: ReadonlyArray<{ readonly target: AccessCdn, readonly grant: Omit<CdnGrant, 'expiresAt'> }>
): string {
  const canonical = parts.map(({ target, grant }) => `[${setUpOf(target)},${stringify(grant)}]`)
    .join()
  return hash('sha256', canonical, 'base64url').slice(0, 16)
}

/** The same for every grant, so it is written once. */
const setUps = new WeakMap<AccessCdn, string>()

function setUpOf (target: AccessCdn): string {
  const { cdn, attributes } = target
  const known = setUps.get(target) ??
    stringify({ name: cdn.name, url: cdn.url, format: cdn.format, attributes } as object)
  setUps.set(target, known)
  return known
}
