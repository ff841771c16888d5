import { constants, type Stats } from 'node:fs'
import { open, stat, type FileHandle } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import fastq from 'fastq'
import * as errors from '../errors.js'
import { poolThreads } from './thread-pool.js'

/** What is said of a file that is not read. */
class Refusal extends Error {}

/** In bytes: a hundred entries with RSA-4096 keys take a third of it. */
const largestFile = 1_048_576

/**
 * A file on a mount that hangs holds its thread of the pool for as long as that hangs. The other
 * half is left to signing and to the host.
 */
const reads = fastq.promise(readRegularFile, Math.max(1, Math.floor(poolThreads / 2)))

const reasons: Record<string, string> = {
  ENOENT: 'there is no such file',
  EACCES: 'this process may not read it'
}

/**
 * The bytes of a file that holds a key or key entries: a regular file, perhaps behind a symbolic
 * link, of at most 1 MiB. `option` is what named it, for errors. They show neither the path nor the
 * system's own error, which quotes it: a key is easily put in the path's place.
 *
 * @throws CDN_ACCESS_KEY_FILE_UNREADABLE
 */
export async function readKeyFile (file: string, option: string): Promise<Buffer> {
  try {
    if (file.includes('-----BEGIN')) throw new Refusal('it is a key itself, not the path of one')
    return await reads.push(file)
  } catch (error) {
    throw new errors.CDN_ACCESS_KEY_FILE_UNREADABLE(option, reasonOf(error, isAbsolute(file)))
  }
}

async function readRegularFile (file: string): Promise<Buffer> {
  refuseOthers(await stat(file))
  // Not even a FIFO that has just been put in the file's place is waited for. On Windows the flag
  // is undefined, which counts as none.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    refuseOthers(await handle.stat())
    return await readUpToLimit(handle)
  } finally {
    await handle.close()
  }
}

/** Goes by what it reads: a file may grow, and those of `/proc` say that they are empty. */
async function readUpToLimit (handle: FileHandle): Promise<Buffer> {
  const buffer = Buffer.alloc(largestFile + 1)
  let length = 0
  let bytesRead: number
  do {
    ;({ bytesRead } = await handle.read(buffer, length, buffer.length - length, null))
    length += bytesRead
  } while (bytesRead > 0 && length <= largestFile)
  if (length > largestFile) throw new Refusal('it is larger than 1 MiB')
  return Buffer.from(buffer.subarray(0, length))
}

function refuseOthers (stats: Stats): void {
  if (stats.isFile()) return
  const kind = stats.isDirectory()
    ? 'a directory'
    : stats.isFIFO()
    ? 'a FIFO'
    : 'a device or a socket'
  throw new Refusal(`it is ${kind}, and must be a regular file`)
}

function reasonOf (error: unknown, isWhole: boolean): string {
  if (error instanceof Refusal) return error.message
  const code = String((error as NodeJS.ErrnoException).code)
  const from = isWhole ? '' : ' below the folder in which the process was started'
  return `${reasons[code] ?? `reading it fails with ${code}`}${from}`
}
