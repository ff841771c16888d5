import type { EpochSeconds } from '../time.js'
import { breach } from './breach.js'
import type { Sample } from './signed.js'
import type { Subject } from './subject.js'

/** So long that it can't hide in how signatures differ in length. */
const longClaim = 'contract-'.repeat(16)
const visibleLength = 48

/** What a CDN makes of one grant, made twice: what a signature makes of chance differs. */
export type Twice = readonly [string, string]

/** What a CDN makes of a grant, as text; undefined where it refuses to. */
export type Make = (
  subject: Subject,
  sample: Sample,
  clock: EpochSeconds
) => Promise<string | undefined>

/** A claim must show in what is made with it, or else no edge can know of it. */
export async function checkClaim (
  subject: Subject,
  sample: Sample,
  claim: string,
  clock: EpochSeconds,
  { make, words }: { make: Make, words: (claim: string) => string }
): Promise<void> {
  const { without, having } = withAndWithout(sample, claim)
  const [first, second] = [
    await makeTwice(make, subject, without, clock),
    await makeTwice(make, subject, having, clock)
  ]
  if (first !== undefined && second !== undefined && isDropped(first, second)) {
    throw breach(subject.cdn, words(claim))
  }
}

async function makeTwice (
  make: Make,
  ...grant: Parameters<Make>
): Promise<Twice | undefined> {
  const [first, second] = [await make(...grant), await make(...grant)]
  return first === undefined || second === undefined ? undefined : [first, second]
}

/** True where a claim does not show in what was made with it. */
export function isDropped (without: Twice, having: Twice): boolean {
  return Math.abs(without[0].length - having[0].length) < visibleLength &&
    steadyParts(without) === steadyParts(having)
}

/** A sample without a claim, and with it. */
export function withAndWithout (
  { claims, ...bare }: Sample,
  claim: string
): { without: Sample, having: Sample } {
  const { [claim]: _, ...others } = { ...claims }
  return {
    without: Object.keys(others).length === 0 ? bare : { ...bare, claims: others },
    having: { ...bare, claims: { ...others, [claim]: longClaim } }
  }
}

/** What the two have in common. */
function steadyParts ([first, second]: Twice): string {
  const others = second.split(/[^A-Za-z0-9_-]/)
  return first.split(/[^A-Za-z0-9_-]/).map((part, index) => part === others[index] ? part : '')
    .join(';')
}
