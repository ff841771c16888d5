const smallestJump = 1000

/** The two clocks of a page. */
type Clocks = Pick<typeof globalThis, 'performance' | 'Date'>

/**
 * Milliseconds that only go forward. The monotonic clock may stand still while the device sleeps,
 * and the wall clock may be set: what the wall clock gains on the other one, by more than a second,
 * is taken for sleep. Setting it back changes nothing; setting it forward ends access early, which
 * costs one refresh.
 */
export function createClock ({ performance, Date }: Clocks): () => number {
  let slept = 0
  let offset = Date.now() - performance.now()
  return () => {
    const monotonic = performance.now()
    const gained = Date.now() - monotonic - offset
    offset += gained
    if (gained > smallestJump) slept += gained
    return monotonic + slept
  }
}
