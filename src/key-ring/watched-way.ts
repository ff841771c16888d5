import type { Stats } from 'node:fs'
import { lstat, readlink } from 'node:fs/promises'
import { basename, join, parse, resolve, sep } from 'node:path'
import fastq from 'fastq'

/** The folders on the way to a file or a folder in which something may change it. */
export interface Way {
  /** By path and inode: a folder that was made anew is another. */
  readonly folders: ReadonlyMap<string, WayFolder>
  /** Another text where something on the way has changed. */
  readonly state: string
}

export interface WayFolder {
  readonly folder: string
  /** The entries that count; undefined for all. */
  readonly names: ReadonlySet<string> | undefined
}

/** What a path goes on with, and where it has come to. */
interface Place {
  readonly folder: string
  readonly inode: number
}

const mostLinks = 40

/** One at a time: a mount that hangs holds a thread of the pool, which others need. */
const walks = fastq.promise(walk, 1)

/**
 * Finds each folder that holds a part of the path which is a symbolic link, and the folder of the
 * last target; where a part is missing, the folder in which it should be. Never rejects.
 */
export function findWay (path: string): Promise<Way> {
  return walks.push(path)
}

async function walk (path: string): Promise<Way> {
  const folders = new Map<string, { folder: string, names: Set<string> | undefined }>()
  const marks: string[] = []

  function hold ({ folder, inode }: Place, name: string, stats?: Stats): void {
    const key = `${inode}:${folder}`
    const held = folders.get(key) ?? { folder, names: new Set([basename(folder)]) }
    folders.set(key, { folder, names: held.names?.add(name) })
    marks.push(`${name}:${stats?.dev}:${stats?.ino}:${stats?.mtimeMs}:${stats?.size}`)
  }

  const own = resolve(path)
  let place: Place = { folder: parse(own).root, inode: 0 }
  let rest = partsOf(own)
  for (let links = 0; rest.length > 0;) {
    const [name, ...others] = rest as [string, ...string[]]
    const whole = join(place.folder, name)
    const stats = await lstat(whole).catch(() => undefined)
    const target = stats?.isSymbolicLink() === true
      ? await readlink(whole).catch(() => undefined)
      : undefined
    const isLast = others.length === 0
    if (target !== undefined || stats === undefined || isLast) hold(place, name, stats)
    if (stats === undefined || (target !== undefined && ++links > mostLinks)) break
    if (target !== undefined) {
      const next = resolve(place.folder, target)
      place = { folder: parse(next).root, inode: 0 }
      rest = [...partsOf(next), ...others]
      continue
    }
    place = { folder: whole, inode: stats.ino }
    rest = others
    if (isLast && stats.isDirectory()) {
      folders.set(`${stats.ino}:${whole}`, { folder: whole, names: undefined })
    }
  }
  return { folders, state: marks.join() }
}

function partsOf (path: string): string[] {
  return path.slice(parse(path).root.length).split(sep).filter((part) => part !== '')
}
