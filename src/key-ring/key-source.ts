import * as errors from '../errors.js'
import { readKeyFile } from '../keys/key-file.js'
import type { Cdn } from '../cdn/cdn.js'
import { given } from '../input/fields.js'
import { shownField } from '../keys/key-entry.js'
import type { KeyLoadDetails } from '../keys/key.js'
import { parseDuration } from '../time.js'
import { watchPath } from './file-watch.js'
import { keyEntryMaker } from './key-entry-maker.js'
import type { KeyOrigin } from './load-failure.js'

/** Where a ring's entries come from. */
export interface KeySource {
  readonly origin: KeyOrigin
  /** `signal` is aborted where the load is given up; `now` is the server's clock. */
  readonly load: (
    details: Pick<KeyLoadDetails, 'signal' | 'now'>
  ) => Promise<readonly unknown[]>
  /** Seconds between two loads; undefined for entries that are given once and for all. */
  readonly everySeconds: number | undefined
  /** Seconds until a key that comes has settled; 0 for entries that are given once and for all. */
  readonly settleSeconds: number
  /** Calls when something may have changed, where the source can tell; returns what ends it. */
  readonly watch?: (changed: () => void) => unknown
}

/** Seconds. Timers overflow at 24.8 days, and then fire at once. */
const longest = 7 * 86_400
const defaultEvery = '5m'
const defaultSettle = '10m'
const mostEntries = 100

const shape = 'must be an array of entries, { file, every } or { load, every }'

/** What a source has to know of its CDN. */
export type KeyedCdn = Pick<Cdn, 'keys' | 'name' | 'keyFields' | 'parseKey'>

/** Checks what a factory was given as keys, and says how to load it. */
export function openKeySource (keyed: KeyedCdn): KeySource {
  const { keys, name: cdn, keyFields } = keyed
  if (Array.isArray(keys)) {
    if (keys.length === 0) throw new errors.CDN_ACCESS_KEYS_MISSING(cdn, 'a key')
    if (keys.length > mostEntries) {
      throw new errors.CDN_ACCESS_KEY_SOURCE_INVALID(cdn, `has more than ${mostEntries} entries`)
    }
    const entries = [...keys]
    return {
      origin: 'array',
      load: async () => entries,
      everySeconds: undefined,
      settleSeconds: 0
    }
  }
  if (typeof keys !== 'object' || keys === null) {
    throw new errors.CDN_ACCESS_KEY_SOURCE_INVALID(cdn, shape)
  }
  const times = readTimes(keys, cdn)
  if ('file' in keys && typeof keys.file === 'string' && keys.file !== '') {
    refuseOthers(keys, ['file'], cdn)
    const { file } = keys
    return {
      origin: 'file',
      load: async () => {
        const bytes = await readKeyFile(file, 'keys.file')
        return entriesOf(parseJson(bytes.toString(), cdn), cdn)
      },
      ...times,
      watch: (changed) => watchPath(file, changed)
    }
  }
  if ('load' in keys && typeof keys.load === 'function') {
    refuseOthers(keys, ['load', 'watch'], cdn)
    const { load, watch } = keys
    if (watch !== undefined && typeof watch !== 'function') {
      throw new errors.CDN_ACCESS_KEY_SOURCE_INVALID(cdn, 'has a "watch" that is no function')
    }
    return {
      origin: 'loader',
      load: async (details) => {
        const entryOf = keyEntryMaker(cdn, keyFields)
        return entriesOf(await load({ ...details, entryOf, keyOf: keyReader(keyed) }), cdn)
      },
      ...times,
      ...watch === undefined ? {} : { watch }
    }
  }
  throw new errors.CDN_ACCESS_KEY_SOURCE_INVALID(cdn, shape)
}

/** A field that nothing reads may be an "every" that is misspelt. */
function refuseOthers (keys: object, own: readonly string[], cdn: string): void {
  const known = [...own, 'every', 'settle']
  const odd = Object.keys(given(keys)).find((field) => !known.includes(field))
  if (odd === undefined) return
  const rule = `has a field${shownField(odd)} which nothing reads: it takes ${known.join(', ')}`
  throw new errors.CDN_ACCESS_KEY_SOURCE_INVALID(cdn, rule)
}

function readTimes (
  keys: object,
  cdn: string
): { everySeconds: number, settleSeconds: number } {
  const { every = defaultEvery, settle = defaultSettle } = keys as Record<string, unknown>
  const everySeconds = parseDuration(every, 'keys.every')
  if (everySeconds < 1 || everySeconds > longest) {
    throw new errors.CDN_ACCESS_KEY_SOURCE_INVALID(
      cdn,
      'needs an "every" of at least 1 second and at most 7d'
    )
  }
  const settleSeconds = parseDuration(settle, 'keys.settle')
  if (settleSeconds > longest) {
    throw new errors.CDN_ACCESS_KEY_SOURCE_INVALID(
      cdn,
      'needs a "settle" of at most 7d: leave it out for 10m'
    )
  }
  return { everySeconds, settleSeconds }
}

function keyReader (cdn: KeyedCdn): KeyLoadDetails['keyOf'] {
  return (entry) => {
    try {
      return cdn.parseKey(entry)
    } catch {
      return undefined
    }
  }
}

function entriesOf (loaded: unknown, cdn: string): readonly unknown[] {
  const entries = Array.isArray(loaded) ? loaded : [loaded]
  if (entries.length === 0) {
    throw new errors.CDN_ACCESS_KEY_LOAD_FAILED(cdn, 'the source yielded no entry')
  }
  if (entries.length > mostEntries) {
    const why = `the source yielded more than ${mostEntries} entries`
    throw new errors.CDN_ACCESS_KEY_LOAD_FAILED(cdn, why)
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
