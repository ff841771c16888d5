import { pathMatches } from '../cdn/format/cookie-path.js'
import type { AccessCookie, EdgeRequest } from '../cdn/cdn.js'
import type { Unsigned } from './access.js'
import { isAllowed } from './ask.js'
import { breach, shown } from './breach.js'
import { requestsInside, requestsOutside } from './requests.js'
import type { Signed } from './signed.js'
import type { Subject } from './subject.js'

type CookieSet = readonly AccessCookie[]

/** How many places of one value are changed, beside its ends and what separates its parts. */
const mostPlaces = 24

/** Checks that no cookie can be changed in one byte, and none be left out. */
export async function checkChanges (
  subject: Subject,
  signed: Signed,
  unsigned: Unsigned
): Promise<void> {
  const grant = shown(signed.grant)
  for (const set of signed.sets) {
    for (const [index, cookie] of set.entries()) {
      for (const value of changedTexts(cookie.value)) {
        if (await opens(subject, signed, set, set.with(index, { ...cookie, value }))) {
          throw breach(
            subject.cdn,
            `"check" allows a cookie ${cookie.name} of which one byte was changed, of ${grant}`
          )
        }
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

function pairsOf (cookies: CookieSet): EdgeRequest['cookies'] {
  return cookies.map(({ name, value }) => [name, value])
}

function textOf (cookies: CookieSet): string {
  return JSON.stringify(pairsOf(cookies))
}

/**
 * Texts that differ from one in a byte that is changed, left out, doubled or added, all of cookie
 * octets.
 */
function changedTexts (text: string): string[] {
  const step = Math.max(1, Math.floor(text.length / mostPlaces))
  const places = text.split('').flatMap((character, place) =>
    place % step === 0 || place >= text.length - 2 || /[^A-Za-z0-9_-]/.test(character)
      ? [place]
      : []
  )
  const changed = places.flatMap((place) => {
    const character = text[place]!
    return [...othersFor(character), '', character + character].map((other) =>
      text.slice(0, place) + other + text.slice(place + 1)
    )
  })
  return changed.concat(['A', '0', '=', '.'].map((more) => text + more)).filter((other) =>
    other !== text
  )
}

function othersFor (character: string): string[] {
  const code = character.charCodeAt(0)
  return [code ^ 1, code ^ 32].map((near) => String.fromCharCode(near)).concat('A', '0', '.', '=')
    .filter((other) => /[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]/.test(other))
}
