import { base64Url, decodeStrictly } from '../format/base64.js'
import type { CborMap } from '../format/cbor.js'
import { decodeCbor } from '../format/cbor-reader.js'
import { coseSchemes, readCose, type CoseMessage } from '../format/cose.js'
import { knownTimes, odditiesOf, readEncoded, readTime, type Reading } from '../format/reading.js'
import type { Inspection, Oddity, SeenRequest } from '../inspection.js'
import { claims, ctiLength } from './claims.js'
import { coversPath, readUri } from './uri.js'

/** The first bytes of a CWT in COSE_Mac0 or COSE_Sign1, in base64url. */
const beginning = /^2D3[RS]/

const names = new Map<unknown, string>(
  Object.entries(claims).map(([name, number]) => [number, name])
)

/** Reads Common Access Tokens, whatever the cookie or parameter that carries one is called. */
export function inspectCommonAccessToken (request: SeenRequest): Inspection[] {
  const parameters = request.query.split('&').map((pair): [string, string] => {
    const [name = '', ...value] = pair.split('=')
    return [name, value.join('=')]
  })
  return [
    ...parameters.flatMap((pair) => readToken(pair, 'url', request)),
    ...request.cookies.flatMap((pair) => readToken(pair, 'cookies', request))
  ]
}

function readToken (
  [name, text]: readonly [string, string],
  place: Inspection['place'],
  { origin, path }: SeenRequest
): Inspection[] {
  if (!beginning.test(text)) return []
  const plain = readEncoded(text)
  const bare = plain.value!.replace(/=+$/, '')
  const padding: Reading<string> = bare === plain.value
    ? { value: bare }
    : { value: bare, odd: 'base64-padding' }
  const bytes = decodeStrictly(bare, base64Url)
  const message = bytes === undefined ? undefined : readCose(bytes)
  const map = message === undefined ? undefined : decodeCbor(message.payload)
  if (message === undefined || !(map instanceof Map)) return []
  const own = map as CborMap
  const [end, start] = [claims.exp, claims.nbf].map((claim) => readMoment(own.get(claim)))
  const uri = readUri(own.get(claims.catu))
  const granted = uri === undefined
    ? 'nothing that is read here: it has no "catu" of one host and one path'
    : `${schemeOf(origin)}${uri.host}${uri.path.path}${uri.path.kind === 'prefix' ? '*' : ''}`
  const signer = [message.kid?.toString(), own.get(claims.iss)].filter((part) =>
    typeof part === 'string'
  ).join(' of ')
  const algorithm = Object.entries(coseSchemes).find(([, { id }]) => id === message.algorithm)?.[0]
  return [{
    cdn: 'common-access-token',
    kind: 'a Common Access Token',
    place,
    names: [name],
    ...(signer === '' ? {} : { signer }),
    ...(algorithm === undefined ? {} : { algorithm }),
    grants: [granted],
    ...(origin === '' || uri === undefined
      ? {}
      : { covers: uri.host === new URL(origin).hostname && coversPath(uri.path, path) }),
    ...knownTimes(start!.value, end!.value),
    oddities: [
      ...odditiesOf([plain, padding, end!, start!]),
      ...claimOddities(own),
      ...tagOddities(message)
    ]
  }]
}

function readMoment (time: unknown): Reading<number> {
  return time === undefined ? { value: undefined } : readTime(time)
}

function schemeOf (origin: string): string {
  return origin.startsWith('http:') ? 'http://' : 'https://'
}

function claimOddities (map: CborMap): Oddity[] {
  const required = [claims.iss, claims.exp, claims.iat, claims.cti, claims.catv, claims.catu]
  const missing = required.filter((claim) => !map.has(claim))
  const strange = [...map.keys()].filter((claim) => !names.has(claim))
  const id = map.get(claims.cti)
  const oddId = id !== undefined && !(id instanceof Uint8Array && id.length === ctiLength)
  return [
    ...missing.map((claim) => ({
      code: 'claim-missing' as const,
      detail: `It has no "${names.get(claim)}" (${claim}).`
    })),
    ...strange.map((claim) => ({
      code: 'claim-refused' as const,
      detail: `It has a claim that the edges of this package refuse${
        typeof claim === 'string' ? ', named by a text' : `: ${claim}`
      }.`
    })),
    ...oddId
      ? [{ code: 'claim-refused' as const, detail: `Its "cti" is not ${ctiLength} bytes.` }]
      : []
  ]
}

function tagOddities ({ tag, algorithm }: CoseMessage): Oddity[] {
  const scheme = Object.values(coseSchemes).find(({ id }) => id === algorithm)
  return scheme?.tag === tag
    ? []
    : [{ code: 'algorithm-differs', detail: 'Its algorithm is none that goes with its tag.' }]
}
