import * as errors from '../errors.js'
import { readKeyFile } from '../keys/key-file.js'
import type { Cdn } from '../cdn/cdn.js'
import type { KeyLoadDetails } from '../keys/key.js'
import { parseDuration } from '../time.js'
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
}

/** Seconds. Timers overflow at 24.8 days, and then fire at once. */
const longestEvery = 7 * 86_400
const defaultEvery = '5m'
const mostEntries = 100

const shape = 'must be an array of entries, { file, every } or { load, every }'

/** What a source has to know of its CDN. */
export type KeyedCdn = Pick<Cdn, 'keys' | 'name' | 'keyFields'>

/** Checks what a factory was given as keys, and says how to load it. */
export function openKeySource ({ keys, name: cdn, keyFields }: KeyedCdn): KeySource {
  if (Array.isArray(keys)) {
    if (keys.length === 0) throw new errors.CDN_ACCESS_KEYS_MISSING(cdn, 'a key')
    if (keys.length > mostEntries) {
      throw new errors.CDN_ACCESS_KEY_SOURCE_INVALID(cdn, `has more than ${mostEntries} entries`)
    }
    const entries = [...keys]
    return { origin: 'array', load: async () => entries, everySeconds: undefined }
  }
  if (typeof keys !== 'object' || keys === null) {
    throw new errors.CDN_ACCESS_KEY_SOURCE_INVALID(cdn, shape)
  }
  const { every = defaultEvery } = keys as { every?: unknown }
  const everySeconds = parseDuration(every, 'keys.every')
  if (everySeconds < 1 || everySeconds > longestEvery) {
    throw new errors.CDN_ACCESS_KEY_SOURCE_INVALID(
      cdn,
      'needs an "every" of at least 1 second and at most 7d'
    )
  }
  if ('file' in keys && typeof keys.file === 'string') {
    const { file } = keys
    return {
      origin: 'file',
      load: async () => {
        const bytes = await readKeyFile(file, 'keys.file')
        return entriesOf(parseJson(bytes.toString(), cdn), cdn)
      },
      everySeconds
    }
  }
  if ('load' in keys && typeof keys.load === 'function') {
    const { load } = keys
    return {
      origin: 'loader',
      load: async (details) =>
        entriesOf(await load({ ...details, entryOf: entryMaker(cdn, keyFields) }), cdn),
      everySeconds
    }
  }
  throw new errors.CDN_ACCESS_KEY_SOURCE_INVALID(cdn, shape)
}

function entryMaker (cdn: string, fields: Cdn['keyFields']): KeyLoadDetails['entryOf'] {
  return (id, key) => {
    if (fields === undefined) {
      throw new errors.CDN_ACCESS_KEY_SOURCE_INVALID(
        cdn,
        'needs "keyFields" in the CDN, which say what the fields of its entries are called'
      )
    }
    return { ...fields.id === undefined ? {} : { [fields.id]: id }, [fields.key]: key }
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
