/**
 * Lengths at which a call is measured: close steps where what doubles with each character is still
 * short, wide ones after that.
 */
const lengths = [8, 12, 16, 20, 23, 26, 30, 36, 48, 80, 128, 256, 1024, 8192]
const longest = 8192

/** Anything that is linear, or even quadratic, takes far less for 8 kB on a slow machine. */
const longestMilliseconds = 10_000
const measurableMilliseconds = 8

/** What a call does with a text of this length. */
export type Work = (length: number) => Promise<void>

/**
 * The length from which on a call takes so long, or so much longer than before, that 8 kB would
 * take more than 10 s of processor time; undefined where none does. What looks like it is measured
 * again, so that a busy machine is none.
 */
export async function lengthThatBlowsUp (work: Work): Promise<number | undefined> {
  let before = { length: 1, took: 0 }
  for (const length of lengths) {
    const now = { length, took: await measure(work, length, 1) }
    if (isTooSlow(before, now)) {
      before.took = await measure(work, before.length, 3)
      now.took = await measure(work, length, 3)
      if (isTooSlow(before, now)) return length
    }
    before = now
  }
  return undefined
}

interface Measured {
  readonly length: number
  took: number
}

/** Draws the growth from one length to the next on to the longest. */
function isTooSlow (before: Measured, now: Measured): boolean {
  if (now.took < measurableMilliseconds) return false
  const growth = Math.log(now.took / Math.max(before.took, 0.1)) /
    Math.log(now.length / before.length)
  return now.took * (longest / now.length) ** Math.max(growth, 0) > longestMilliseconds
}

/** The least processor time of a few calls, in milliseconds. */
async function measure (work: Work, length: number, calls: number): Promise<number> {
  let least = Infinity
  for (let call = 0; call < calls; call++) {
    const before = process.cpuUsage()
    await work(length)
    const { user, system } = process.cpuUsage(before)
    least = Math.min(least, (user + system) / 1000)
  }
  return least
}
