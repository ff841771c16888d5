import * as errors from '../../errors.js'

/** Refuses a path that a CDN's format can't hold, or would widen. */
export function refusePath (cdn: string, path: string, why: string): never {
  throw new errors.CDN_ACCESS_PATH_UNSUPPORTED(cdn, path, why)
}

/**
 * Refuses a path for a character that a CDN's format can't hold, and names it as whoever wrote the
 * path knows it: a `*` that `cdnPath` encoded is a `*`. `found` begins with it, as it stands there.
 */
export function refuseCharacter (cdn: string, path: string, found: string, why: string): never {
  refusePath(cdn, path, `it holds ${characterIn(found)}, ${why}`)
}

function characterIn (found: string): string {
  const [encoded] = /^(?:%[0-9A-F]{2})+/i.exec(found) ?? []
  if (encoded === undefined) return JSON.stringify(found[0])
  try {
    const [character] = Array.from(decodeURIComponent(encoded))
    return `${printable(character!)} percent-encoded`
  } catch {
    return JSON.stringify(encoded)
  }
}

function printable (character: string): string {
  return /[\p{C}\p{Z}]/u.test(character)
    ? `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`
    : JSON.stringify(character)
}

/** Refuses a part of a grant, by its name, that a CDN's format can't hold. */
export function refuseGrant (cdn: string, part: string, why: string): never {
  throw new errors.CDN_ACCESS_GRANT_UNSUPPORTED(cdn, part, why)
}

/** Refuses a claim that a CDN's format can't hold. */
export function refuseClaim (cdn: string, claim: string, why: string): never {
  refuseGrant(cdn, `claims.${claim}`, why)
}

/** Refuses a URL that a CDN can't sign. */
export function refuseUrl (cdn: string, why: string): never {
  throw new errors.CDN_ACCESS_SIGNED_URL_UNSUPPORTED(cdn, why)
}
