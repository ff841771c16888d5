import { createHash } from 'node:crypto'
import { stringify } from 'safe-stable-stringify'
import type { CdnGrant } from './cdn/cdn.js'
import type { AccessCdn } from './cookies.js'

/**
 * A hash of everything that decides what is signed and set, but for the key and the expiry: 96 bits, base64url.
 * It is made of JSON, never of a joined string, in which two lists could read alike.
 */
export function fingerprintOf (parts: ReadonlyArray<{ readonly target: AccessCdn, readonly grant: Omit<CdnGrant, 'expiresAt'> }>): string {
  const canonical = stringify(parts.map(({ target, grant }) => [setUpOf(target), grant]))
  return createHash('sha256').update(canonical).digest('base64url').slice(0, 16)
}

function setUpOf ({ cdn, attributes }: AccessCdn): unknown {
  return { name: cdn.name, url: cdn.url, format: cdn.format, attributes }
}
