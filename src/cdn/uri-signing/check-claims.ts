import { checkEnd, checkStart } from '../format/time-window.js'
import type { Checklist } from '../format/verdict.js'
import type { CompactJws } from './compact-jws.js'
import { isRenewalNumber } from './renewal.js'
import type { NbfAtEdge } from './start.js'

/** What a token is held against. */
export interface UriSigningSettings {
  readonly url: string
  readonly issuer: string
  readonly audience?: string
  readonly verifier: 'rfc9246' | 'jwt'
  readonly nbf?: NbfAtEdge
  readonly cookieName: string
}

type Payload = CompactJws['payload']

export function checkClaims (
  list: Checklist,
  { issuer, verifier }: UriSigningSettings,
  payload: Payload
): void {
  if (payload['iss'] !== issuer) {
    list.refuse('claims', 'issuer-differs', `The issuer is not ${issuer}.`, {
      expected: issuer,
      found: shown(payload['iss'])
    })
  }
  if (verifier === 'rfc9246') checkCdniClaims(list, payload)
  list.pass('claims', `The issuer is ${issuer}.`)
}

/** For Traffic Server, no version is the first one, and what says nothing of renewal is 0. */
function checkCdniClaims (list: Checklist, payload: Payload): void {
  const { cdniv = 1, cdnistt = 0, cdnistd = 0 } = payload
  if (cdniv !== 1) {
    list.refuse('claims', 'claim-refused', 'The version "cdniv" is not 1.', {
      expected: '1',
      found: shown(cdniv)
    })
  }
  const unsupported = ['cdniip', 'jti', 'cdnicrit'].find((claim) => payload[claim] !== undefined)
  if (unsupported !== undefined) {
    list.refuse('claims', 'claim-refused', `Traffic Server refuses tokens with "${unsupported}".`)
  }
  if (cdnistt !== 0 && cdnistt !== 1) {
    list.refuse('claims', 'claim-refused', 'The claim "cdnistt" is not 0 or 1.', {
      expected: '0 or 1',
      found: shown(cdnistt)
    })
  }
  if (!isRenewalNumber(cdnistd)) {
    list.refuse('claims', 'claim-refused', 'The claim "cdnistd" is no whole number of 0 or more.')
  }
}

export function checkWindow (
  list: Checklist,
  settings: UriSigningSettings,
  { exp, nbf }: Payload,
  now: number
): void {
  if (typeof exp !== 'number') {
    const code = exp === undefined ? 'claim-missing' : 'time-unreadable'
    list.refuse('expiry', code, 'The token has no "exp" that is a number.')
  }
  checkEnd(list, exp, now)
  if (nbf === undefined) {
    if (settings.nbf === 'required') {
      list.refuse('start', 'claim-missing', 'The token has no "nbf".')
    }
    return
  }
  if (typeof nbf !== 'number') {
    list.refuse('start', 'time-unreadable', 'The claim "nbf" is not a number.')
  }
  checkStart(list, { start: nbf }, now)
}

export function checkAudience (
  list: Checklist,
  { audience }: UriSigningSettings,
  { aud }: Payload
): void {
  if (aud === undefined && audience === undefined) return
  if (audience === undefined || ![aud].flat().includes(audience)) {
    const wanted = audience ?? 'left out'
    list.refuse('audience', 'audience-differs', `The claim "aud" is not ${wanted}.`, {
      expected: wanted,
      found: shown(aud)
    })
  }
  list.pass('audience', `The audience is ${audience}.`)
}

/** A claim, which whoever holds the token can read. */
function shown (claim: unknown): string {
  return claim === undefined ? 'none' : JSON.stringify(claim).slice(0, 200)
}
