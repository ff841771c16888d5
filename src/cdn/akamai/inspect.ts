import {
  knownTimes,
  odditiesOf,
  readEncoded,
  readTimeText,
  type Reading
} from '../format/reading.js'
import { matchesWildcard } from '../format/wildcard.js'
import type { Inspection, Oddity, SeenRequest } from '../inspection.js'

/** Reads tokens of Akamai, whatever the cookie or parameter that carries one is called. */
export function inspectAkamai ({ origin, path, query, cookies }: SeenRequest): Inspection[] {
  const parameters = query.split('&').map((pair): [string, string] => {
    const [name = '', ...value] = pair.split('=')
    return [name, value.join('=')]
  })
  const places = [
    ...parameters.map((pair) => [pair, 'url'] as const),
    ...cookies.map((pair) => [pair, 'cookies'] as const)
  ]
  return places.flatMap(([[name, value], place]): Inspection[] => {
    // An encoded list, or what is escaped in a claim, leaves the marks between fields as they are.
    const plain = value.includes('~hmac=') ? { value } : readEncoded(value)
    const isToken = /(?:^|~)hmac=[0-9a-f]*$/i.test(plain.value!) &&
      !/(?:^|~)(?:PathGlobs|URLPrefix|FullPath)/.test(plain.value!)
    return isToken ? [readToken(plain, name, place, { origin, path })] : []
  })
}

function readToken (
  plain: Reading<string>,
  name: string,
  place: Inspection['place'],
  { origin, path }: Pick<SeenRequest, 'origin' | 'path'>
): Inspection {
  const fields = new Map(
    plain.value!.split('~').map((field) => {
      const [key = '', ...value] = field.split('=')
      return [key, value.join('=')]
    })
  )
  const [start, end] = ['st', 'exp'].map((field): Reading<number> => {
    const time = fields.get(field)
    return time === undefined ? { value: undefined } : readTimeText(time)
  })
  const acl = fields.get('acl')
  const patterns = acl === undefined ? undefined : readAcl(acl)
  const address = fields.get('ip')
  // The lengths of MD5, SHA-1 and SHA-256 in hexadecimal.
  const algorithm = ({ 32: 'md5', 40: 'sha1', 64: 'sha256' } as Record<number, string>)[
    fields.get('hmac')!.length
  ]
  const ends = fields.has('exp')
  return {
    cdn: 'akamai',
    kind: acl === undefined ? 'a token of one URL' : 'a token',
    place,
    names: [name],
    ...(algorithm === undefined ? {} : { algorithm }),
    grants: patterns ?? [`${origin}${path}`],
    ...(origin === '' || patterns === undefined
      ? {}
      : { covers: patterns.some((pattern) => matchesWildcard(pattern, path)) }),
    ...knownTimes(start!.value, end!.value),
    ...(address === undefined ? {} : { address }),
    oddities: [
      ...odditiesOf([plain, start!, end!]),
      ...ends ? [] : [{ code: 'end-missing', detail: 'It has no "exp".' } as const],
      ...urlToken(acl, place)
    ]
  }
}

/** A signer may percent-encode the list as a whole: otherwise it begins with a slash. */
function readAcl (acl: string): string[] {
  return (/^%2f/i.test(acl) ? readEncoded(acl).value! : acl).split('!')
}

/** Its HMAC covers a URL that it does not hold: nobody can see which, and a cookie goes with many. */
function urlToken (acl: string | undefined, place: Inspection['place']): Oddity[] {
  return acl === undefined && place === 'cookies'
    ? [{
      code: 'url-token',
      detail:
        'It has no "acl": it was made for one URL, which it does not name, and a cookie goes ' +
        'with many.'
    }]
    : []
}
