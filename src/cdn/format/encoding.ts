import { matchesWildcard } from './wildcard.js'

/**
 * True where what was granted would cover what is requested if both were percent-encoded alike:
 * `/u/O'Neil/*` and `/u/O%27Neil/a`. In what was granted `*` and `?` are wildcards.
 */
export function differsInEncodingAlone (granted: string, requested: string): boolean {
  return matchesWildcard(bytesOf(granted, /[*?]/), bytesOf(requested))
}

/** What a request's refusal ends with, where it differs from what was granted in that alone. */
export function encodingHint (granted: readonly string[], requested: string): string {
  return granted.some((path) => differsInEncodingAlone(path, requested))
    ? ' The two differ in percent-encoding alone, and it is compared as it is sent: ' +
      'let the page ask in the spelling that was granted.'
    : ''
}

/** A character for each byte, away from those that are wildcards: they stay as they are. */
function bytesOf (path: string, wildcard?: RegExp): string {
  return path.replace(
    /%([0-9A-F]{2})|[^]/gi,
    (written, hex: string | undefined) =>
      wildcard?.test(written) === true
        ? written
        : String.fromCharCode(
          0xe000 + (hex === undefined ? written.charCodeAt(0) : Number.parseInt(hex, 16))
        )
  )
}
