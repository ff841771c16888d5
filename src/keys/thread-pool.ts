import { sign, type KeyObject } from 'node:crypto'
import fastq from 'fastq'

interface Task {
  readonly digest: string | null
  readonly data: Buffer
  readonly key: KeyObject
}

/** What libuv makes of the same variable, which it reads once as well. */
const threads = Math.max(1, Number(process.env['UV_THREADPOOL_SIZE']) || 4)

/** Two for each thread: one at work and one ready. More would keep files and names, which wait in the same pool, waiting longer. */
const queue = fastq<unknown, Task, Buffer>(run, 2 * threads)

/** Signs off the event loop, in turn. */
export function signInThreadPool (digest: string | null, data: Buffer, key: KeyObject): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    queue.push({ digest, data, key }, (error, signature) => error === null ? resolve(signature!) : reject(error))
  })
}

function run ({ digest, data, key }: Task, done: (error: Error | null, signature?: Buffer) => void): void {
  sign(digest, data, key, done)
}
