/** What POSIX and this language read alike: all that is written here. */
const readable = /^\^(?:[^\\.[()*+?{|^$]|\\[.[\\()*+?{|^$]|\.\*|\[\^\?\]\*?|[(|)])*\$$/

/**
 * A URI Signing container (RFC 9246, section 2.1.15) as a POSIX extended regular expression,
 * anchored at both ends: Traffic Server anchors the start alone. Paths are alternatives.
 *
 * A `*` at a path's end also covers the query; other wildcards stop at it, so that no query can
 * stand in for a path.
 */
export function uriPattern (origin: string, paths: readonly string[]): string {
  const alternatives = paths.map(pathPattern).join('|')
  return `^${escapePattern(origin)}${paths.length === 1 ? alternatives : `(${alternatives})`}$`
}

/** The pattern of one URI with its query. */
export function exactUriPattern (uri: string): string {
  return `^${escapePattern(normalizeEncoding(uri))}$`
}

/**
 * Percent-encoding in its normal form (RFC 3986, section 6.2.2): what needs none is decoded,
 * the rest is upper-case.
 */
export function normalizeEncoding (uri: string): string {
  return uri.replace(/%[0-9A-Fa-f]{2}/g, (encoded) => {
    const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16))
    return /[A-Za-z0-9\-._~]/.test(character) ? character : encoded.toUpperCase()
  })
}

/**
 * True where a pattern that was made here matches a whole URI, in its normal form;
 * undefined for other patterns.
 */
export function matchesUriPattern (pattern: string, uri: string): boolean | undefined {
  if (!readable.test(pattern)) return undefined
  return new RegExp(pattern, 'sy').test(normalizeEncoding(uri))
}

/**
 * True where two URIs that a server tells apart can have one form by the time that
 * a pattern is matched.
 */
export function hasAmbiguousEncoding (uri: string): boolean {
  return normalizeEncoding(uri).includes('%')
}

function pathPattern (path: string): string {
  const whole = normalizeEncoding(path)
  return whole.replace(/\*+|\?|[^*?]+/g, (part, offset: number) => {
    if (part === '?') return '[^?]'
    if (!part.startsWith('*')) return escapePattern(part)
    return offset + part.length === whole.length ? '.*' : '[^?]*'
  })
}

/**
 * Escapes what has a meaning in a POSIX extended regular expression, and nothing else: other
 * escapes have none there.
 */
function escapePattern (text: string): string {
  return text.replace(/[.[\\()*+?{|^$]/g, '\\$&')
}
