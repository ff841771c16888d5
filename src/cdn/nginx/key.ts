import * as errors from '../../errors.js'
import type { CdnKey, KeyValidity } from '../../keys/key.js'
import { checkEntry, parseValidity } from '../../keys/key-entry.js'
import { secretIdentity, secretText, type SecretInput } from '../../keys/secret-key.js'

/** One secret that the nginx block hashes. */
export interface NginxKeyEntry extends KeyValidity {
  /** At least 22 of `A-Z a-z 0-9 - _ . ~ + / =`: what 128 random bits take in base64url. */
  readonly secret: SecretInput
}

export interface NginxKey extends CdnKey {
  readonly secret: string
}

const identityLength = 8

const secretWords = 'at least 22 of A-Z a-z 0-9 - _ . ~ + / =: 128 random bits in base64url, ' +
  'and nothing that has a meaning in a file of nginx'

/** Reads one secret. */
export function parseNginxKey (entry: unknown, cdn: string): NginxKey {
  const checked = checkEntry<NginxKeyEntry>(entry, ['secret', 'notBefore', 'notAfter'], cdn)
  const secret = secretText(checked.secret)
  if (secret === undefined || !/^[A-Za-z0-9\-_.~+/=]{22,}$/.test(secret)) {
    throw new errors.CDN_ACCESS_KEY_SECRET_INVALID('secret', secretWords)
  }
  const identity = secretIdentity(Buffer.from(secret))
  return {
    id: identity.slice(0, identityLength),
    identity,
    canSign: true,
    ...parseValidity(checked),
    secret
  }
}
