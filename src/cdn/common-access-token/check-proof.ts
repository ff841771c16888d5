import { base64Url, decodeStrictly } from '../format/base64.js'
import { readCose, verifyCose, type CoseMessage } from '../format/cose.js'
import type { Checklist } from '../format/verdict.js'
import type { RefusalCode } from '../refusal-codes.js'
import type { Candidate } from './candidate.js'
import { longestToken } from './gate.js'
import type { CommonAccessTokenKey } from './key.js'

/** Takes a token apart, as far as it is one. */
export function readToken (list: Checklist, { token, place }: Candidate): CoseMessage {
  if (token.length > longestToken) {
    const words = `The token in the ${place} has more than ${longestToken} characters.`
    list.refuse('token', 'malformed', words)
  }
  const bytes = decodeStrictly(token, base64Url)
  const message = bytes === undefined ? undefined : readCose(bytes)
  if (message === undefined) {
    list.refuse(
      'token',
      tokenFault(token),
      `The ${place} holds no CWT in COSE: was the value percent-encoded or cut off?`
    )
  }
  list.pass('token', `A token is in the ${place}.`)
  return message
}

/**
 * Each key is tried, with its own algorithm. No signature covers the id of the key: it must be that
 * of the key that fits. An edge that has keys without ids takes any; this is stricter.
 */
export function checkProof (
  list: Checklist,
  message: CoseMessage,
  keys: readonly CommonAccessTokenKey[]
): void {
  const fits = ({ algorithm, verifyingKey }: CommonAccessTokenKey): boolean =>
    verifyCose(message, algorithm, verifyingKey)
  const kid = message.kid?.toString()
  const named = keys.filter(({ id }) => id === kid)
  const key = named.find(fits)
  if (key !== undefined) {
    return list.pass('signature', `It fits the key ${key.id}, with ${key.algorithm}.`)
  }
  const other = keys.find(fits)
  if (other !== undefined) {
    list.refuse('signature', 'key-differs', 'The id of the key in the token is another key\'s.', {
      expected: other.id,
      found: kid === undefined ? 'none' : 'another'
    })
  }
  return list.refuse(
    'signature',
    named.length === 0 ? 'key-unknown' : 'signature-wrong',
    'It fits none of the accepted keys, each with its own algorithm: ' +
      'was the token changed, or made with another key or algorithm?'
  )
}

/** What cookie libraries and other encoders do to a token. */
function tokenFault (token: string): RefusalCode {
  if (/%[0-9a-f]{2}/i.test(token)) return 'percent-encoded'
  if (/[+/]/.test(token)) return 'base64-standard'
  return token.endsWith('=') ? 'base64-padding' : 'malformed'
}
