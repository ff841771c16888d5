import { watch, type FSWatcher, type WatchListener } from 'node:fs'
import { basename } from 'node:path'
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
    for (const key of lookouts.keys()) {
      if (!way.folders.has(key)) leave(key)
    }
    let moved = false
    for (const [key, { folder, names }] of way.folders) {
      const known = lookouts.get(key)
      if (known !== undefined) known.names = names
      else moved = lookAt(key, folder, names) || moved
    }
    if (moved || state !== way.state) changed()
    state = way.state
    return moved
  }

  function lookAt (key: string, folder: string, names: ReadonlySet<string> | undefined): boolean {
    const watcher = tryWatch(folder, (event, name) => {
      const known = lookouts.get(key)
      if (known?.watcher !== watcher) return
      // It is gone itself, and the one that is made in its place may have the same inode.
      if (event === 'rename' && name === basename(folder)) leave(key)
      if (name === null || known?.names === undefined || known.names.has(name)) notice()
    })
    if (watcher === undefined) return false
    lookouts.set(key, { watcher, names })
    return true
  }

  function leave (key: string): void {
    lookouts.get(key)?.watcher.close()
    lookouts.delete(key)
  }

  function notice (): void {
    changed()
    again = true
    if (!following) void follow()
  }

  void follow()
  return () => {
    ended = true
    for (const key of lookouts.keys()) leave(key)
  }
}

/** Undefined where the system can't, or has no watches left: `every` is the net. */
function tryWatch (folder: string, noticed: WatchListener<string>): FSWatcher | undefined {
  try {
    return watch(folder, { persistent: false }, noticed).on('error', () => undefined)
  } catch {
    return undefined
  }
}
