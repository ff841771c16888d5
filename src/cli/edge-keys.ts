import type { JsonWebKey, KeyObject } from 'node:crypto'
import type { Cdn } from '../cdn/cdn.js'
import type { CdnKey } from '../keys/key.js'
import type { EdgeRuntime, EdgeSettings } from './edge-file.js'
import { UsageError } from './usage-error.js'

/** What a verifier is told of a CDN; undefined where its cookies hold no Common Access Token. */
export function readVerifier (
  { format, url, cookieNames }: Cdn
): Pick<EdgeSettings, 'issuer' | 'host' | 'cookieName' | 'parameter'> | undefined {
  const { kind, issuer, parameter } = format
  if (kind !== 'common-access-token') return undefined
  return {
    issuer: String(issuer),
    host: new URL(url).hostname,
    cookieName: cookieNames[0]!,
    parameter: String(parameter)
  }
}

/**
 * The keys that an edge verifies with, as JWKs: secrets, and the public halves of pairs.
 *
 * @throws UsageError where the runtime can't verify with one
 */
export function edgeKeys (runtime: EdgeRuntime, keys: readonly CdnKey[]): readonly JsonWebKey[] {
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
export function storedKeys (runtime: EdgeRuntime, keys: readonly JsonWebKey[]): string {
  return JSON.stringify(
    runtime === 'cloudfront-function' ? { k: keys.map(({ k }) => k) } : keys
  )
}

function verifyingKeyOf (key: CdnKey): KeyObject {
  return (key as CdnKey & { readonly verifyingKey: KeyObject }).verifyingKey
}
