import * as errors from '../errors.js'

/**
 * A path that may hold a wildcard. Only {@link cdnPath} makes one, so that no
 * value of a viewer's can.
 */
export interface CdnPath {
  /** The path, percent-encoded, relative to the CDN's address. */
  readonly path: string
  toString(): string
}

/**
 * What a path covers: one file, all below a folder, all that begins with a text (`/videos/a*`), or
 * what another pattern matches.
 */
export type PathKind = 'exact' | 'prefix' | 'beginning' | 'glob'

type Segment = string | number | bigint

interface CdnPathTag {
  (strings: TemplateStringsArray, ...values: Segment[]): CdnPath
  /**
   * Like `cdnPath`, with `*` and `?` anywhere, for a CDN whose format has such patterns. **A value
   * right before a `*` opens every longer value as well:** `` cdnPath.glob`/videos/${id}*` `` of
   * `1` opens those of `12`; {@link CdnPathTag.prefix} refuses it.
   */
  glob: (strings: TemplateStringsArray, ...values: Segment[]) => CdnPath
  /**
   * All that begins with a text, for a CDN whose format has such prefixes:
   * `` cdnPath.prefix`/videos/2026-` `` is `/videos/2026-*`. **It also opens every longer name**:
   * `/videos/a` opens `/videos/ab` and `/videos/a/b`. So a value needs a text behind it that it
   * does not hold: `` cdnPath.prefix`/videos/${id}-` ``.
   */
  prefix: (strings: TemplateStringsArray, ...values: Segment[]) => CdnPath
}

/** Most ids, which need no encoding. */
const plainSegment = /^[A-Za-z0-9_-]+$/

/** What nearly every path looks like: plain segments, and perhaps a wildcard as the last one. */
const plainPath = /^(?=\/)(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9\-._~]+)*(?:\/\*?)?$/

/**
 * A template tag that makes a path: `` cdnPath`/courses/${id}/*` ``.
 *
 * What is interpolated stays inside one segment, spelled as `encodeURIComponent` spells it, which
 * is how browsers ask for it; a `*` in it becomes `%2A`, and so it must in the page's URL. `*` in
 * the template stands for everything below, and only as the last segment.
 *
 * @throws CDN_ACCESS_PATH_SEGMENT_INVALID where a value is empty, no string or whole number, `.` or
 * `..`, or holds a slash, a backslash or NUL
 * @throws CDN_ACCESS_PATH_INVALID where the whole does not fit the grammar, or where `cdnPath` was
 * called like a function
 */
export const cdnPath: CdnPathTag = Object.assign(
  (strings: TemplateStringsArray, ...values: Segment[]): CdnPath =>
    make(fill(strings, values), false),
  {
    glob: (strings: TemplateStringsArray, ...values: Segment[]): CdnPath =>
      make(fill(strings, values), true),
    prefix: (strings: TemplateStringsArray, ...values: Segment[]): CdnPath => {
      const text = fill(strings, values)
      if (/[*?]/.test(text)) {
        refuse(text, 'holds a wildcard, and cdnPath.prefix opens all that begins with a text')
      }
      refuseOpenValues(text, strings, values)
      return make(`${text}*`, true)
    }
  }
)

/** True of what {@link cdnPath} made, and of nothing else. */
export function isCdnPath (value: unknown): value is CdnPath {
  return typeof value === 'object' && value !== null && MadePath.made(value)
}

/** Reads a path that holds no wildcard. */
export function parseLiteralPath (path: string): string {
  if (typeof path === 'string' && /[*?]/.test(path)) {
    throw new errors.CDN_ACCESS_PATH_WILDCARD(printable(path))
  }
  return parsePath(path, false)
}

/**
 * Reads a path that may end in a wildcard segment: for paths that come from code,
 * never from a viewer.
 */
export function parseStaticPath (path: string): string {
  return parsePath(path, false)
}

/** What a valid path covers. */
export function pathKind (path: string): PathKind {
  const wildcard = path.search(/[*?]/)
  if (wildcard === -1) return 'exact'
  if (wildcard < path.length - 1 || path.endsWith('?')) return 'glob'
  return path.endsWith('/*') ? 'prefix' : 'beginning'
}

/**
 * The part of a path that no wildcard touches: the path itself, or up to the slash
 * before the first one.
 */
export function literalPart (path: string): string {
  const wildcard = path.search(/[*?]/)
  return wildcard === -1 ? path : path.slice(0, path.lastIndexOf('/', wildcard) + 1)
}

/** The private field is the brand: nothing outside of this file can make one. */
class MadePath implements CdnPath {
  readonly path: string
  readonly #made: true

  constructor (path: string) {
    this.path = path
    this.#made = true
    Object.freeze(this)
  }

  static made (value: object): value is MadePath {
    return #made in value && value.#made
  }

  toString (): string {
    return this.path
  }
}

function fill (strings: TemplateStringsArray, values: Segment[]): string {
  if (!Array.isArray(strings) || !Object.hasOwn(strings, 'raw')) {
    refuse(
      String(strings),
      'was given to cdnPath like an argument: write it as a template, cdnPath`/u/${id}/*`'
    )
  }
  if (strings.some((text) => text === undefined)) {
    refuse(strings.raw.join(''), 'holds an escape sequence that is none')
  }
  const parts = strings.map((text, index) =>
    index < values.length ? text + encodeSegment(values[index], index + 1) : text
  )
  return parts.join('')
}

/**
 * Refuses a value of the last segment that others could begin with: each must end where the text
 * behind it begins, however that character is spelled.
 */
function refuseOpenValues (
  path: string,
  strings: TemplateStringsArray,
  values: readonly Segment[]
): void {
  const behind = strings.slice(1)
  const first = behind.findLastIndex((text) => text.includes('/')) + 1
  for (const [index, text] of behind.slice(first).entries()) {
    if (text === '') {
      refuse(
        path,
        'ends in a value, with which longer ones begin, or has two side by side: write what ends ' +
          'it behind it, as cdnPath.prefix`/videos/${id}-`'
      )
    }
    const end = text.startsWith('%') ? Number.parseInt(text.slice(1, 3), 16) : text.charCodeAt(0)
    if (Buffer.from(String(values[first + index])).includes(end)) {
      throw new errors.CDN_ACCESS_PATH_SEGMENT_INVALID(
        first + index + 1,
        `holds ${JSON.stringify(text[0])}, which ends it in the template.`
      )
    }
  }
}

function encodeSegment (value: unknown, position: number): string {
  const text = typeof value === 'bigint' || Number.isSafeInteger(value) ? String(value) : value
  if (typeof text === 'string' && plainSegment.test(text)) return text
  if (
    typeof text !== 'string' || text === '' || text === '.' || text === '..' ||
    /[/\\\0]/.test(text) || !text.isWellFormed()
  ) {
    throw new errors.CDN_ACCESS_PATH_SEGMENT_INVALID(position, oddityOf(value))
  }
  return encodeURIComponent(text).replaceAll('*', '%2A')
}

/** What is wrong with a value, without the value: it may be a viewer's. */
function oddityOf (value: unknown): string {
  if (value === undefined || value === null) {
    return `is ${value}: is something missing, such as request.user.id?`
  }
  if (value === '') return 'is empty: is something missing, such as request.user.id?'
  if (typeof value === 'number') return 'is a number that is no safe integer.'
  if (typeof value !== 'string') return `is of the type ${typeof value}.`
  if (!value.isWellFormed()) return 'is not well-formed Unicode.'
  return value === '.' || value === '..'
    ? 'is a dot segment.'
    : 'holds a slash, a backslash or NUL.'
}

function make (path: string, glob: boolean): CdnPath {
  return new MadePath(parsePath(path, glob))
}

function parsePath (path: unknown, glob: boolean): string {
  if (typeof path !== 'string') refuse(typeof path, 'is no string')
  if (plainPath.test(path)) return path
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path)) {
    refuse(path, 'names a host: paths are relative to the CDN\'s url, such as /courses/42/a.png')
  }
  if (!path.startsWith('/')) refuse(path, 'must start with a slash')
  const [odd] = /[^A-Za-z0-9\-._~!$&'()+,=:@[\]%/*?]/u.exec(path) ?? []
  if (odd !== undefined) {
    const code = odd.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')
    refuse(path, `holds the character U+${code}, which must be percent-encoded`)
  }
  if (/%(?![0-9A-Fa-f]{2})/.test(path)) {
    refuse(path, 'holds a "%" that is not followed by two hexadecimal digits')
  }
  if (/%(?:2f|5c|2e|00)/i.test(path)) {
    refuse(path, 'holds an encoded slash, backslash, dot or NUL, which servers read differently')
  }
  const segments = path.slice(1).split('/')
  if (segments.some((segment) => segment === '.' || segment === '..')) {
    refuse(path, 'holds a dot segment')
  }
  if (segments.slice(0, -1).includes('')) refuse(path, 'holds an empty segment')
  if (!glob && ['beginning', 'glob'].includes(pathKind(path))) {
    refuse(
      path,
      'may hold "*" as its last segment alone, and no "?": use cdnPath.glob for other patterns'
    )
  }
  return path
}

function refuse (path: string, rule: string): never {
  throw new errors.CDN_ACCESS_PATH_INVALID(printable(path), rule)
}

/** Without line breaks and control characters, which would forge a line of a log. */
function printable (path: string): string {
  return JSON.stringify(path).slice(1, -1)
}
