import { watch, type FSWatcher } from 'node:fs'
import { findWay, type Way } from './watched-way.js'

/** A folder under watch. */
interface Lookout {
  readonly watcher: FSWatcher
  /** What counts in the folder; undefined for all. */
  names: ReadonlySet<string> | undefined
}

/**
 * Calls when a file, or an entry of a folder, is written, replaced, removed or made, also behind
 * symbolic links, each of which may be swapped: Kubernetes does so with a folder `..data`. Calls
 * once when it has begun, for what has changed before; also more often than that, and on systems
 * and mounts that can't tell not again. Returns what ends it. Keeps no process alive, and never
 * throws.
 */
export function watchPath (path: string, changed: () => void): () => void {
  const lookouts = new Map<string, Lookout>()
  let state: string | undefined
  let following = false
  let again = false
  let ended = false

  /** Follows the way anew, until it is the same before and after its folders are watched. */
  async function follow (): Promise<void> {
    following = true
    let arrived: boolean
    do {
      again = false
      const moved = keepUp(await findWay(path))
      arrived = !moved && !again
    } while (!arrived)
    following = false
  }

  /** True where something new is watched, which may have changed in the meantime. */
  function keepUp (way: Way): boolean {
    if (ended) return false
    for (const [key, { watcher }] of lookouts) {
      if (way.folders.has(key)) continue
      watcher.close()
      lookouts.delete(key)
    }
    let moved = false
    for (const [key, { folder, names }] of way.folders) {
      const known = lookouts.get(key)
      if (known !== undefined) known.names = names
      else moved = lookAt(key, folder, names) || moved
    }
    if (state !== way.state) changed()
    state = way.state
    return moved
  }

  function lookAt (key: string, folder: string, names: ReadonlySet<string> | undefined): boolean {
    const watcher = tryWatch(folder, (name) => {
      const counts = lookouts.get(key)?.names
      if (name === null || counts === undefined || counts.has(name)) notice()
    })
    if (watcher === undefined) return false
    lookouts.set(key, { watcher, names })
    return true
  }

  function notice (): void {
    if (ended) return
    changed()
    again = true
    if (!following) void follow()
  }

  void follow()
  return () => {
    ended = true
    for (const { watcher } of lookouts.values()) watcher.close()
    lookouts.clear()
  }
}

/** Undefined where the system can't, or has no watches left: `every` is the net. */
function tryWatch (folder: string, noticed: (name: string | null) => void): FSWatcher | undefined {
  try {
    return watch(folder, { persistent: false }, (_event, name) => {
      noticed(name)
    }).on('error', () => undefined)
  } catch {
    return undefined
  }
}
