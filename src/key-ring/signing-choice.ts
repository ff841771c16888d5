import type { EpochSeconds } from '../time.js'
import { hasSettled, type SeenKey } from './seen-keys.js'

/**
 * The key that signs at a moment what ends at another: of those that may, the first listed that has
 * settled. Where none has, the one that was seen first, of several the one listed last: it is the
 * one that a CDN most likely has.
 */
export function chooseSigningKey (
  keys: readonly SeenKey[],
  at: EpochSeconds,
  expiresAt: EpochSeconds
): SeenKey | undefined {
  const able = keysAble(keys, at, expiresAt)
  return able.find((key) => hasSettled(key, at)) ?? seenFirst(able)
}

/** The key that would sign in place of the chosen one if it had settled. */
export function awaitedKey (
  keys: readonly SeenKey[],
  at: EpochSeconds,
  expiresAt: EpochSeconds
): SeenKey | undefined {
  const [first] = keysAble(keys, at, expiresAt)
  return first === chooseSigningKey(keys, at, expiresAt) ? undefined : first
}

function keysAble (
  keys: readonly SeenKey[],
  at: EpochSeconds,
  expiresAt: EpochSeconds
): SeenKey[] {
  return keys.filter(({ key }) =>
    key.canSign && (key.notBefore ?? at) <= at && (key.notAfter ?? expiresAt) >= expiresAt
  )
}

/**
 * The next second in which another key may be the one, for what lives so many seconds; `Infinity`
 * where none will.
 */
export function nextChoiceAt (
  keys: readonly SeenKey[],
  now: EpochSeconds,
  ttl: number
): EpochSeconds {
  const moments = keys.filter(({ key }) => key.canSign).flatMap(({ settledAt, key }) => [
    settledAt,
    key.notBefore ?? now,
    (key.notAfter ?? now) - ttl + 1
  ])
  return Math.min(...moments.filter((moment) => moment > now))
}

function seenFirst (keys: readonly SeenKey[]): SeenKey | undefined {
  return keys.reduce<SeenKey | undefined>(
    (first, key) => first === undefined || key.load <= first.load ? key : first,
    undefined
  )
}
