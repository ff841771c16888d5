import t from 'tap'
import { patiently } from '../../src/key-ring/patience.js'
import { NoAnswerInTime } from '../../src/time.js'

const passing = new Error('passing')
const soon = (seconds: number): number => performance.now() + seconds * 1000
const isTransient = (error: unknown): boolean => error === passing

t.test('tries again after what passes, as long as there is time', async (t) => {
  let calls = 0
  const third = async (): Promise<number> => {
    if (++calls < 3) throw passing
    return calls
  }
  t.equal(await patiently({ deadline: soon(60), isTransient }, third), 3)
  const failing = (): Promise<never> => {
    calls++
    return Promise.reject(passing)
  }
  calls = 0
  await t.rejects(patiently({ deadline: soon(0.2), isTransient }, failing), passing)
  t.ok(calls >= 1)
})

t.test('does not try again after what lasts', async (t) => {
  let calls = 0
  const lasting = new Error('lasting')
  const failing = (): Promise<never> => {
    calls++
    return Promise.reject(lasting)
  }
  await t.rejects(patiently({ deadline: soon(60), isTransient }, failing), lasting)
  t.equal(calls, 1)
})

t.test('gives an attempt up where the time is over', async (t) => {
  // What waits for an answer keeps no process alive.
  const alive = setInterval(() => undefined, 1000)
  t.teardown(() => {
    clearInterval(alive)
  })
  const signals: AbortSignal[] = []
  const hanging = (signal: AbortSignal): Promise<never> => {
    signals.push(signal)
    return new Promise(() => undefined)
  }
  await t.rejects(patiently({ deadline: soon(0.05), isTransient }, hanging), new NoAnswerInTime())
  t.same(signals.map(({ aborted }) => aborted), [true])
})

t.test('asks nothing where the time is over or nobody waits', async (t) => {
  const signal = AbortSignal.abort()
  const asked = (): never => t.fail('it is asked') as never
  await t.rejects(patiently({ deadline: soon(-1), isTransient }, asked), new NoAnswerInTime())
  await t.rejects(
    patiently({ deadline: soon(60), isTransient, signal }, asked),
    new NoAnswerInTime()
  )
})

t.test('hands on that nobody waits any more', async (t) => {
  const givingUp = new AbortController()
  const call = (signal: AbortSignal): Promise<never> =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        reject(passing)
      })
      givingUp.abort()
    })
  const { signal } = givingUp
  await t.rejects(patiently({ deadline: soon(60), isTransient, signal }, call), passing)
})
