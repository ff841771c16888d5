import * as errors from '../errors.js'
import { codeOrKind } from '../key-ring/load-failure.js'
import {
  momentOf,
  NoAnswerInTime,
  retryAfter,
  secondsOf,
  within,
  type EpochSeconds
} from '../time.js'
import { createRevocationIds, readRevocationId } from './revocation-ids.js'
import type { RevocationEdge, RevocationStore, Revoked } from './revocation-store.js'

/** A registration's revocations. */
export interface Revocations {
  /** What the option `id` answered as stores and edges know it; undefined stays undefined. */
  idOf(answer: unknown): string | undefined
  /** Like {@link revokedSince}, of the registration's store. */
  since(id: string): Promise<EpochSeconds | undefined>
  /** Revokes all that was issued for an app's id up to now, in the store and then at every edge. */
  revoke(id: unknown): Promise<Revoked>
}

export interface RevocationsContext {
  readonly store: RevocationStore
  readonly edges: readonly RevocationEdge[]
  readonly secret: Uint8Array | undefined
  /** How many ids are kept. */
  readonly cacheSize: number
  /** Seconds that what is issued lives at most. */
  readonly longestLife: number
  readonly now: () => number
}

/** Seconds. Who waits for the store waits for a reply. */
const storeTimeout = 2

/** Seconds: an edge's own store may be asked several times. */
const edgeTimeout = 30

/** Seconds after which a viewer asks again. */
const retryIn = 5

/** Seconds by which clocks of edges may differ from the server's. */
const slack = 120

export function createRevocations (
  { store, edges, secret, cacheSize, longestLife, now }: RevocationsContext
): Revocations {
  const hashed = createRevocationIds(secret, cacheSize)

  async function revoke (given: unknown): Promise<Revoked> {
    const id = hashed(readRevocationId(given, 'The id given to revoke()'))
    const before = await revokedSince(store, id)
    const current = secondsOf(now)
    // What was issued after a revocation of this very second is marked as of the next one.
    const since = before === undefined || before < current ? current : before + 1
    const until = since + longestLife + slack
    await ask(() => store.revoke(id, since, until))
    const told = await Promise.all(
      edges.map((edge) => tell(edge, () => edge.revoke(id, since, until)))
    )
    const failed = told.filter((failure) => failure !== undefined)
    if (failed.length > 0) throw new errors.CDN_ACCESS_REVOCATION_INCOMPLETE(failed.join(', '))
    return { since, until }
  }

  return {
    idOf: (answer) =>
      answer === undefined
        ? undefined
        : hashed(readRevocationId(
          answer,
          'What "revocation.id" answers',
          ', or undefined for a viewer whom nothing can revoke'
        )),
    since: (id) => revokedSince(store, id),
    revoke
  }
}

/**
 * When an id was last revoked, from a store that may hang, fail or hold something else.
 *
 * @throws CDN_ACCESS_REVOCATION_UNAVAILABLE, with the seconds after which to come again
 */
export async function revokedSince (
  store: RevocationStore,
  id: string
): Promise<EpochSeconds | undefined> {
  const since = await heldSince(store, id)
  if (since !== undefined && momentOf(since) !== since) {
    throw unavailable('it answered what is no time in seconds')
  }
  return since
}

/**
 * The same as the store has it: an edge itself refuses what is no time.
 *
 * @throws CDN_ACCESS_REVOCATION_UNAVAILABLE
 */
export function heldSince (
  store: Pick<RevocationStore, 'since'>,
  id: string
): Promise<EpochSeconds | undefined> {
  return ask(() => store.since(id))
}

async function ask<Answer> (work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await within(
      storeTimeout,
      started(work),
      () => unavailable(`it did not answer within ${storeTimeout} s`)
    )
  } catch (error) {
    throw error instanceof errors.CDN_ACCESS_REVOCATION_UNAVAILABLE
      ? error
      : unavailable(`it failed with ${codeOrKind(error)}`)
  }
}

/** What an edge that could not be told is called, and what it failed with. */
async function tell (
  { name }: RevocationEdge,
  work: () => Promise<void>
): Promise<string | undefined> {
  try {
    await within(edgeTimeout, started(work), () => new NoAnswerInTime())
    return undefined
  } catch (error) {
    return `${name} (${codeOrKind(error)})`
  }
}

/** What a store or an edge throws at once is a rejection as well. */
async function started<Answer> (work: () => Promise<Answer>): Promise<Answer> {
  return work()
}

function unavailable (why: string): Error {
  return retryAfter(new errors.CDN_ACCESS_REVOCATION_UNAVAILABLE(why), retryIn)
}
