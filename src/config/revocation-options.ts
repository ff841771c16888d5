import type { FastifyRequest } from 'fastify'
import type { AccessCdn } from '../cookies/cookies.js'
import * as errors from '../errors.js'
import { checkFields, isFields, isName, type Rules } from '../input/fields.js'
import type { RevocationEdge, RevocationStore } from '../revocation/revocation-store.js'

/** How access can be taken back before it ends. */
export interface RevocationOptions {
  /**
   * By what a viewer's access can be revoked: the user's id, or the session's. A text of 1 to 256
   * characters, at once, and only where `authorize` grants something. **Undefined for a viewer whose
   * access nothing can revoke**, such as one who is not logged in.
   */
  id(request: FastifyRequest): string | undefined
  /** Where revocations are kept: `memoryRevocations()`, `redisRevocations({ client })`. */
  readonly store: RevocationStore
  /** Edges with a store of their own, such as `cloudFrontKeyValueStore({ arn })`. Default none. */
  readonly edges?: readonly RevocationEdge[]
  /**
   * Hashes ids for stores and edges, at least 32 bytes: whoever reads a store or a token could else
   * guess ids that can be guessed, such as numbers. All processes have the same. Default: none.
   */
  readonly secret?: string | Uint8Array
}

/** The option with its defaults. */
export interface RevocationConfig extends Required<Omit<RevocationOptions, 'secret'>> {
  readonly secret: Uint8Array | undefined
}

const shortestSecret = 32

const rules: Rules = {
  id: {
    holds: (value) => typeof value === 'function',
    words: 'a function such as (request) => request.user?.id'
  },
  store: {
    holds: (value) => hasMethods(value, ['revoke', 'since']),
    words: 'a store such as redisRevocations({ client }), with the functions "revoke" and "since"'
  },
  edges: {
    holds: areEdges,
    words: 'an array of edges such as cloudFrontKeyValueStore({ arn }), ' +
      'each with a "name" of its own and a function "revoke"'
  },
  secret: {
    holds: (value) => (bytesOf(value)?.length ?? 0) >= shortestSecret,
    words: `a string or a Uint8Array of at least ${shortestSecret} bytes, or left out`
  }
}

/**
 * Checks the option `revocation`, and refuses what would outlive it.
 *
 * @throws CDN_ACCESS_OPTION_INVALID, CDN_ACCESS_OPTION_UNKNOWN
 */
export function resolveRevocation (
  revocation: unknown,
  targets: readonly AccessCdn[]
): RevocationConfig | undefined {
  if (revocation === undefined) return undefined
  if (!isFields(revocation)) {
    throw new errors.CDN_ACCESS_OPTION_INVALID('revocation', 'an object { id, store }')
  }
  checkFields(revocation, 'The option "revocation"', rules, 'revocation')
  const { id, store, edges = [], secret } = revocation as Partial<RevocationOptions>
  if (id === undefined) throw missing('id')
  if (store === undefined) throw missing('store')
  refuseWhatOutlives(targets)
  const own = bytesOf(secret)
  return Object.freeze({
    id,
    store,
    edges: Object.freeze([...edges]),
    secret: own === undefined ? undefined : Uint8Array.from(own)
  })
}

function missing (field: string): Error {
  return new errors.CDN_ACCESS_OPTION_INVALID(`revocation.${field}`, rules[field]!.words)
}

function refuseWhatOutlives (targets: readonly AccessCdn[]): void {
  const renewed = targets.find(({ cdn }) => cdn.renewsAtEdge)
  if (renewed === undefined) return
  throw new errors.CDN_ACCESS_OPTION_INVALID(
    'renewAtEdgeWithoutRevocation',
    `left out of "${renewed.cdn.name}" where there is the option "revocation": ` +
      'what an edge renews by itself outlives a revocation'
  )
}

function areEdges (value: unknown): boolean {
  if (!Array.isArray(value)) return false
  const names = value.map((edge: unknown) => (Object(edge) as { name?: unknown }).name)
  return new Set(names).size === names.length && names.every(isName) &&
    value.every((edge) => hasMethods(edge, ['revoke']))
}

function hasMethods (value: unknown, methods: readonly string[]): boolean {
  return isFields(value) && methods.every((method) => typeof value[method] === 'function')
}

function bytesOf (secret: unknown): Uint8Array | undefined {
  if (typeof secret === 'string') return Buffer.from(secret)
  return secret instanceof Uint8Array ? secret : undefined
}
