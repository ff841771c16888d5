import type { FastifyRequest } from 'fastify'
import type { Revocable } from '../access/revocable.js'
import type { Revocations } from '../revocation/revocations.js'
import { secondsOf, type EpochSeconds } from '../time.js'

/** What `authorize` says of a viewer, and by what it can be revoked. */
export interface Standing {
  readonly authorization: unknown
  readonly revocable: Revocable | undefined
}

/** Asks `authorize`, which may answer at once. */
export type Ask = () => unknown

/** What tells how a viewer stands. */
export interface StandingReader {
  /** Seconds; taken before `authorize` is asked. */
  begin(): EpochSeconds
  /**
   * Reads what was revoked of the viewer that `authorize` answered for. Its answer comes first, for
   * many an `authorize` finds out who asks; what was revoked since it began it did not know, and it
   * is asked again.
   *
   * @throws CDN_ACCESS_REVOCATION_UNAVAILABLE, CDN_ACCESS_REVOCATION_ID_INVALID
   */
  read(
    request: FastifyRequest,
    answered: { authorization: unknown, begunAt: EpochSeconds, again: Ask }
  ): Promise<Standing>
}

export function createStandingReader (
  { revocations, id, now }: {
    readonly revocations: Revocations
    readonly id: (request: FastifyRequest) => string | undefined
    readonly now: () => number
  }
): StandingReader {
  return {
    begin: () => secondsOf(now),
    read: async (request, { authorization, begunAt, again }) => {
      const own = authorization ? revocations.idOf(id(request)) : undefined
      if (own === undefined) return { authorization, revocable: undefined }
      const since = await revocations.since(own)
      if (since === undefined || since < begunAt) {
        return { authorization, revocable: { id: own, since, issuedAt: begunAt } }
      }
      return {
        authorization: await again(),
        revocable: { id: own, since, issuedAt: since + 1 }
      }
    }
  }
}
