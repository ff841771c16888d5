import { isCdnPath } from '../cdn/cdn-path.js'
import type { NoteFolders } from './lone-folder.js'
import { readGrant, type GrantRules, type Permission } from './grant.js'
import type { EpochSeconds } from '../time.js'
import { createSecondSightCache } from './second-sight-cache.js'

/** Reads what `authorize` returned; undefined is a denial. */
export type ReadPermission = (authorization: unknown, now: EpochSeconds) => Permission | undefined

/**
 * Reads grants like {@link readGrant} and keeps those of the common form, `true` or an array of
 * paths, so that a viewer's next poll needs no planning and no hash.
 */
export function createPermissionReader (
  rules: GrantRules,
  cacheSize: number,
  noteFolders: NoteFolders
): ReadPermission {
  const read: ReadPermission = (authorization, now) => {
    const permission = readGrant(authorization, rules, now)
    permission?.parts.forEach(({ grant }) => noteFolders(grant.paths))
    return permission
  }
  const kept = cacheSize === 0 ? undefined : createSecondSightCache<Permission>(cacheSize)
  return (answer, now) => {
    // Read once: what a getter answers next time could be kept under the name of what it answered
    // first.
    const authorization: unknown = Array.isArray(answer) ? [...answer as unknown[]] : answer
    const key = kept === undefined ? undefined : keyOf(authorization)
    if (key === undefined) return read(authorization, now)
    const known = kept!.get(key)
    if (known !== undefined) return known
    const permission = read(authorization, now)
    if (permission !== undefined) kept!.set(key, permission)
    return permission
  }
}

/**
 * Text that two authorizations share only where they mean the same. A literal string and what
 * `cdnPath` made are told apart, and each is quoted, for two lists must never read alike.
 */
function keyOf (authorization: unknown): string | undefined {
  if (authorization === true) return 'true'
  if (!Array.isArray(authorization)) return undefined
  // The commonest grant's own text will do: it begins with a slash, as no other key does.
  if (authorization.length === 1 && isCdnPath(authorization[0])) return authorization[0].path
  let key = ''
  for (const granted of authorization as unknown[]) {
    if (typeof granted === 'string') key += `s${JSON.stringify(granted)}`
    else if (isCdnPath(granted)) key += `p${granted.path}"`
    else return undefined
  }
  return key
}
