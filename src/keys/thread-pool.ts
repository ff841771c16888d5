import { KeyObject, sign } from 'node:crypto'
import fastq from 'fastq'
import type { KeyWithOptions } from './signature-scheme.js'

interface Task {
  readonly digest: string | null
  readonly data: Buffer
  readonly key: KeyWithOptions
  readonly done: (error: Error | null, signature?: Buffer) => void
}

/** The pool's size: what libuv makes of the same variable, which it reads once as well. */
export const poolThreads: number = Math.max(1, Number(process.env['UV_THREADPOOL_SIZE']) || 4)

/**
 * How many signatures the pool is given at a time, so that files and names, which wait in the same
 * pool, wait about a millisecond: an RSA signature takes as long as twenty on a curve.
 */
const rsa = fastq<unknown, Task, Buffer>(run, 2 * poolThreads)
const curves = fastq<unknown, Task, Buffer>(run, 16 * poolThreads)

/**
 * Kept as it was at import: a host's tests may put a false clock in its place, which no
 * signature should wait for.
 */
const afterThisTurn = setImmediate

let gathered: Task[] = []

/**
 * Signs off the event loop, in turn. What one turn of the loop asks for is handed over at once: to
 * wake a thread for each signature costs the loop more than the rest of it.
 */
export function signInThreadPool (
  digest: string | null,
  data: Buffer,
  key: KeyWithOptions
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    gathered.push({
      digest,
      data,
      key,
      done: (error, signature) => error === null ? resolve(signature!) : reject(error)
    })
    if (gathered.length === 1) afterThisTurn(handOver)
  })
}

function handOver (): void {
  const tasks = gathered
  gathered = []
  for (const task of tasks) {
    ;(isRsa(task.key) ? rsa : curves).push(task, task.done)
  }
}

function isRsa (key: KeyWithOptions): boolean {
  return (key instanceof KeyObject ? key : key.key).asymmetricKeyType === 'rsa'
}

function run (
  { digest, data, key }: Task,
  done: (error: Error | null, signature?: Buffer) => void
): void {
  try {
    sign(digest, data, key, done)
  } catch (error) {
    done(error as Error)
  }
}
