import { readFile } from 'node:fs/promises'
import * as errors from '../errors.js'
import type { Keys } from '../keys/key.js'
import { parseDuration } from '../time.js'

/** Where a ring's entries come from. */
export interface KeySource {
  readonly load: () => Promise<readonly unknown[]>
  /** Seconds between two loads; undefined for entries that are given once and for all. */
  readonly everySeconds: number | undefined
}

const defaultEvery = '5m'

const shape = 'must be an array of entries, { file, every } or { load, every }'

/** Checks what a factory was given as keys, and says how to load it. */
export function openKeySource (keys: Keys, cdn: string): KeySource {
  if (Array.isArray(keys)) {
    if (keys.length === 0) throw new errors.CDN_ACCESS_KEYS_MISSING(cdn, 'a key')
    const entries = [...keys]
    return { load: async () => entries, everySeconds: undefined }
  }
  if (typeof keys !== 'object' || keys === null) {
    throw new errors.CDN_ACCESS_KEY_SOURCE_INVALID(cdn, shape)
  }
  const { every = defaultEvery } = keys as { every?: unknown }
  const everySeconds = parseDuration(every, 'keys.every')
  if (everySeconds < 1) {
    throw new errors.CDN_ACCESS_KEY_SOURCE_INVALID(cdn, 'needs an "every" of at least 1 second')
  }
  if ('file' in keys && typeof keys.file === 'string') {
    const { file } = keys
    return {
      load: async () => entriesOf(parseJson(await readFile(file, 'utf8'), cdn), cdn),
      everySeconds
    }
  }
  if ('load' in keys && typeof keys.load === 'function') {
    const { load } = keys
    return { load: async () => entriesOf(await load(), cdn), everySeconds }
  }
  throw new errors.CDN_ACCESS_KEY_SOURCE_INVALID(cdn, shape)
}

function entriesOf (loaded: unknown, cdn: string): readonly unknown[] {
  const entries = Array.isArray(loaded) ? loaded : [loaded]
  if (entries.length === 0) {
    throw new errors.CDN_ACCESS_KEY_LOAD_FAILED(cdn, 'the source yielded no entry')
  }
  return entries
}

/** The parser's own error quotes the text, so it is dropped. */
function parseJson (text: string, cdn: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new errors.CDN_ACCESS_KEY_LOAD_FAILED(
      cdn,
      'the file is not JSON: it must hold one key entry or an array of entries'
    )
  }
}
