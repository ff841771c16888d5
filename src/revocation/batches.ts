import { setTimeout } from 'node:timers/promises'
import { NoAnswerInTime, within } from '../time.js'
import type { RevocationEdge, Revoked } from './revocation-store.js'
import { laterOf } from './revocation-value.js'

/** Revocations by id that are written together. */
export type Batch = ReadonlyMap<string, Revoked>

/** Milliseconds in which what comes is written together. */
const gatheringTime = 250

/** Seconds. A write that hangs must not hold up those behind it for ever. */
const writeTimeout = 25

/**
 * Gathers revocations for a quarter of a second, and writes at most `largest` together, one batch
 * after another: a store that is written as a whole takes a few writes in a second and no more. Who
 * came together is told together.
 */
export function createBatches (
  largest: number,
  write: (batch: Batch) => Promise<void>
): RevocationEdge['revoke'] {
  let gathered: Map<string, Revoked> | undefined
  let written: Promise<void> = Promise.resolve()
  let last: Promise<void> = Promise.resolve()

  async function writeLater (all: ReadonlyMap<string, Revoked>): Promise<void> {
    await setTimeout(gatheringTime)
    gathered = undefined
    const turn = last.then(() => writeAll(all))
    last = turn.catch(() => undefined)
    await turn
  }

  async function writeAll (all: ReadonlyMap<string, Revoked>): Promise<void> {
    const entries = [...all]
    for (let start = 0; start < entries.length; start += largest) {
      const batch = new Map(entries.slice(start, start + largest))
      await within(writeTimeout, write(batch), () => new NoAnswerInTime())
    }
  }

  return (id, since, until) => {
    if (gathered === undefined) {
      gathered = new Map()
      written = writeLater(gathered)
    }
    gathered.set(id, laterOf({ since, until }, gathered.get(id)))
    return written
  }
}
