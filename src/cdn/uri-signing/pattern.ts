/**
 * A URI Signing container (RFC 9246, section 2.1.15) as a POSIX extended regular expression,
 * anchored at both ends: Traffic Server anchors the start alone. Paths are alternatives.
 *
 * A `*` at a path's end also covers the query; other wildcards stop at it, so that no query can
 * stand in for a path.
 */
export function uriPattern (origin: string, paths: readonly string[]): string {
  const alternatives = paths.map(pathPattern)
  return `^${escapePattern(origin)}${
    alternatives.length === 1 ? alternatives[0]! : `(${alternatives.join('|')})`
  }$`
}

/** The pattern of one URI with its query. */
export function exactUriPattern (uri: string): string {
  return `^${escapePattern(normalizeEncoding(uri))}$`
}

/**
 * Percent-encoding in its normal form (RFC 3986, section 6.2.2): what needs none is decoded, the
 * rest is upper-case.
 */
export function normalizeEncoding (uri: string): string {
  return uri.replace(/%[0-9A-Fa-f]{2}/g, (encoded) => {
    const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16))
    return /[A-Za-z0-9\-._~]/.test(character) ? character : encoded.toUpperCase()
  })
}

/**
 * True where a pattern that was made here matches a whole URI, in its normal form; undefined for
 * other patterns. At worst it takes the product of both lengths, where a regular expression takes
 * a power of them for several wildcards.
 */
export function matchesUriPattern (pattern: string, uri: string): boolean | undefined {
  const [, before, choices = ''] = readable.exec(pattern) ?? []
  if (before === undefined) return undefined
  const common = readAlternatives(before).flat()
  const text = normalizeEncoding(uri)
  return readAlternatives(choices).some((own) => matchesSteps(common.concat(own), text))
}

/** One step of a pattern: which characters it takes, and whether any number of them. */
interface Step {
  readonly takes: (character: string) => boolean
  readonly repeats: boolean
}

const one = String.raw`[^\\.[()*+?{|^$]|\\[.[\\()*+?{|^$]|\.\*|\[\^\?\]\*?`

/** All that is written here: steps, and at the end perhaps alternatives of steps. */
const readable = new RegExp(String.raw`^\^((?:${one})*)(?:\(((?:${one}|\|)*)\))?\$$`)
const token = new RegExp(String.raw`${one}|\|`, 'g')

function readAlternatives (text: string): Step[][] {
  const alternatives: Step[][] = [[]]
  for (const [written] of text.matchAll(token)) {
    if (written === '|') alternatives.push([])
    else alternatives.at(-1)!.push(readStep(written))
  }
  return alternatives
}

function readStep (written: string): Step {
  if (written === '.*') return { takes: () => true, repeats: true }
  if (written.startsWith('[')) {
    return { takes: (character) => character !== '?', repeats: written.endsWith('*') }
  }
  const literal = written.at(-1)
  return { takes: (character) => character === literal, repeats: false }
}

/** Keeps, character by character, all places of the pattern that may come next. */
function matchesSteps (steps: readonly Step[], text: string): boolean {
  let places = placesFrom(steps, [0])
  for (const character of text.split('')) {
    const next: number[] = []
    for (const place of places) {
      const step = steps[place]
      if (step?.takes(character) === true) next.push(step.repeats ? place : place + 1)
    }
    places = placesFrom(steps, next)
  }
  return places.has(steps.length)
}

/** These places, and those behind a step that repeats, for it may also take nothing. */
function placesFrom (steps: readonly Step[], reached: readonly number[]): Set<number> {
  const places = new Set<number>()
  for (let place of reached) {
    while (!places.has(place)) {
      places.add(place)
      if (steps[place]?.repeats === true) place++
    }
  }
  return places
}

function pathPattern (path: string): string {
  return normalizeEncoding(path).replace(
    /\*+$|\*+|\?|[^*?]+/g,
    (part, offset: number, whole: string) => {
      if (part === '?') return '[^?]'
      if (!part.startsWith('*')) return escapePattern(part)
      return offset + part.length === whole.length ? '.*' : '[^?]*'
    }
  )
}

/**
 * Escapes what has a meaning in a POSIX extended regular expression, and nothing else: other
 * escapes have none there.
 */
function escapePattern (text: string): string {
  return text.replace(/[.[\\()*+?{|^$]/g, '\\$&')
}

/**
 * True where two URIs that a server tells apart can have one form by the time that a pattern is
 * matched.
 */
export function hasAmbiguousEncoding (uri: string): boolean {
  return normalizeEncoding(uri).includes('%')
}
