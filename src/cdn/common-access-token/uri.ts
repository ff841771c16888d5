import { matches, uriParts, type PathMatch } from './claims.js'

/** The `catu` of a token: its host, and its path; undefined where it is not as it is written here. */
export function readUri (catu: unknown): { host: string, path: PathMatch } | undefined {
  if (!(catu instanceof Map) || catu.size !== 2) return undefined
  const host = soleMatch(catu.get(uriParts.host))
  const path = soleMatch(catu.get(uriParts.path))
  if (host?.match !== matches.exact || path === undefined) return undefined
  if (path.match === matches.exact) {
    return { host: host.text, path: { kind: 'exact', path: path.text } }
  }
  return path.match === matches.prefix
    ? { host: host.text, path: { kind: 'prefix', path: path.text } }
    : undefined
}

/** Compared as they are sent, byte for byte. */
export function coversPath ({ kind, path }: PathMatch, requested: string): boolean {
  return kind === 'exact' ? requested === path : requested.startsWith(path)
}

/** The only match of a part: several would have to hold at once, and libraries differ on that. */
function soleMatch (part: unknown): { match: unknown, text: string } | undefined {
  if (!(part instanceof Map) || part.size !== 1) return undefined
  const [[match, text] = []] = part as Map<unknown, unknown>
  return typeof text === 'string' ? { match, text } : undefined
}
