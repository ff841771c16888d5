import { knownTimes, odditiesOf, readEncoded, readTimeText } from '../format/reading.js'
import type { Inspection, SeenRequest } from '../inspection.js'

type Pair = readonly [name: string, value: string]

/** What nginx' documentation and this package call the hash and the expiry. */
const pairs: ReadonlyArray<readonly [hash: RegExp, expires: RegExp]> = [
  [/^cdn_access_hash$/i, /^cdn_access_expires$/i],
  [/^(?:md5|st|hash|sig)$/i, /^(?:expires|e|exp)$/i]
]

/** Reads what `secure_link` takes: an MD5 in base64, and a second beside it. */
export function inspectNginx ({ query, cookies }: SeenRequest): Inspection[] {
  const parameters = query.split('&').map((pair): Pair => {
    const [name = '', ...value] = pair.split('=')
    return [name, value.join('=')]
  })
  return [...readPlace(parameters, 'url'), ...readPlace(cookies, 'cookies')]
}

function readPlace (found: readonly Pair[], place: Inspection['place']): Inspection[] {
  return pairs.flatMap(([hashName, expiresName]): Inspection[] => {
    const hash = found.find(([name, value]) => hashName.test(name) && isHash(value))
    const expires = found.find(([name]) => expiresName.test(name))
    if (hash === undefined || expires === undefined) return []
    const plain = readEncoded(hash[1])
    const end = readTimeText(expires[1])
    const standard = /[+/]/.test(plain.value!)
      ? { value: undefined, odd: 'base64-standard' as const }
      : { value: undefined }
    return [{
      cdn: 'nginx',
      kind: 'a hash of secure_link',
      place,
      names: [hash[0], expires[0]],
      algorithm: 'MD5',
      grants: ['what its block hashes, which it does not name'],
      // nginx takes it through the whole second that it names.
      ...knownTimes(undefined, end.value === undefined ? undefined : end.value + 1),
      oddities: odditiesOf([plain, standard, end])
    }]
  })
}

function isHash (text: string): boolean {
  return /^[\w+/-]{22}(?:==|%3D%3D)?$/i.test(text) ||
    /^(?:[\w+/-]|%2[BF]){22}(?:==|%3D%3D)?$/i.test(text)
}
