import { literalPart, pathKind } from '../cdn/cdn-path.js'
import { matchesWildcard } from '../cdn/format/wildcard.js'

/**
 * Requests that a granted path covers, however narrowly it is read: behind a name, a `*` at the end
 * may begin with what can't be a part of one.
 */
export function requestsInside (granted: string): string[] {
  if (pathKind(granted) !== 'prefix') {
    return [granted.replace(/(?<=\w)\*$/, '.film').replaceAll('*', 'film').replaceAll('?', 'q')]
  }
  const folder = granted.slice(0, -1)
  return ['film.bin', 'deep/er/film-1.bin', 'film.bin?v=1'].map((file) => folder + file)
}

/**
 * Those of the requests, by default near ones, that no granted path covers, however widely it is
 * read.
 */
export function requestsOutside (
  paths: readonly string[],
  requests: readonly string[] = paths.flatMap(neighbours)
): string[] {
  return requests.filter((url) => !paths.some((path) => covers(path, url.split('?', 1)[0]!)))
}

/** Requests whose path climbs out of its folder, or could by the time that an origin reads it. */
export function requestsClimbing (granted: string): string[] {
  return [
    '../secret.bin',
    'a/../../secret.bin',
    '%2e%2e/secret.bin',
    '.%2E/secret.bin',
    '..%2fsecret.bin',
    '..%5Csecret.bin',
    '..\\secret.bin',
    'a%2F..%2F..%2Fsecret.bin'
  ].map((climb) => folderOf(granted) + climb)
}

/** What separates parts of some format, and may stand in a path. */
const separators = '!~,:&+=$\'()@'.split('')
const separator = /[!~,:&+=$'()@]/

/** Names of one file that a format could take for two paths, or for a path and a field. */
export const joinedNames: readonly string[] = [
  ...separators.map((mark) => `film${mark}/outside-of-the-grant/film.bin`),
  ...['~exp=', ':Expires=', '&Expires=', '~Expires='].map((field) => `film${field}9999999999`)
]

/** What a path falls into where it is cut at each separator. */
export function partsOf (path: string): string[] {
  return path.split(separator).filter((part) => part.startsWith('/'))
}

/** The folder in which all that a path covers lies, with its slash. */
export function folderOf (granted: string): string {
  const literal = literalPart(granted)
  return literal.slice(0, literal.lastIndexOf('/') + 1)
}

function neighbours (granted: string): string[] {
  const folder = folderOf(granted)
  const [inside = ''] = requestsInside(granted)
  const file = inside.slice(folder.length)
  const swapped = folder.replace(
    /[a-z]/gi,
    (letter) => letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()
  )
  return [
    `/outside-of-the-grant/${file}`,
    `/outside-of-the-grant/film.bin?${inside}`,
    `/outside-of-the-grant${inside}`,
    `${folder.slice(0, -1)}b/${file}`,
    `${folder.slice(0, -1)}-/${file}`,
    folder.slice(0, -1),
    `${folder.slice(0, folder.lastIndexOf('/', folder.length - 2) + 1)}${file}`,
    swapped + file,
    `${inside}b`,
    `${inside}.outside`,
    `${inside}.outside?${inside}`,
    `${inside}/film.bin`,
    inside.slice(0, -1),
    `${inside.slice(0, -1)}x`,
    ...partsOf(inside),
    ...['', 'qq'].map((other) => granted.replaceAll('*', 'film').replaceAll('?', other))
  ].filter((url) => url.startsWith('/'))
}

/** The widest reading of a granted path: a `*` takes slashes too. */
function covers (granted: string, path: string): boolean {
  return pathKind(granted) === 'exact' ? path === granted : matchesWildcard(granted, path)
}
