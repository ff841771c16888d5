import type { EpochSeconds } from '../time.js'
import { isAllowed } from './ask.js'
import { breach, shown } from './breach.js'
import { lengthThatBlowsUp, type Work } from './growth.js'
import { folderOf, requestsInside } from './requests.js'
import { signIfHeld, type Sample, type Signed } from './signed.js'
import type { Subject } from './subject.js'

/**
 * What is repeated: letters, all that separates parts of some format, and what wildcards and
 * encodings are made of.
 */
const units = ['a', '0', '.', '=', '~', '!', ':', '&', '%', '*', '?', '/', 'a=', '*a']

/**
 * Checks that neither `plan` nor `check` takes a power of the length of what a viewer can send: one
 * request would otherwise stop a server.
 */
export async function checkGrowth (
  subject: Subject,
  sample: Sample,
  signed: Signed,
  clock: EpochSeconds
): Promise<void> {
  const { cdn } = subject
  const folder = folderOf(sample.paths[0]!)
  for (const unit of units) {
    await refuseBlowUp(subject, `"plan" with a path of many ${unit}`, async (length) => {
      try {
        cdn.plan({ ...signed.grant, paths: [`${folder}${run(unit, length)}b`] })
      } catch {
        // What is refused took its time, too.
      }
    })
    await refuseBlowUp(subject, `"check" with a URL of many ${unit}`, async (length) => {
      await isAllowed(subject, signed, `${folder}${run(unit, length)}`)
      await isAllowed(subject, signed, `${folder}film.bin?${run(unit, length)}`)
    })
    await checkCookies(subject, signed, unit)
  }
  for (const pattern of patterns) {
    await checkPattern(subject, { ...sample, paths: [folder + pattern] }, clock)
  }
}

/** A run alone, before a genuine value, behind it and amid it. */
async function checkCookies (subject: Subject, signed: Signed, unit: string): Promise<void> {
  const [set = []] = signed.sets
  const [url = ''] = requestsInside(signed.grant.paths[0]!)
  for (const [index, { name, value }] of set.entries()) {
    const middle = value.search(/[^A-Za-z0-9_-]/) + 1
    await refuseBlowUp(subject, `"check" with a cookie ${name} of many ${unit}`, async (length) => {
      const text = run(unit, length)
      for (
        const changed of [
          text,
          text + value,
          value + text,
          value.slice(0, middle) + text + value.slice(middle)
        ]
      ) {
        const cookies = set.map((cookie, at): [string, string] => [
          cookie.name,
          at === index ? changed : cookie.value
        ])
        await isAllowed(subject, signed, url, { cookies })
      }
    })
  }
}

/** Patterns that a matcher which goes back and forth tries in very many ways. */
const patterns = [
  '*a*a*a*b',
  '*a*a*a*a*a*a*a*b',
  `${'*a'.repeat(20)}*b`,
  `${'*?'.repeat(12)}b`,
  `${'?'.repeat(12)}*b*b*c`
]

async function checkPattern (subject: Subject, sample: Sample, clock: EpochSeconds): Promise<void> {
  const signed = await signIfHeld(subject, sample, clock)
  if (signed === undefined) return
  const folder = folderOf(sample.paths[0]!)
  const cookies = signed.sets[0]!.map(({ name, value }) => [name, value] as const)
  await refuseBlowUp(
    subject,
    `"check" with the pattern of ${shown(signed.grant)}`,
    async (length) => {
      await isAllowed(subject, signed, `${folder}${'a'.repeat(length)}`, { cookies })
    }
  )
}

async function refuseBlowUp ({ cdn }: Subject, what: string, work: Work): Promise<void> {
  const length = await lengthThatBlowsUp(work)
  if (length !== undefined) {
    throw breach(
      cdn,
      `${what} blows up: from ${length} characters on it grows so fast that 8 kB take over 10 s`
    )
  }
}

function run (unit: string, length: number): string {
  return unit.repeat(Math.ceil(length / unit.length)).slice(0, length)
}
