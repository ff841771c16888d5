import type { KeyObject } from 'node:crypto'
import type { Cdn } from '../cdn/cdn.js'
import type { Jwk } from '../keys/jwk.js'
import type { CdnKey } from '../keys/key.js'
import type { EdgeRuntime, EdgeSettings } from './edge-file.js'
import { UsageError } from './usage-error.js'

/** A CDN whose tokens the verifiers of this package check, as far as they must know it. */
interface VerifiedCdn extends Cdn {
  readonly verifier: Omit<EdgeSettings, 'origins' | 'keys'> & { readonly renews: boolean }
}

/**
 * What a verifier is told of a CDN; undefined where its cookies hold no Common Access Token.
 *
 * @throws UsageError where its tokens hold what no verifier here takes
 */
export function readVerifier (cdn: Cdn): Omit<EdgeSettings, 'origins' | 'keys'> | undefined {
  const { verifier } = cdn as Partial<VerifiedCdn>
  if (verifier === undefined) return undefined
  const { renews, ...settings } = verifier
  if (renews) {
    throw new UsageError(
      `${cdn.name} has renewAtEdgeWithoutRevocation, and this edge renews nothing: leave it out`
    )
  }
  return settings
}

/**
 * The keys that an edge verifies with, as JWKs: secrets, and the public halves of pairs.
 *
 * @throws UsageError where the runtime can't verify with one
 */
export function edgeKeys (runtime: EdgeRuntime, keys: readonly CdnKey[]): readonly Jwk[] {
  return keys.map((key) => {
    const jwk = verifyingKeyOf(key).export({ format: 'jwk' })
    if (runtime === 'cloudfront-function' && jwk.kty !== 'oct') {
      throw new UsageError(
        `The key ${key.id} is a pair, and CloudFront Functions verify HS256 alone: ` +
          'give the CDN secrets, or take lambda-at-edge'
      )
    }
    return { ...jwk, kid: key.id }
  })
}

/** The keys as text for the place where a runtime keeps them. */
export function storedKeys (runtime: EdgeRuntime, keys: readonly Jwk[]): string {
  return JSON.stringify(
    runtime === 'cloudfront-function'
      ? { k: keys.map(({ k }) => k), i: keys.map(({ kid }) => kid) }
      : keys
  )
}

function verifyingKeyOf (key: CdnKey): KeyObject {
  return (key as CdnKey & { readonly verifyingKey: KeyObject }).verifyingKey
}
