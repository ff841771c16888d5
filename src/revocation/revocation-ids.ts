import { createHash, createHmac } from 'node:crypto'
import * as errors from '../errors.js'
import { remember } from '../remember.js'

const longestId = 256

/** As many bytes as a token has room for. */
const idBytes = 16

/** So that a hash of the same id for another use is another. */
const domain = 'fastify-cdn-access revocation '

/** Makes of an app's id the one by which stores and edges know it. */
export type RevocationIds = (id: string) => string

/**
 * The first 16 bytes of SHA-256 over a fixed text and the app's id, in base64url: 22 characters. With
 * a secret it is HMAC: ids that can be guessed, such as numbers, could otherwise be guessed by
 * whoever reads the store or a token. As many as `size` are kept.
 */
export function createRevocationIds (secret: Uint8Array | undefined, size: number): RevocationIds {
  return remember(size, (id) => {
    const digest = secret === undefined ? createHash('sha256') : createHmac('sha256', secret)
    return digest.update(domain + id).digest().subarray(0, idBytes).toString('base64url')
  })
}

/**
 * Checks an app's id, whatever answered it. `what` names it in the error, `unless` what else may be
 * there.
 *
 * @throws CDN_ACCESS_REVOCATION_ID_INVALID
 */
export function readRevocationId (id: unknown, what: string, unless = ''): string {
  const fault = faultOf(id)
  if (fault !== undefined) throw new errors.CDN_ACCESS_REVOCATION_ID_INVALID(what, unless, fault)
  return id as string
}

function faultOf (id: unknown): string | undefined {
  if (typeof id !== 'string') return kindOf(id)
  if (id.length === 0 || id.length > longestId) return `one of ${id.length} characters`
  return id.isWellFormed() ? undefined : 'one with half of a character'
}

function kindOf (id: unknown): string {
  if (id instanceof Promise) {
    // A rejection that nobody handles ends the process.
    id.catch(() => undefined)
    return 'a promise, and it must be there at once'
  }
  if (id === null) return 'null'
  return id === undefined ? 'undefined' : `of type ${typeof id}`
}
