import { sign, type KeyObject } from 'node:crypto'
import { availableParallelism } from 'node:os'
import fastq from 'fastq'

interface Task {
  readonly digest: string | null
  readonly data: Buffer
  readonly key: KeyObject
}

/** Two for each core: one at work, and one ready, so that no thread goes to sleep between two. */
const queue = fastq<unknown, Task, Buffer>(run, 2 * availableParallelism())

/** Signs off the event loop, in turn. */
export function signInThreadPool (digest: string | null, data: Buffer, key: KeyObject): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    queue.push({ digest, data, key }, (error, signature) => error === null ? resolve(signature!) : reject(error))
  })
}

function run ({ digest, data, key }: Task, done: (error: Error | null, signature?: Buffer) => void): void {
  sign(digest, data, key, done)
}
