import type { FastifyRequest } from 'fastify'
import t from 'tap'
import { createStandingReader, type Standing } from '../../src/server/standing.js'

const now = 1_700_000_000
const request = {} as FastifyRequest

/** Reads the standing of a viewer of whom so much was revoked, and says how often it was asked. */
async function standingAt (
  since: number | undefined,
  answers: readonly unknown[],
  id: unknown = 'ada'
): Promise<Standing & { asked: number }> {
  let asked = 1
  const reader = createStandingReader({
    revocations: {
      idOf: (answer) => answer === null ? undefined : `hash of ${answer as string}`,
      since: async () => since,
      revoke: () => Promise.reject(new Error('not asked'))
    },
    id: () => id as string,
    now: () => now * 1000
  })
  const standing = await reader.read(request, {
    authorization: answers[0],
    begunAt: reader.begin(),
    again: () => answers[asked++]
  })
  return { ...standing, asked }
}

t.test('marks what is issued with the second in which authorize was asked', async (t) => {
  for (const since of [undefined, now - 1]) {
    t.same(await standingAt(since, [true]), {
      authorization: true,
      revocable: { id: 'hash of ada', since, issuedAt: now },
      asked: 1
    })
  }
})

t.test('asks authorize again where it may not have known of a revocation', async (t) => {
  for (const since of [now, now + 7]) {
    t.same(await standingAt(since, [true, false]), {
      authorization: false,
      revocable: { id: 'hash of ada', since, issuedAt: since + 1 },
      asked: 2
    })
  }
})

t.test('reads nothing of a viewer who is denied, or whom nothing can revoke', async (t) => {
  for (const [authorization, id] of [[false, 'ada'], [undefined, 'ada'], [true, null]]) {
    t.same(await standingAt(now, [authorization], id), {
      authorization,
      revocable: undefined,
      asked: 1
    })
  }
})
