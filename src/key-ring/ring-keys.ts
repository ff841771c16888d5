import { hash } from 'node:crypto'
import type { AccessCookie, Cdn, CdnGrant } from '../cdn/cdn.js'
import * as errors from '../errors.js'
import type { CdnKey } from '../keys/key.js'
import { within, type EpochSeconds } from '../time.js'
import { errorKind, isOwnError } from './load-failure.js'

/** A key of a ring, and the name under which tickets and memories know it. */
export interface RingKey {
  /** The CDN's own object, as its `parseKey` gave it. */
  readonly key: CdnKey
  /**
   * A hash of the key's id and its own identity, base64url: what was signed with a key is dead once
   * the CDN knows that key by another id.
   */
  readonly identity: string
}

const proofSeconds = 5

/**
 * Parses the entries of a ring. Each key that can sign proves it at `provenAt`, within 5 seconds;
 * undefined where none has to.
 *
 * @throws CDN_ACCESS_CDN_INVALID, CDN_ACCESS_KEY_ID_TAKEN, CDN_ACCESS_KEYS_TOO_MANY,
 * CDN_ACCESS_KEY_PROOF_FAILED, CDN_ACCESS_KEY_PROOF_TIMEOUT, CDN_ACCESS_SIGN_FAILED
 */
export async function parseRingKeys (
  cdn: Cdn,
  entries: readonly unknown[],
  provenAt: EpochSeconds | undefined
): Promise<readonly RingKey[]> {
  const keys = entries.map((entry) => cdn.parseKey(entry))
  if (!keys.every(({ identity }) => /^[A-Za-z0-9_-]{8,}$/.test(identity))) {
    throw new errors.CDN_ACCESS_CDN_INVALID(
      'the "identity" of each key must be at least 8 characters of base64url'
    )
  }
  const identities = new Map<string, string>()
  for (const { id, identity } of keys) {
    if ((identities.get(id) ?? identity) !== identity) {
      throw new errors.CDN_ACCESS_KEY_ID_TAKEN(cdn.name, id)
    }
    identities.set(id, identity)
  }
  const { most = Infinity } = cdn.keyLimits ?? {}
  if (identities.size > most) {
    throw new errors.CDN_ACCESS_KEYS_TOO_MANY(cdn.name, identities.size, most)
  }
  if (provenAt !== undefined) {
    const signing = keys.filter(({ canSign }) => canSign)
    await Promise.all(
      signing.map((key) =>
        within(
          proofSeconds,
          proveKey(cdn, key, provenAt),
          () => new errors.CDN_ACCESS_KEY_PROOF_TIMEOUT(key.id, cdn.name, proofSeconds)
        )
      )
    )
  }
  return keys.map((key) => ({ key, identity: ringIdentity(key) }))
}

/** Made of JSON, never of a joined string, in which two pairs could read alike. */
function ringIdentity ({ id, identity }: CdnKey): string {
  return hash('sha256', JSON.stringify([id, identity]), 'base64url')
}

/**
 * Signs a trial grant and has the CDN's own check look at it, so that no viewer is
 * the first to find out.
 */
async function proveKey (cdn: Cdn, key: CdnKey, now: EpochSeconds): Promise<void> {
  const { trial = { paths: ['/*'] } } = cdn
  const cookies = await signTrial(cdn, { ...trial, expiresAt: now + 60 }, key)
  const { allowed, checks } = await cdn.check({
    method: 'GET',
    // Behind a name a hyphen is no part of it, for formats in which a name ends there.
    url: trial.paths[0]!.replaceAll('*', '-trial'),
    cookies: cookies.map(({ name, value }) => [name, value] as const),
    now,
    ...(trial.ip === undefined ? {} : { ip: trial.ip })
  }, [key])
  if (!allowed) throw new errors.CDN_ACCESS_KEY_PROOF_FAILED(key.id, cdn.name, checks.at(-1)?.name)
}

async function signTrial (
  cdn: Cdn,
  grant: CdnGrant,
  key: CdnKey
): Promise<readonly AccessCookie[]> {
  try {
    return await cdn.sign(grant, key)
  } catch (cause) {
    throw isOwnError(cause) ? cause : new errors.CDN_ACCESS_SIGN_FAILED(cdn.name, errorKind(cause))
  }
}
