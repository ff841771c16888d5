import type { EpochSeconds } from '../time.js'
import { checkWhatIsGranted, checkWhatIsNot } from './access.js'
import { isAllowed } from './ask.js'
import { breach, shown } from './breach.js'
import { checkClaim } from './claims.js'
import { folderOf, joinedNames, requestsInside } from './requests.js'
import { signIfHeld, type Sample, type Signed } from './signed.js'
import type { Subject } from './subject.js'

/** Checks that a CDN holds or refuses each part that a grant may have, and drops none of them. */
export async function checkParts (
  subject: Subject,
  sample: Sample,
  clock: EpochSeconds
): Promise<void> {
  const parts = [{ notBefore: clock + 3600 }, ...otherPaths(sample).map((paths) => ({ paths }))]
  for (const part of parts) await checkPart(subject, { ...sample, ...part }, clock)
  for (const range of ranges) await checkRange(subject, { ...sample, ip: range.ip }, range, clock)
  for (const claim of ['contract', 'id', 'data', ...Object.keys({ ...sample.claims })]) {
    await checkClaim(subject, sample, claim, clock, inCookies)
  }
}

function otherPaths ({ paths }: Sample): string[][] {
  const folder = folderOf(paths[0]!)
  const sibling = folder === '/' ? '/contract/*' : `${folder.slice(0, -1)}-2/*`
  const patterns = ['film.bin', '*.bin', 'film-?.bin', '*film*.bin', '*/film.bin', '*', 'a*/*']
  return [
    paths.concat(sibling).toSorted(),
    ...patterns.concat(joinedNames).map((pattern) => [folder + pattern])
  ]
}

/** What is planned and signed must be enforced. */
async function checkPart (
  subject: Subject,
  sample: Sample,
  clock: EpochSeconds
): Promise<Signed | undefined> {
  const signed = await signIfHeld(subject, sample, clock)
  if (signed === undefined) return undefined
  await checkWhatIsGranted(subject, signed)
  await checkWhatIsNot(subject, signed)
  return signed
}

interface Range {
  readonly ip: string
  readonly last: string
  readonly beside: readonly string[]
}

/** Of addresses that are no viewer's (RFC 5737, RFC 3849). */
const ranges: readonly Range[] = [
  { ip: '192.0.2.7', last: '192.0.2.7', beside: ['192.0.2.6', '192.0.2.8'] },
  { ip: '192.0.2.16/28', last: '192.0.2.31', beside: ['192.0.2.15', '192.0.2.32'] },
  { ip: '2001:db8::7', last: '2001:db8::7', beside: ['2001:db8::6', '2001:db8::8'] },
  { ip: '2001:db8::100/120', last: '2001:db8::1ff', beside: ['2001:db8::ff', '2001:db8::200'] }
]

async function checkRange (
  subject: Subject,
  sample: Sample,
  { last, beside }: Range,
  clock: EpochSeconds
): Promise<void> {
  const signed = await checkPart(subject, sample, clock)
  if (signed === undefined) return
  const [url = ''] = requestsInside(sample.paths[0]!)
  for (const ip of [last, ...beside]) {
    const allowed = await isAllowed(subject, signed, url, { ip })
    if (allowed !== (ip === last)) {
      throw breach(
        subject.cdn,
        `"check" ${allowed ? 'allows' : 'refuses'} the address ${ip} for ${shown(signed.grant)}`
      )
    }
  }
}

const inCookies = {
  make: async (...grant: Parameters<typeof signIfHeld>): Promise<string | undefined> =>
    (await signIfHeld(...grant))?.sets.flat().map(({ value }) => value).join(';'),
  words: (claim: string) =>
    `it takes the claim "${claim}" and drops it: no error, and the cookies are as without`
}
