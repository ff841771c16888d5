import { checkFields, given, readElsewhere, text, type Rule } from '../input/fields.js'
import * as errors from '../errors.js'
import type { KeyLoader, KeySourceOptions } from '../keys/key.js'
import { watchPath } from './file-watch.js'
import { readKeyFolder, type FolderKey } from './key-folder.js'

/** What {@link directory} takes. */
export interface DirectoryOptions<Entry = never> extends KeySourceOptions {
  /** The folder, such as `/run/secrets/media`. */
  readonly path: string
  /**
   * Makes the whole entry of one file, where its name or its content holds more than an id and a
   * key. Default: what the CDN makes of these two.
   */
  readonly entry?: (file: FolderKey) => Entry
}

const isFunction: Rule = {
  holds: (value) => typeof value === 'function',
  words: 'a function that makes an entry of { id, bytes }'
}

/**
 * A folder with one file for each key, read again when it changes and at every interval: a
 * Kubernetes secret volume, Docker secrets, any folder. It is read as it was at one moment, also
 * while Kubernetes swaps its `..data`.
 *
 * A file's name is the key's id; an extension `.pem`, `.key`, `.der`, `.jwk`, `.json`, `.txt` or
 * `.secret` is cut off. Files that begin with a dot and folders are skipped. At most 100 regular
 * files of at most 64 kB each, perhaps behind symbolic links.
 *
 * The newest file comes first, and so signs once it has settled; of files of one second the last
 * by name, numbers compared as numbers (`media-10` before `media-9`). In a Kubernetes volume, where
 * all files are written together, the name alone decides.
 *
 * @throws CDN_ACCESS_OPTION_UNKNOWN, CDN_ACCESS_OPTION_INVALID. A load fails with
 * CDN_ACCESS_KEY_FOLDER_INVALID or CDN_ACCESS_KEY_FILE_UNREADABLE.
 * @see https://kubernetes.io/docs/concepts/configuration/secret/#using-secrets-as-files-from-a-pod
 */
export function directory<Entry = never> (options: DirectoryOptions<Entry>): KeyLoader<Entry> {
  const { path, entry, every, settle } = options
  checkFields(options, 'directory', {
    path: text,
    entry: isFunction,
    every: readElsewhere,
    settle: readElsewhere
  })
  if (path === undefined) throw new errors.CDN_ACCESS_OPTION_INVALID('path', 'the path of a folder')
  return {
    load: async ({ entryOf }) => {
      const keys = await readKeyFolder(path)
      return keys.map((key) =>
        entry === undefined ? entryOf(key.id, key.bytes) as Entry : entry(key)
      )
    },
    watch: (changed) => watchPath(path, changed),
    ...given({ every, settle })
  }
}
