import { LruMap } from 'toad-cache'

/** A bounded memory that a crowd of one-time keys can't wash out. */
export interface SecondSightCache<Value> {
  get(key: string): Value | undefined
  /**
   * Replaces the value of a key that it holds. Another one it keeps, once it is full only where it
   * saw the key before.
   */
  set(key: string, value: Value): void
  readonly size: () => number
}

/** Slots for what was seen, for each value that is kept: two one-time keys seldom meet in one. */
const slotsPerValue = 4

/**
 * Keeps the `max` values that were used last. What is seen for the first time while the memory is
 * full is only remembered as a number, so that values which nobody asks for again cost next to
 * nothing.
 */
export function createSecondSightCache<Value extends object> (
  max: number
): SecondSightCache<Value> {
  const kept = new LruMap<Value>(max)
  const seen = new Uint32Array(max * slotsPerValue)

  function seenBefore (key: string): boolean {
    const hash = hashOf(key)
    const slot = hash % seen.length
    const before = seen[slot] === hash
    seen[slot] = hash
    return before
  }

  return {
    get: (key) => kept.get(key),
    set: (key, value) => {
      const known = seenBefore(key)
      if (known || kept.size < max || kept.items.has(key)) kept.set(key, value)
    },
    size: () => kept.size
  }
}

/** FNV-1a, 32 bits; odd, so never the zero of an empty slot. */
function hashOf (text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return (hash | 1) >>> 0
}
