import { LruMap } from 'toad-cache'

/**
 * Makes texts of texts, and keeps as many as `size` of those that were asked for last: for what is
 * hashed at every request. 0 keeps none.
 */
export function remember (
  size: number,
  make: (text: string) => string
): (text: string) => string {
  if (size === 0) return make
  const kept = new LruMap<string>(size)
  return (text) => {
    const known = kept.get(text)
    if (known !== undefined) return known
    const made = make(text)
    kept.set(text, made)
    return made
  }
}
