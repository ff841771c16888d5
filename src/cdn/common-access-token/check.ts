import type { EdgeRequest, Verdict } from '../cdn.js'
import { checkRequestPath } from '../format/request-path.js'
import { checkRevocation } from '../format/revocation.js'
import { noAccess, verdict, type Checklist } from '../format/verdict.js'
import { findTokens, firstGood } from './candidate.js'
import { checkClaims, type ClaimSettings } from './check-claims.js'
import { checkProof, readToken } from './check-proof.js'
import type { CommonAccessTokenKey } from './key.js'

/** What an edge is set to. */
export interface EdgeSettings extends ClaimSettings {
  readonly cookieName: string
  /** The parameter of signed URLs. */
  readonly queryName: string
}

/**
 * What an edge answers, in the order in which all verifiers of this package decide. The first token
 * that is good in all but its revocation decides, so that a store is asked once for a request.
 */
export async function checkCommonAccessToken (
  settings: EdgeSettings,
  request: EdgeRequest,
  keys: readonly CommonAccessTokenKey[]
): Promise<Verdict> {
  return verdict(403, async (list) => {
    if (request.method === 'OPTIONS') {
      return list.pass('method', 'It is a preflight, which carries no cookies and passes.')
    }
    checkMethod(list, request.method)
    const target = checkRequestPath(list, request.url)
    refuseReadings(list, target.path)
    const candidates = findTokens(settings, target.query, request.cookies)
    if (candidates.length === 0) {
      list.refuse(
        'token',
        'access-missing',
        noAccess(`no cookie ${settings.cookieName}`, 'the cookie\'s')
      )
    }
    if (keys.length === 0) {
      list.unavailable('keys', 'keys-missing', 'The edge has no key that it accepts.')
    }
    const issued = await firstGood(list, candidates, (own, candidate) => {
      const message = readToken(own, candidate)
      checkProof(own, message, keys)
      return checkClaims(own, message.payload, settings, { path: target.path, now: request.now })
    })
    await checkRevocation(list, issued, request.revokedSince)
  })
}

function checkMethod (list: Checklist, method: string): void {
  if (method !== 'GET' && method !== 'HEAD') {
    list.refuse('method', 'method-refused', 'The method is neither GET nor HEAD.')
  }
  list.pass('method', 'The method only reads.')
}

/** What servers behind an edge are known to read otherwise, beside what all CDNs refuse here. */
function refuseReadings (list: Checklist, path: string): void {
  if (/%2e/i.test(path)) {
    list.refuse('path', 'path-ambiguous', 'The path holds an encoded dot.')
  }
  if (path.includes('//')) {
    list.refuse('path', 'path-ambiguous', 'The path holds an empty segment.')
  }
}
