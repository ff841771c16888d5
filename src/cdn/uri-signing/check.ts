import type * as Jose from 'jose'
import type { EdgeRequest, Verdict } from '../cdn.js'
import { checkRequestPath } from '../format/request-path.js'
import { checkRevocation } from '../format/revocation.js'
import type { RefusalCode } from '../refusal-codes.js'
import { refuseUncovered } from '../format/uncovered.js'
import { noAccess, verdict, type Checklist } from '../format/verdict.js'
import { findCandidates, firstAllowed, type Candidate } from './candidate.js'
import { checkAudience, checkClaims, checkWindow, type UriSigningSettings } from './check-claims.js'
import { readCompactJws, type CompactJws } from './compact-jws.js'
import type { UriSigningKey } from './key.js'
import { matchesUriPattern } from './pattern.js'

/**
 * What the edge answers: Traffic Server with 403, in its own order; verifiers of
 * a plain JWT with 401.
 */
export async function checkUriSigning (
  settings: UriSigningSettings,
  request: EdgeRequest,
  keys: readonly UriSigningKey[]
): Promise<Verdict> {
  const status = settings.verifier === 'jwt' ? 401 : 403
  return verdict(status, async (list) => {
    if (settings.verifier === 'rfc9246') refuseLineEnd(list, request.url)
    checkRequestPath(list, request.url)
    const odd = settings.verifier === 'rfc9246' ? oddCookie(settings, request) : undefined
    const cookies = odd === undefined ? request.cookies : []
    const candidates = findCandidates(settings, { ...request, cookies })
    if (candidates.length === 0 && odd !== undefined) refuseOdd(list, settings, odd)
    if (candidates.length === 0) {
      list.refuse(
        'package',
        'access-missing',
        noAccess(`no cookie ${settings.cookieName}`, 'the cookie\'s')
      )
    }
    const found = await firstAllowed(
      candidates,
      (candidate) =>
        verdict(status, (own) => checkToken(own, settings, { candidate, request, keys }))
    )
    list.take(found.checks, found.status)
  })
}

/** A pattern's end also matches before a line end, so that what comes behind it would be open. */
function refuseLineEnd (list: Checklist, url: string): void {
  if (/%0a/i.test(url)) {
    list.refuse(
      'path',
      'path-ambiguous',
      'The URL holds an encoded line end: patterns may end before it.'
    )
  }
}

/**
 * Traffic Server must not get to see a character that no token has, which can end its process: the
 * rule before it takes all cookies away where there is one.
 */
function oddCookie (
  { cookieName }: UriSigningSettings,
  { cookies }: EdgeRequest
): string | undefined {
  return cookies.find(([name, token]) => name === cookieName && /[^\w.-]/.test(token))?.[1]
}

function refuseOdd (list: Checklist, { cookieName }: UriSigningSettings, token: string): never {
  list.refuse(
    'package',
    packageFault(token),
    `A cookie ${cookieName} holds no JWS in compact form: was the value percent-encoded or cut ` +
      'off? Before Traffic Server the rule that guards it then takes all cookies away; without ' +
      'that rule, this is stricter than the CDN.'
  )
}

async function checkToken (
  list: Checklist,
  settings: UriSigningSettings,
  { candidate, request, keys }: {
    readonly candidate: Candidate
    readonly request: EdgeRequest
    readonly keys: readonly UriSigningKey[]
  }
): Promise<void> {
  const jws = readCompactJws(candidate.token)
  if (jws === undefined) {
    list.refuse(
      'package',
      packageFault(candidate.token),
      `The ${candidate.place} holds no JWS in compact form: ` +
        'was the value percent-encoded or cut off? Traffic Server looks at no cookie behind it; ' +
        'for an edge that does, this is stricter than the CDN.'
    )
  }
  list.pass('package', `A token is in the ${candidate.place}.`)
  checkClaims(list, settings, jws.payload)
  checkWindow(list, settings, jws.payload, request.now)
  await checkSignature(list, candidate.token, jws, keys)
  checkAudience(list, settings, jws.payload)
  if (settings.verifier === 'rfc9246') {
    checkContainer(list, jws.payload, candidate.uri)
    return
  }
  const revocable = readRevocable(jws.payload)
  if (revocable !== undefined) await checkRevocation(list, revocable, request.revokedSince)
}

/** A token without an id is one that nothing revokes; one without its second is of 1970. */
function readRevocable (
  { jti, iat }: CompactJws['payload']
): { id: string, issuedAt: number } | undefined {
  if (typeof jti !== 'string') return undefined
  return { id: jti, issuedAt: typeof iat === 'number' ? iat : 0 }
}

/** What cookie libraries and other encoders do to a token. */
function packageFault (token: string): RefusalCode {
  if (/%[0-9a-f]{2}/i.test(token)) return 'percent-encoded'
  if (/^[\w+/=-]+\.[\w+/=-]+\.[\w+/=-]*$/.test(token) && /[+/=]/.test(token)) {
    return /[+/]/.test(token) ? 'base64-standard' : 'base64-padding'
  }
  return 'malformed'
}

let jose: Promise<typeof Jose> | undefined

/** Loaded with the first check: who only signs never needs it. */
function loadJose (): Promise<typeof Jose> {
  return jose ??= import('jose')
}

/** A token that names its key is held against that one; otherwise every key is tried. */
async function checkSignature (
  list: Checklist,
  token: string,
  { header }: CompactJws,
  keys: readonly UriSigningKey[]
): Promise<void> {
  const { compactVerify } = await loadJose()
  const named = header['kid'] === undefined ? keys : keys.filter(({ kid }) => kid === header['kid'])
  if (named.length === 0) {
    list.refuse(
      'key',
      'key-unknown',
      'The "kid" is not one of the accepted keys: ' +
        'is the key in the edge\'s configuration, under this issuer?',
      { expected: keys.map(({ kid }) => kid).join(' or '), found: String(header['kid']) }
    )
  }
  for (const { id, algorithm, verifyingKey } of named) {
    const verified = compactVerify(token, verifyingKey, { algorithms: [algorithm] })
    const fits = await verified.then(() => true, () => false)
    if (fits) return list.pass('signature', `It fits the key ${id}, with ${algorithm}.`)
  }
  return list.refuse(
    'signature',
    'signature-wrong',
    'It fits none of the accepted keys: was the token changed, or signed with another key?'
  )
}

function checkContainer (list: Checklist, { cdniuc }: CompactJws['payload'], uri: string): void {
  const pattern = typeof cdniuc === 'string' && cdniuc.startsWith('regex:')
    ? cdniuc.slice('regex:'.length)
    : undefined
  const matches = pattern === undefined ? undefined : matchesUriPattern(pattern, uri)
  if (matches === undefined) {
    const code = cdniuc === undefined ? 'claim-missing' : 'claim-refused'
    list.refuse('uri', code, 'The claim "cdniuc" is no pattern of the kind that is written here.')
  }
  if (!matches) {
    refuseUncovered(
      list,
      'uri',
      `The token is good for ${pattern}, which does not match this URI.`,
      {
        granted: [pattern!],
        requested: uri,
        covers: (other) => matchesUriPattern(pattern!, other) === true
      }
    )
  }
  list.pass('uri', 'The token covers this URI.')
}
