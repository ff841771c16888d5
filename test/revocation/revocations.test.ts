import FakeTimers from '@sinonjs/fake-timers'
import t from 'tap'
import { memoryRevocations, type RevocationEdge, type RevocationStore } from '../../src/index.js'
import { createRevocations, revokedSince } from '../../src/revocation/revocations.js'

const start = 1_700_000_000

function revocationsOf (
  { store = memoryRevocations(), edges = [], at = () => start, longestLife = 600 }: {
    store?: RevocationStore
    edges?: RevocationEdge[]
    at?: () => number
    longestLife?: number
  } = {}
) {
  return createRevocations({
    store,
    edges,
    secret: undefined,
    cacheSize: 10,
    longestLife,
    now: () => at() * 1000
  })
}

function edgeOf (name: string, revoke: () => Promise<void> = async () => undefined) {
  const told: Array<[id: string, since: number, until: number]> = []
  return {
    name,
    told,
    revoke: async (...args: [id: string, since: number, until: number]) => {
      told.push(args)
      await revoke()
    }
  }
}

t.test('tells the store, then every edge, for as long as anything may live', async (t) => {
  const [one, other] = [edgeOf('one'), edgeOf('other')]
  const store = memoryRevocations()
  const revocations = revocationsOf({ store, edges: [one, other] })
  const id = revocations.idOf('ada')!
  t.same(await revocations.revoke('ada'), { since: start, until: start + 600 + 120 })
  t.equal(await revocations.since(id), start)
  for (const { told } of [one, other]) t.same(told, [[id, start, start + 720]])
})

t.test('revokes for all registrations that share a store, for as long as the longest', async (t) => {
  const store = memoryRevocations()
  const short = revocationsOf({ store })
  const long = revocationsOf({ store, longestLife: 3600 })
  const id = short.idOf('ada')!
  t.same(await short.revoke('ada'), { since: start, until: start + 3600 + 120 })
  t.equal(await long.since(id), start)
  t.same(await long.revoke('bob'), { since: start, until: start + 3600 + 120 })
  t.same(await revocationsOf().revoke('ada'), { since: start, until: start + 600 + 120 })
})

t.test('revokes what was issued after a revocation of the same second', async (t) => {
  let now = start
  const revocations = revocationsOf({ at: () => now })
  t.equal((await revocations.revoke('ada')).since, start)
  t.equal((await revocations.revoke('ada')).since, start + 1)
  t.equal((await revocations.revoke('bob')).since, start)
  now += 60
  t.equal((await revocations.revoke('ada')).since, start + 60)
})

t.test('names the edges that could not be told, and is done when it is called again', async (t) => {
  let away = true
  const failing = edgeOf('far', async () => {
    if (away) throw Object.assign(new TypeError('secret'), { code: 'ECONNREFUSED' })
  })
  const throwing: RevocationEdge = {
    name: 'odd',
    revoke: () => {
      if (away) throw 'x'
      return Promise.resolve()
    }
  }
  const near = edgeOf('near')
  const revocations = revocationsOf({ edges: [failing, throwing, near] })
  await t.rejects(revocations.revoke('ada'), {
    code: 'CDN_ACCESS_REVOCATION_INCOMPLETE',
    message: 'Access is revoked in the store, but these edges could not be told: ' +
      'far (TypeError ECONNREFUSED), odd (a thrown string). Call revoke() again'
  })
  t.equal(near.told.length, 1)
  away = false
  t.equal((await revocations.revoke('ada')).since, start + 1)
})

t.test('tells no edge what the store does not know', async (t) => {
  const edge = edgeOf('one')
  const store: RevocationStore = {
    since: async () => undefined,
    revoke: () => Promise.reject(new RangeError('secret'))
  }
  await t.rejects(revocationsOf({ store, edges: [edge] }).revoke('ada'), {
    code: 'CDN_ACCESS_REVOCATION_UNAVAILABLE',
    message:
      'The store of revocations can\'t be used at this moment (it failed with RangeError), ' +
      'and nothing is given without it: try again later',
    retryIn: 5,
    headers: { 'retry-after': '5' }
  })
  t.same(edge.told, [])
})

t.test('refuses ids by what gave them', async (t) => {
  const revocations = revocationsOf()
  t.equal(revocations.idOf(undefined), undefined)
  t.throws(() => revocations.idOf(7), {
    code: 'CDN_ACCESS_REVOCATION_ID_INVALID',
    message:
      'What "revocation.id" answers must be a text of 1 to 256 characters, or undefined for ' +
      'a viewer whom nothing can revoke: it is of type number'
  })
  await t.rejects(revocations.revoke(undefined), {
    code: 'CDN_ACCESS_REVOCATION_ID_INVALID',
    message: 'The id given to revoke() must be a text of 1 to 256 characters: it is undefined'
  })
})

t.test('takes nothing for "not revoked" that is no answer', async (t) => {
  const answers: Array<[unknown, RegExp]> = [
    [Number.NaN, /\(it answered what is no time in seconds\)/],
    [null, /no time in seconds/],
    ['1700000000', /no time in seconds/],
    [start * 1000, /no time in seconds/],
    [start + 0.5, /no time in seconds/],
    [-1, /no time in seconds/],
    [new Date(start), /no time in seconds/]
  ]
  for (const [answer, message] of answers) {
    const store = { ...memoryRevocations(), since: async () => answer as number }
    await t.rejects(revokedSince(store, 'x'), {
      code: 'CDN_ACCESS_REVOCATION_UNAVAILABLE',
      message
    })
  }
  const throwing = {
    ...memoryRevocations(),
    since: (): never => {
      throw new Error('at once')
    }
  }
  await t.rejects(revokedSince(throwing, 'x'), { code: 'CDN_ACCESS_REVOCATION_UNAVAILABLE' })
})

t.test('waits two seconds for a store, and thirty for an edge', async (t) => {
  const clock = FakeTimers.install({ toFake: ['setTimeout', 'clearTimeout'] })
  t.teardown(() => {
    clock.uninstall()
  })
  const never = (): Promise<never> => new Promise(() => undefined)
  const hanging = revokedSince({ ...memoryRevocations(), since: never }, 'x')
  const refused = t.rejects(hanging, {
    code: 'CDN_ACCESS_REVOCATION_UNAVAILABLE',
    message: /\(it did not answer within 2 s\)/
  })
  await clock.tickAsync(2000)
  await refused
  const revoking = revocationsOf({ edges: [edgeOf('far', never)] }).revoke('ada')
  const incomplete = t.rejects(revoking, {
    code: 'CDN_ACCESS_REVOCATION_INCOMPLETE',
    message: /far \(NoAnswerInTime\)/
  })
  await clock.tickAsync(30_000)
  await incomplete
})
