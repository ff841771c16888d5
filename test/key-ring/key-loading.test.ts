import { install, type Clock } from '@sinonjs/fake-timers'
import t, { type Test } from 'tap'
import { createKeyLoading, type KeyLoading } from '../../src/key-ring/key-loading.js'

interface Scene {
  readonly clock: Clock
  readonly loading: KeyLoading
  readonly failures: Array<readonly [reason: string, asked: boolean]>
  /** How often was read. */
  reads(): number
  /** What each read waits for. */
  readonly gate: { wait: Promise<void> | undefined }
}

function open (t: Test, everySeconds: number | undefined): Scene {
  const clock = install({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  const failures: Array<readonly [string, boolean]> = []
  const gate: Scene['gate'] = { wait: undefined }
  let reads = 0
  const loading = createKeyLoading({
    cdn: 'media',
    everySeconds,
    read: async () => {
      reads++
      await gate.wait
    },
    failed: (error, asked) => failures.push([(error as Error).message, asked])
  })
  t.teardown(() => {
    loading.close()
    clock.uninstall()
  })
  return { clock, loading, failures, reads: () => reads, gate }
}

t.test('a burst of changes is one load, and a change during a load leads to another', async (t) => {
  const { clock, loading, reads, gate } = open(t, 3600)
  await loading.load()
  for (let change = 0; change < 10; change++) {
    loading.changed()
    await clock.tickAsync(5)
  }
  t.equal(reads(), 1)
  await clock.tickAsync(50)
  t.equal(reads(), 2)

  let release: () => void = () => undefined
  gate.wait = new Promise<void>((resolve) => {
    release = resolve
  })
  loading.changed()
  await clock.tickAsync(100)
  t.equal(reads(), 3)
  loading.changed()
  loading.changed()
  await clock.tickAsync(1000)
  t.equal(reads(), 3, 'never two at a time')
  gate.wait = undefined
  release()
  await clock.tickAsync(99)
  t.equal(reads(), 3)
  await clock.tickAsync(1)
  t.equal(reads(), 4)
  await clock.tickAsync(1000)
  t.equal(reads(), 4)
})

t.test('a failure is told once to whom it concerns, and tried again', async (t) => {
  const { clock, loading, failures, reads, gate } = open(t, 3600)
  gate.wait = Promise.reject(new Error('down'))
  await loading.load()
  t.same(failures, [['down', false]])
  t.equal(loading.secondsToNext(), 1)
  await t.rejects(loading.reload(), new Error('down'))
  t.same(failures.at(-1), ['down', true])
  t.equal(loading.secondsToNext(), 2)
  await clock.tickAsync(2000)
  t.equal(reads(), 3)
  gate.wait = undefined
  await clock.tickAsync(4000)
  t.equal(reads(), 4)
  t.equal(loading.secondsToNext(), 3600)
})

t.test('who asks during a load is given another, and all who do the same one', async (t) => {
  const { clock, loading, failures, reads, gate } = open(t, 3600)
  let release: () => void = () => undefined
  const hold = (): void => {
    gate.wait = new Promise<void>((resolve) => {
      release = resolve
    })
  }
  hold()
  const first = loading.load()
  let done = 0
  const asked = [1, 2, 3].map(async () => {
    await loading.reload()
    done++
  })
  const releaseFirst = release
  hold()
  releaseFirst()
  await first
  await clock.tickAsync(1)
  t.same([reads(), done], [2, 0], 'what was read before is no answer')
  gate.wait = undefined
  release()
  await Promise.all(asked)
  t.same([reads(), done], [2, 3])

  gate.wait = Promise.reject(new Error('down'))
  const refused = await Promise.allSettled([1, 2, 3].map(() => loading.reload()))
  t.same(refused.map(({ status }) => status), Array(3).fill('rejected'))
  t.same(failures, [['down', true], ['down', true]], 'one for each load')
})

t.test('who asks while a load hangs waits 30 seconds, and begins none', async (t) => {
  const { clock, loading, reads, gate } = open(t, 3600)
  gate.wait = new Promise(() => undefined)
  void loading.load()
  await clock.tickAsync(20_000)
  const late = {
    message: 'The keys of "media" could not be loaded: the source took longer than 30 s'
  }
  const asked = t.rejects(loading.reload(), late)
  await clock.tickAsync(30_000)
  await asked
  const again = t.rejects(loading.reload(), late)
  await clock.tickAsync(30_000)
  await again
  t.equal(reads(), 1)
})

t.test('what is given once is loaded again when it is asked for, and else not', async (t) => {
  const { clock, loading, reads } = open(t, undefined)
  await loading.reload()
  await clock.tickAsync(1_000_000)
  t.equal(reads(), 1)
})

t.test('nothing is loaded or told after it is closed', async (t) => {
  const { clock, loading, failures, reads, gate } = open(t, 10)
  await loading.load()
  loading.changed()
  gate.wait = Promise.reject(new Error('down'))
  const last = loading.load()
  loading.close()
  await last
  loading.changed()
  await clock.tickAsync(100_000)
  t.equal(reads(), 2)
  t.same(failures, [])
})
