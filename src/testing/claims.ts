import type { Sample } from './signed.js'

/** So long that it can't hide in how signatures differ in length. */
const longClaim = 'contract-'.repeat(16)
const visibleLength = 48

/** What a CDN makes of one grant, made twice: what a signature makes of chance differs. */
export type Twice = readonly [string, string]

/** True where a claim does not show in what was made with it: no edge can know of it. */
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
