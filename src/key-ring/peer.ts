import * as errors from '../errors.js'

/** What Node.js says of an import, and what it, loaders and bundlers say of a `require`. */
const notFound = ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND']

/** A package that only some need, and what needs it. */
export interface Peer {
  readonly name: string
  /** What its user called, for the error. */
  readonly neededBy: string
}

/**
 * What an optional package exports, loaded when it is first used.
 *
 * @throws CDN_ACCESS_PEER_MISSING where it is not installed
 */
export async function loadPeer<Exports> (
  { name, neededBy }: Peer,
  load: () => Promise<Exports>
): Promise<Exports> {
  try {
    return await load()
  } catch (error) {
    // One of the package's own dependencies may be missing as well: it is installed anew then.
    if (!notFound.includes(String((error as NodeJS.ErrnoException).code))) throw error
    throw new errors.CDN_ACCESS_PEER_MISSING(neededBy, name, name)
  }
}
