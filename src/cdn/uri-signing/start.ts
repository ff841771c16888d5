import * as errors from '../../errors.js'

/** What an edge does with the claim `nbf`. */
export type NbfAtEdge = 'ignored' | 'checked' | 'required'

/** The first second after 1970 began: some verifiers take 0 for a claim that is missing. */
const longAgo = 1

/**
 * What the edge does with `nbf`. Code that follows RFC 9246 checks it.
 *
 * @throws CDN_ACCESS_OPTION_INVALID
 */
export function readNbf (nbf: NbfAtEdge | undefined, verifier: 'rfc9246' | 'jwt'): NbfAtEdge {
  if (verifier === 'jwt') return nbf ?? 'ignored'
  if (nbf === undefined) return 'checked'
  throw new errors.CDN_ACCESS_OPTION_INVALID(
    'nbf',
    'left out with the verifier "rfc9246", whose edges check it'
  )
}

/**
 * The claim of a grant. Where the edge wants one and the grant has no start, it is always the same,
 * so that a poll finds what was signed before and viewers of one step share a signature.
 */
export function nbfClaim (
  nbf: NbfAtEdge,
  notBefore: number | undefined
): { nbf: number } | undefined {
  const start = notBefore ?? (nbf === 'required' ? longAgo : undefined)
  return start === undefined ? undefined : { nbf: start }
}
