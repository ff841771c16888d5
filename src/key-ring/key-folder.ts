import { readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import * as errors from '../errors.js'
import { readKeyFile } from '../keys/key-file.js'

/** One key of a folder. */
export interface FolderKey {
  /** The file's name, without an extension that says no more than what it holds. */
  readonly id: string
  readonly bytes: Uint8Array
}

interface ListedFile {
  readonly name: string
  readonly id: string
  /** Milliseconds; undefined for a link that leads nowhere, which reading will say. */
  readonly modifiedAt: number | undefined
  readonly size: number | undefined
}

interface Listing {
  /** The real folder, behind every link. */
  readonly folder: string
  readonly files: readonly ListedFile[]
}

/** Of a Kubernetes volume: a link to the folder that holds what was written together. */
const swappedLink = '..data'
const extension = /\.(?:pem|key|der|jwk|json|txt|secret)$/i
const byNumber = new Intl.Collator('en', { numeric: true })
const mostFiles = 100
/** In bytes, what a key may have. */
const largestKey = 65_536
const mostAttempts = 3

const reasons: Record<string, string> = {
  ENOENT: 'is not there: no folder has the "path"',
  ENOTDIR: 'is no folder: "path" must name one',
  EACCES: 'may not be read by this process'
}

/**
 * The keys of a folder as they were at one moment, in the order of {@link directory}. Where the
 * folder changes while it is read, it is read again.
 *
 * @throws CDN_ACCESS_KEY_FOLDER_INVALID, CDN_ACCESS_KEY_FILE_UNREADABLE. They show no path.
 */
export async function readKeyFolder (path: string): Promise<readonly FolderKey[]> {
  for (let attempt = 0; attempt < mostAttempts; attempt++) {
    const listed = await listFolder(path)
    const [read] = await Promise.allSettled([readFiles(listed)])
    if (JSON.stringify(await listFolder(path)) === JSON.stringify(listed)) {
      if (read.status === 'rejected') throw read.reason
      return read.value
    }
  }
  return refuse('changed each time while it was read')
}

async function listFolder (path: string, attempts = mostAttempts): Promise<Listing> {
  try {
    const root = await realpath(path)
    const folder = await realpath(join(root, swappedLink)).catch(() => root)
    const names = await namesIn(folder).catch((error: unknown) => {
      if (folder === root || attempts === 1) throw error
    })
    // The folder behind the link is gone: another has come in its place.
    if (names === undefined) return await listFolder(path, attempts - 1)
    if (names.length > mostFiles) refuse(`holds more than ${mostFiles} files`)
    // One after another: on a mount that hangs they hold one thread of the pool.
    const files: ListedFile[] = []
    for (const name of names) {
      const stats = await stat(join(folder, name)).catch(() => undefined)
      if (stats?.isDirectory() === true) continue
      const id = name.replace(extension, '')
      files.push({ name, id, modifiedAt: stats?.mtimeMs, size: stats?.size })
    }
    return { folder, files: sorted(files, folder !== root) }
  } catch (error) {
    if (error instanceof errors.CDN_ACCESS_KEY_FOLDER_INVALID) throw error
    const { code } = error as NodeJS.ErrnoException
    return refuse(reasons[String(code)] ?? `can't be read: that fails with ${code}`)
  }
}

/** The last first, as it stays among names that count as one number. */
async function namesIn (folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const files = entries.filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.'))
  return files.map(({ name }) => name).toSorted().toReversed()
}

/** Files that were written together are as old as each other, whatever milliseconds say. */
function sorted (files: readonly ListedFile[], together: boolean): ListedFile[] {
  const secondOf = ({ modifiedAt = 0 }: ListedFile): number =>
    together ? 0 : Math.floor(modifiedAt / 1000)
  return files.toSorted((a, b) => secondOf(b) - secondOf(a) || byNumber.compare(b.id, a.id))
}

async function readFiles ({ folder, files }: Listing): Promise<FolderKey[]> {
  if (files.length === 0) refuse('is empty: it must hold one file for each key')
  const names = new Map<string, string>()
  for (const { id, name } of files) {
    const other = names.get(id)
    if (other !== undefined) refuse(`has two files for one key: ${shown(other)} and ${shown(name)}`)
    names.set(id, name)
  }
  return Promise.all(files.map(async ({ id, name, size }) => {
    const bytes = size !== undefined && size > largestKey
      ? undefined
      : await readKeyFile(join(folder, name), shown(name))
    if (bytes === undefined || bytes.length > largestKey) {
      throw new errors.CDN_ACCESS_KEY_FILE_UNREADABLE(
        shown(name),
        'it is larger than 64 kB, and no key is'
      )
    }
    return { id, bytes }
  }))
}

/** A name so long or so odd may be a key in the wrong place. */
function shown (name: string): string {
  return /^[\w.-]{1,64}$/.test(name) ? name : 'a file with an odd name'
}

function refuse (why: string): never {
  throw new errors.CDN_ACCESS_KEY_FOLDER_INVALID(why)
}
