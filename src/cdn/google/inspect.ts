import {
  knownTimes,
  odditiesOf,
  readEncoded,
  readTimeText,
  type Reading
} from '../format/reading.js'
import { matchesWildcard } from '../format/wildcard.js'
import type { Inspection, SeenRequest } from '../inspection.js'

/** The values of fields such as `Expires=1`, by their names. */
type Fields = ReadonlyMap<string, string>

interface Found {
  readonly cdn: Inspection['cdn']
  readonly place: Inspection['place']
  readonly names: readonly string[]
  /** What is signed where it is no prefix. */
  readonly own: string
  /** What is asked for: without an origin, a path alone. */
  readonly url: string
}

/** Reads the cookies of both of Google's CDNs, and their signed URLs. */
export function inspectGoogle (request: SeenRequest): Inspection[] {
  const { origin, path, query, cookies } = request
  const own = `${origin}${path}`
  const [before, component] = path.split('/edge-cache-token=')
  const parameter = query.split('&').find((pair) => pair.startsWith('edge-cache-token='))
  const media = { cdn: 'google-media-cdn', own, url: own }
  return [
    ...component === undefined ? [] : [
      readSignature(component.split('/', 1)[0]!, '&', {
        ...media,
        place: 'url',
        names: ['edge-cache-token'],
        own: `${origin}${before}/*`
      })
    ],
    ...parameter === undefined ? [] : [
      readToken(parameter.slice(parameter.indexOf('=') + 1), {
        ...media,
        place: 'url',
        names: ['edge-cache-token']
      })
    ],
    .../(?:^|&)KeyName=/.test(query) ? [readQuery(query, own)] : [],
    ...cookies.flatMap(([name, value]): Inspection[] => {
      if (name === 'Cloud-CDN-Cookie') {
        const found = {
          cdn: 'google-cloud-cdn',
          place: 'cookies',
          names: [name],
          own,
          url: own
        } as const
        return [readSignature(value, ':', found)]
      }
      if (name !== 'Edge-Cache-Cookie') return []
      const found = { ...media, place: 'cookies', names: [name] } as const
      return [value.includes('~') ? readToken(value, found) : readSignature(value, ':', found)]
    })
  ]
}

/** A query's parameters say whose they are by the length of their signature alone. */
function readQuery (query: string, own: string): Inspection {
  const first = query.split('&').findIndex((pair) => /^(?:URLPrefix|Expires)=/.test(pair))
  const signed = query.split('&').slice(Math.max(0, first))
  const before = query.split('&').slice(0, Math.max(0, first)).join('&')
  const bytes = Buffer.from(fieldsOf(signed).get('Signature') ?? '', 'base64url')
  return readSignature(signed.join('&'), '&', {
    cdn: bytes.length > 20 ? 'google-media-cdn' : 'google-cloud-cdn',
    place: 'url',
    names: signed.map((pair) => pair.split('=', 1)[0]!),
    own: before === '' ? own : `${own}?${before}`,
    url: own
  })
}

function readSignature (text: string, separator: ':' | '&', found: Found): Inspection {
  const plain = readEncoded(text)
  const fields = fieldsOf(plain.value!.split(separator))
  const prefix = fields.get('URLPrefix')
  const end = readTimeText(fields.get('Expires') ?? '')
  const signature = fields.get('Signature') ?? ''
  const missing = ['Expires', 'KeyName', 'Signature'].filter((name) => !fields.has(name))
  return {
    ...inspectionOf(found, fields),
    kind: prefix === undefined ? 'a signature of one URL' : 'a signature of a prefix',
    algorithm: found.cdn === 'google-cloud-cdn' ? 'HMAC-SHA1' : 'Ed25519',
    grants: [prefix === undefined ? found.own : `${decode(prefix)}*`],
    ...covering(found, prefix === undefined ? [] : [`${decode(prefix)}*`]),
    ...knownTimes(undefined, end.value),
    oddities: [
      ...odditiesOf([
        plain,
        end,
        alphabet(signature + (prefix ?? '')),
        padding(found.cdn, signature)
      ]),
      ...missing.map((name) =>
        ({ code: 'credentials-incomplete', detail: `${name} is missing.` }) as const
      )
    ]
  }
}

function readToken (text: string, found: Found): Inspection {
  const plain = readEncoded(text)
  const parts = plain.value!.split('~')
  const fields = fieldsOf(parts)
  const prefix = fields.get('URLPrefix')
  const globs = fields.get('PathGlobs')?.split(/[,!]/)
  const [end, start] = ['Expires', 'Starts'].map((name): Reading<number> => {
    const time = fields.get(name)
    return time === undefined ? { value: undefined } : readTimeText(time)
  })
  const ranges = fields.get('IPRanges')
  return {
    ...inspectionOf(found, fields),
    kind: 'a token',
    algorithm: fields.has('hmac') ? 'HMAC-SHA256' : 'Ed25519',
    grants: prefix === undefined ? globs ?? [found.own] : [`${decode(prefix)}*`],
    ...covering(found, prefix === undefined ? globs ?? [] : [`${decode(prefix)}*`]),
    ...knownTimes(start!.value, end!.value),
    ...(ranges === undefined ? {} : { address: decode(ranges) }),
    oddities: odditiesOf([plain, end!, start!])
  }
}

/** Nothing to compare with counts for the request's own URL. */
function covering ({ url }: Found, patterns: readonly string[]): { covers?: boolean } {
  if (url.startsWith('/')) return {}
  const path = url.replace(/^\w+:\/\/[^/]*/, '')
  return {
    covers: patterns.length === 0 ||
      patterns.some((pattern) => matchesWildcard(pattern, pattern.startsWith('/') ? path : url))
  }
}

function inspectionOf (
  { cdn, place, names }: Found,
  fields: Fields
): Pick<Inspection, 'cdn' | 'place' | 'names' | 'signer'> {
  const signer = fields.get('KeyName')
  return { cdn, place, names, ...(signer === undefined ? {} : { signer }) }
}

function alphabet (text: string): Reading<string> {
  return /[+/]/.test(text) ? { value: text, odd: 'base64-standard' } : { value: text }
}

/** Cloud CDN's samples pad; Media CDN takes both. */
function padding (cdn: string, signature: string): Reading<string> {
  const odd = cdn === 'google-cloud-cdn' && signature !== '' && signature.length % 4 !== 0
  return odd ? { value: signature, odd: 'base64-padding' } : { value: signature }
}

function fieldsOf (pairs: readonly string[]): Fields {
  return new Map(pairs.map((pair) => {
    const [name = '', ...value] = pair.split('=')
    return [name, value.join('=')]
  }))
}

function decode (text: string): string {
  return Buffer.from(text, 'base64url').toString()
}
