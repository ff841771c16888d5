import * as errors from '../errors.js'

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
    if (!saysMissing(error, name)) throw error
    throw new errors.CDN_ACCESS_PEER_MISSING(neededBy, name, name)
  }
}

/** By its words: on their way through the hooks of a loader, errors of Node.js 20 lose their code. */
function saysMissing (error: unknown, name: string): boolean {
  return error instanceof Error && /^Cannot find (?:package|module) /.test(error.message) &&
    error.message.includes(`'${name}'`)
}
