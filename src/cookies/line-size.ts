/** What nginx' default buffer for a reply's head holds beside the rest of it. */
export const defaultProxyBytes = 3584

/**
 * What the largest common buffer holds. Beyond it proxies answer 502, and nothing is set or
 * cleared.
 */
export const largestProxyBytes = 8192

/** What lines take in a head, each with its name and its end. */
export function bytesOf (lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + 'set-cookie: \r\n'.length + line.length, 0)
}
