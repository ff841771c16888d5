import { setTimeout } from 'node:timers/promises'
import type { Batch } from './batches.js'
import type { Entry, KeyValueStore } from './key-value-store.js'
import type { Revoked } from './revocation-store.js'
import { formatRevocation, laterOf, parseRevocation } from './revocation-value.js'

/** Keys that one update may put and delete. */
export const mostKeys = 50

const mostTries = 5

/** Milliseconds before the second try, which double with each. */
const firstPause = 50

/** What a key begins with that is a revocation: other keys of the store are left alone. */
const prefix = 'r:'

/**
 * Writes batches of revocations into a store whose version changes with every write of whoever. Each
 * try reads and writes under one version, so that what two processes write at once never lowers what
 * the other wrote. Beside them it deletes what is over, of one page of the store with each write.
 */
export function createKeyValueWriter (
  open: () => Promise<KeyValueStore>
): (batch: Batch) => Promise<void> {
  let etag: string | undefined
  let page: string | undefined

  async function write (store: KeyValueStore, batch: Batch): Promise<void> {
    const version = etag ?? await store.version()
    etag = undefined
    const puts = await Promise.all(
      [...batch].map(async ([id, revoked]): Promise<Entry> => {
        const key = prefix + id
        const before = await store.get(key)
        return { key, value: formatRevocation(laterOf(revoked, readEntry(before))) }
      })
    )
    const { entries, next } = await store.list(page)
    page = next
    const now = Math.min(...[...batch.values()].map(({ since }) => since))
    const over = entries.filter(({ key, value }) =>
      key.startsWith(prefix) && !puts.some((put) => put.key === key) &&
      (parseRevocation(value)?.until ?? now + 1) <= now
    )
    const deletes = over.slice(0, mostKeys - puts.length).map(({ key }) => key)
    etag = await store.update({ etag: version, puts, deletes })
  }

  async function writeAgain (store: KeyValueStore, batch: Batch, tries: number): Promise<void> {
    try {
      await write(store, batch)
    } catch (error) {
      if (tries === mostTries || !isConflict(error)) throw error
      page = undefined
      await setTimeout(Math.random() * firstPause * 2 ** tries)
      await writeAgain(store, batch, tries + 1)
    }
  }

  return async (batch) => writeAgain(await open(), batch, 1)
}

function readEntry (value: string | undefined): Revoked | undefined {
  return value === undefined ? undefined : parseRevocation(value)
}

/** Somebody else wrote meanwhile: CloudFront says so with either status. */
function isConflict (error: unknown): boolean {
  const { $metadata } = Object(error) as { $metadata?: { httpStatusCode?: number } }
  return [400, 409].includes($metadata?.httpStatusCode ?? 0)
}
