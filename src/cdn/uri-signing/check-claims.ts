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
  if (payload['iss'] !== issuer) list.refuse('claims', `The issuer is not ${issuer}.`)
  if (verifier === 'rfc9246') checkCdniClaims(list, payload)
  list.pass('claims', `The issuer is ${issuer}.`)
}

/** For Traffic Server, no version is the first one, and what says nothing of renewal is 0. */
function checkCdniClaims (list: Checklist, payload: Payload): void {
  const { cdniv = 1, cdnistt = 0, cdnistd = 0 } = payload
  if (cdniv !== 1) list.refuse('claims', 'The version "cdniv" is not 1.')
  const unsupported = ['cdniip', 'jti', 'cdnicrit'].find((claim) => payload[claim] !== undefined)
  if (unsupported !== undefined) {
    list.refuse('claims', `Traffic Server refuses tokens with "${unsupported}".`)
  }
  if (cdnistt !== 0 && cdnistt !== 1) list.refuse('claims', 'The claim "cdnistt" is not 0 or 1.')
  if (!isRenewalNumber(cdnistd)) {
    list.refuse('claims', 'The claim "cdnistd" is no whole number of 0 or more.')
  }
}

export function checkWindow (
  list: Checklist,
  settings: UriSigningSettings,
  { exp, nbf }: Payload,
  now: number
): void {
  if (typeof exp !== 'number') list.refuse('expiry', 'The token has no "exp".')
  if (now >= exp) list.refuse('expiry', `Access ended ${now - exp} s ago: refresh it.`)
  list.pass('expiry', `Access ends in ${exp - now} s.`)
  if (nbf === undefined) {
    if (settings.nbf === 'required') list.refuse('start', 'The token has no "nbf".')
    return
  }
  if (typeof nbf !== 'number') list.refuse('start', 'The claim "nbf" is not a number.')
  if (now < nbf) list.refuse('start', `Access begins in ${nbf - now} s.`)
  list.pass('start', `Access began ${now - nbf} s ago.`)
}

export function checkAudience (
  list: Checklist,
  { audience }: UriSigningSettings,
  { aud }: Payload
): void {
  if (aud === undefined && audience === undefined) return
  if (audience === undefined || ![aud].flat().includes(audience)) {
    list.refuse('audience', `The claim "aud" is not ${audience ?? 'left out'}.`)
  }
  list.pass('audience', `The audience is ${audience}.`)
}
