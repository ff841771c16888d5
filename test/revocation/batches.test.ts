import { setTimeout as setTimeoutReally } from 'node:timers/promises'
import FakeTimers from '@sinonjs/fake-timers'
import t from 'tap'
import { createBatches, type Batch } from '../../src/revocation/batches.js'
import { NoAnswerInTime } from '../../src/time.js'

function recorded (largest = 50): {
  revoke: ReturnType<typeof createBatches>
  written: Array<Array<[string, { since: number, until: number }]>>
  fail: (error: unknown) => void
} {
  const written: Array<Array<[string, { since: number, until: number }]>> = []
  let failure: unknown
  const write = async (batch: Batch): Promise<void> => {
    if (failure !== undefined) throw failure
    written.push([...batch])
  }
  return {
    revoke: createBatches(largest, write),
    written,
    fail: (error) => {
      failure = error
    }
  }
}

t.test('writes together what comes at once, the later of each id', async (t) => {
  const { revoke, written } = recorded()
  await Promise.all([revoke('a', 5, 9), revoke('b', 5, 9), revoke('a', 7, 8)])
  t.same(written, [[['a', { since: 7, until: 9 }], ['b', { since: 5, until: 9 }]]])
  await revoke('c', 1, 2)
  t.equal(written.length, 2)
})

t.test('writes no more at once than fits', async (t) => {
  const { revoke, written } = recorded(2)
  await Promise.all(['a', 'b', 'c', 'd', 'e'].map((id) => revoke(id, 1, 2)))
  t.same(written.map((batch) => batch.length), [2, 2, 1])
})

t.test('tells who waits of a failure, and writes what comes after', async (t) => {
  const { revoke, written, fail } = recorded()
  const failure = new Error('away')
  fail(failure)
  const told = await Promise.allSettled([revoke('a', 1, 2), revoke('b', 1, 2)])
  t.same(told.map((each) => each.status === 'rejected' && each.reason), [failure, failure])
  fail(undefined)
  await revoke('a', 1, 2)
  t.equal(written.length, 1)
})

t.test('gives up a write that hangs, and then writes what comes after', async (t) => {
  const clock = FakeTimers.install({ toFake: ['setTimeout', 'clearTimeout'] })
  t.teardown(() => {
    clock.uninstall()
  })
  const written: string[] = []
  let hangs = true
  const revoke = createBatches(1, async (batch) => {
    if (hangs) await new Promise(() => undefined)
    written.push(...batch.keys())
  })
  const refused = t.rejects(revoke('a', 1, 2), new NoAnswerInTime())
  await setTimeoutReally(300)
  await clock.tickAsync(25_000)
  await refused
  hangs = false
  await revoke('a', 1, 2)
  t.same(written, ['a'])
})

t.test('writes one batch after another', async (t) => {
  let under = 0
  let most = 0
  const revoke = createBatches(1, async () => {
    most = Math.max(most, ++under)
    await new Promise((resolve) => {
      setTimeout(resolve, 300)
    })
    under--
  })
  const first = revoke('a', 1, 2)
  await new Promise((resolve) => {
    setTimeout(resolve, 260)
  })
  await Promise.all([first, revoke('b', 1, 2)])
  t.equal(most, 1)
})
