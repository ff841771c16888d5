import type { CborMap, CborValue } from '../format/cbor.js'
import { decodeCbor } from '../format/cbor-reader.js'
import { checkEnd, checkStart } from '../format/time-window.js'
import { refuseUncovered } from '../format/uncovered.js'
import type { Checklist } from '../format/verdict.js'
import { claims, ctiLength } from './claims.js'
import { coversPath, readUri } from './uri.js'

/** What a token's claims are held against. */
export interface ClaimSettings {
  readonly issuer: string
  readonly host: string
  /** True where the edge may renew tokens: they then carry `catr`. */
  readonly renews: boolean
}

/** What revocation goes by. */
export interface IssuedToken {
  /** The claim `cti`, base64url. */
  readonly id: string
  readonly issuedAt: number
}

/** Under which AWS's documentation has `catu`, `catm` and others. */
const numbersOfAws = new Set<unknown>([401, 402, 403, 404])

const known = new Set<unknown>(Object.values(claims))

/** Checks all claims of a token whose proof fits, but for its revocation. */
export function checkClaims (
  list: Checklist,
  payload: Buffer,
  settings: ClaimSettings,
  request: { path: string, now: number }
): IssuedToken {
  const map = decodeCbor(payload)
  if (!(map instanceof Map)) {
    list.refuse('claims', 'malformed', 'The claims are no map in the CBOR that is written here.')
  }
  refuseUnknown(list, map, settings)
  checkIssuer(list, map, settings)
  const issued = readIssue(list, map)
  checkWindow(list, map, request.now)
  checkUri(list, map.get(claims.catu), settings, request.path)
  return issued
}

function refuseUnknown (list: Checklist, map: CborMap, { renews }: ClaimSettings): void {
  for (const claim of map.keys()) {
    if (numbersOfAws.has(claim)) {
      list.refuse(
        'claims',
        'claim-refused',
        `The claim ${claim} is numbered as in AWS's documentation: ` +
          `CTA-5007 has ${claims.catu} for the URL, and edges know that one.`
      )
    }
    if (!known.has(claim) || (claim === claims.catr && !renews)) {
      const shown = typeof claim === 'string' ? 'with a text for a number' : String(claim)
      list.refuse('claims', 'claim-refused', `The claim ${shown} is none that the edge knows.`)
    }
  }
}

function checkIssuer (list: Checklist, map: CborMap, { issuer }: ClaimSettings): void {
  const found = map.get(claims.iss)
  if (found !== issuer) {
    list.refuse('claims', 'issuer-differs', `The issuer is not ${issuer}.`, {
      expected: issuer,
      found: typeof found === 'string' ? found.slice(0, 200) : 'none that is text'
    })
  }
  if (map.get(claims.catv) !== 1) {
    const code = map.has(claims.catv) ? 'claim-refused' : 'claim-missing'
    list.refuse('claims', code, 'The version "catv" is not 1.')
  }
}

function readIssue (list: Checklist, map: CborMap): IssuedToken {
  const id = map.get(claims.cti)
  if (!(id instanceof Uint8Array) || id.length !== ctiLength) {
    const code = id === undefined ? 'claim-missing' : 'claim-refused'
    list.refuse('claims', code, `The claim "cti" is no byte string of ${ctiLength} bytes.`)
  }
  const issuedAt = readTime(list, map, 'iat')
  list.pass('claims', 'Issuer, version and id are as the edge takes them.')
  return { id: Buffer.from(id).toString('base64url'), issuedAt }
}

function checkWindow (list: Checklist, map: CborMap, now: number): void {
  checkEnd(list, readTime(list, map, 'exp'), now)
  if (map.has(claims.nbf)) checkStart(list, { start: readTime(list, map, 'nbf') }, now)
}

function readTime (list: Checklist, map: CborMap, claim: 'exp' | 'nbf' | 'iat'): number {
  const time = map.get(claims[claim])
  if (typeof time === 'number' && time >= 0) return time
  const code = time === undefined ? 'claim-missing' : 'time-unreadable'
  return list.refuse('claims', code, `The claim "${claim}" is no whole number of seconds.`)
}

function checkUri (
  list: Checklist,
  catu: CborValue | undefined,
  { host }: ClaimSettings,
  requested: string
): void {
  const uri = readUri(catu)
  if (uri === undefined) {
    const code = catu === undefined ? 'claim-missing' : 'claim-refused'
    list.refuse('uri', code, 'The claim "catu" is not one exact host with one path or beginning.')
  }
  if (uri.host !== host) {
    list.refuse('uri', 'host-differs', 'The token is for another host.', {
      expected: uri.host,
      found: host
    })
  }
  if (!coversPath(uri.path, requested)) {
    const granted = uri.path.path + (uri.path.kind === 'prefix' ? '*' : '')
    refuseUncovered(list, 'uri', `The token is good for ${granted}, which is not this path.`, {
      granted: [granted],
      requested,
      covers: (other) => coversPath(uri.path, other)
    })
  }
  list.pass('uri', 'The token covers this host and path.')
}
