import { hash } from 'node:crypto'
import { remember } from '../remember.js'
import type { Permission } from './grant.js'
import type { Revocable } from './revocable.js'

/** The fingerprint of what one viewer should hold. */
export type ViewerFingerprints = (
  permission: Pick<Permission, 'fingerprint'>,
  revocable: Revocable | undefined
) => string

/**
 * Makes of a permission's fingerprint that of a viewer who can be revoked: with a revocation it
 * becomes another, so that a ticket of before is not fresh. As many as `size` are kept, for a poll
 * makes no hash.
 */
export function createViewerFingerprints (size: number): ViewerFingerprints {
  const hashOf = remember(size, (text) => hash('sha256', text, 'base64url'))
  return ({ fingerprint }, revocable) => {
    if (revocable === undefined) return fingerprint
    const { id, since = 0 } = revocable
    // All but the last have a fixed length: no two read alike.
    return hashOf(`${fingerprint}${id}${since}`).slice(0, fingerprint.length)
  }
}
