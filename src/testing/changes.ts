import { pathMatches } from '../cdn/format/cookie-path.js'
import type { AccessCookie, EdgeRequest } from '../cdn/cdn.js'
import type { Unsigned } from './access.js'
import { isAllowed } from './ask.js'
import { breach, shown } from './breach.js'
import { requestsInside, requestsOutside } from './requests.js'
import type { Signed } from './signed.js'
import type { Subject } from './subject.js'

type CookieSet = readonly AccessCookie[]

/**
 * A value is changed at every place up to this length; of a longer one, at as many and at all ends.
 */
const wholeLength = 160

/** Checks that no cookie can be changed in one byte, and none be left out. */
export async function checkChanges (
  subject: Subject,
  signed: Signed,
  unsigned: Unsigned
): Promise<void> {
  const grant = shown(signed.grant)
  for (const set of signed.sets) {
    for (const [index, cookie] of set.entries()) {
      for (const { value, what } of changesOf(cookie.value)) {
        if (await opens(subject, signed, set, set.with(index, { ...cookie, value }))) {
          throw breach(
            subject.cdn,
            `"check" allows a cookie ${cookie.name} of which ${what}, of ${grant}`
          )
        }
      }
      const shifted = shiftsOf(cookie.value).map((value) => set.with(index, { ...cookie, value }))
      if (await opensShorter(subject, signed, shifted)) {
        throw breach(
          subject.cdn,
          `"check" allows a cookie ${cookie.name} of which a byte was moved from one part to ` +
            `another, of ${grant}: what is signed needs a mark between its parts`
        )
      }
      const rest = set.toSpliced(index, 1)
      const passes = rest.length === 0 && unsigned === 'passes'
      if (!passes && await opens(subject, signed, set, rest)) {
        throw breach(subject.cdn, `"check" does without the cookie ${cookie.name}, of ${grant}`)
      }
    }
  }
}

/** Checks that no cookie of one grant can stand in for one of another. */
export async function checkMixtures (
  subject: Subject,
  first: Signed,
  second: Signed
): Promise<void> {
  const genuine = new Set([...first.sets, ...second.sets].map(textOf))
  for (const set of first.sets) {
    for (const stranger of second.sets.flat()) {
      const index = set.findIndex(({ name }) => name === stranger.name)
      const mixed = set.map((cookie, at) => at === index ? stranger : cookie)
      if (!genuine.has(textOf(mixed)) && await opens(subject, first, set, mixed)) {
        throw breach(
          subject.cdn,
          `"check" allows the cookies of ${shown(first.grant)} with the ${stranger.name} of ${
            shown(second.grant)
          }`
        )
      }
    }
  }
}

/** Checks that the cookies of one grant do not open what another covers. */
export async function checkStrangers (
  subject: Subject,
  first: Signed,
  second: Signed
): Promise<void> {
  const others = requestsOutside(first.grant.paths, second.grant.paths.flatMap(requestsInside))
  for (const url of others) {
    for (const set of first.sets) {
      if (await isAllowed(subject, first, url, { cookies: pairsOf(set) })) {
        throw breach(
          subject.cdn,
          `"check" allows ${url}, of ${shown(second.grant)}, with the cookies of ${
            shown(first.grant)
          }`
        )
      }
    }
  }
}

/** Whether other cookies open what a set does. */
async function opens (
  subject: Subject,
  signed: Signed,
  set: CookieSet,
  cookies: CookieSet
): Promise<boolean> {
  const inside = signed.grant.paths.map((path) => requestsInside(path)[0]!)
  const own = inside.filter((url) => pathMatches(url, set[0]!.path))
  for (const url of own) {
    if (await isAllowed(subject, signed, url, { cookies: pairsOf(cookies) })) return true
  }
  return false
}

/** Whether one of several sets opens a folder whose name is shorter by its last character. */
async function opensShorter (
  subject: Subject,
  signed: Signed,
  sets: readonly CookieSet[]
): Promise<boolean> {
  const shorter = signed.grant.paths.filter((path) => /[^/]\/\*$/.test(path)).map((path) =>
    path.replace(/.\/\*$/, '/*')
  )
  const urls = requestsOutside(signed.grant.paths, shorter.flatMap(requestsInside))
  for (const url of urls) {
    for (const cookies of sets) {
      if (await isAllowed(subject, signed, url, { cookies: pairsOf(cookies) })) return true
    }
  }
  return false
}

function pairsOf (cookies: CookieSet): EdgeRequest['cookies'] {
  return cookies.map(({ name, value }) => [name, value])
}

function textOf (cookies: CookieSet): string {
  return JSON.stringify(pairsOf(cookies))
}

interface Change {
  readonly value: string
  readonly what: string
}

/** One byte that is changed, left out, doubled or added, all of cookie octets. */
function changesOf (text: string): Change[] {
  const step = Math.max(1, Math.ceil(text.length / wholeLength))
  const changes = Array.from(text, (character, place) => {
    const tried = place % step === 0 || isEnd(text, place)
    const others = tried ? [...othersFor(character), '', character + character] : []
    return others.map((other) => ({
      value: text.slice(0, place) + other + text.slice(place + 1),
      what: `byte ${place + 1} of ${text.length} was changed`
    }))
  })
  const added = ['A', '0', '=', '.'].map((more) => ({
    value: text + more,
    what: `"${more}" was added at the end`
  }))
  return [...changes.flat(), ...added].filter(({ value }) => value !== text)
}

/**
 * A byte that moves from the end of one part to the start of another, or back: where both are
 * signed side by side, without a mark between them, `4` and `21…` read as `42` and `1…`.
 */
function shiftsOf (text: string): string[] {
  const parts = [...text.matchAll(/[A-Za-z0-9]+/g)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length
  })).slice(0, mostParts)
  return parts.flatMap((first, index) =>
    parts.slice(index + 1).flatMap((second) => [
      text.slice(0, first.end - 1) + text.slice(first.end, second.start) + text[first.end - 1]! +
      text.slice(second.start),
      text.slice(0, first.end) + text[second.start]! + text.slice(first.end, second.start) +
      text.slice(second.start + 1)
    ])
  )
}

/** How many parts of a value take part in shifts: what follows is a signature in pieces. */
const mostParts = 16

/** What ends a part: decoders pass over bits there, and separators stand there. */
function isEnd (text: string, place: number): boolean {
  const around = text.slice(Math.max(0, place - 1), place + 2)
  return around.length < 3 || /[^A-Za-z0-9_-]/.test(around)
}

function othersFor (character: string): string[] {
  const code = character.charCodeAt(0)
  const near = [code ^ 1, code ^ 32, code + 1, code + 2, code + 3, code - 1]
  return [...new Set([...near.map((other) => String.fromCharCode(other)), 'A', '0', '.', '='])]
    .filter((other) => /[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]/.test(other))
}
