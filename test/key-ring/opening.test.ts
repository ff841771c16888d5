import { install } from '@sinonjs/fake-timers'
import t from 'tap'
import { openLoading } from '../../src/key-ring/opening.js'
import type { KeySource } from '../../src/key-ring/key-source.js'

const source: KeySource = {
  origin: 'loader',
  load: async () => [],
  everySeconds: 60,
  settleSeconds: 0
}
const once: KeySource = { ...source, origin: 'array', everySeconds: undefined }
const failed = (): void => undefined

t.test('what is given once is read, or rejects', async (t) => {
  const fault = new TypeError('odd')
  await t.rejects(
    openLoading(once, { cdn: 'media', read: async () => Promise.reject(fault), failed }),
    fault
  )
  let reads = 0
  const loading = await openLoading(once, {
    cdn: 'media',
    read: async () => {
      reads++
    },
    failed
  })
  await loading.reload()
  t.equal(reads, 2)
  loading.close()
})

t.test('what is given once is given up after 8 seconds', async (t) => {
  const clock = install({ toFake: ['setTimeout', 'clearTimeout'] })
  t.teardown(() => {
    clock.uninstall()
  })
  const opening = openLoading(once, {
    cdn: 'media',
    read: async (signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(new Error('late'))
        })
      }),
    failed
  })
  const rejected = t.rejects(opening, new Error('late'))
  await clock.tickAsync(8000)
  await rejected
})

t.test('watches a source from before its first load until it is closed', async (t) => {
  const calls: string[] = []
  let change: () => void = () => undefined
  const loading = await openLoading({
    ...source,
    watch: (changed) => {
      calls.push('watch')
      change = changed
      return () => {
        calls.push('end')
        throw new Error('at the end')
      }
    }
  }, {
    cdn: 'media',
    read: async () => {
      calls.push('read')
    },
    failed
  })
  t.same(calls, ['watch', 'read'])
  change()
  while (calls.length < 3) await new Promise((resolve) => setTimeout(resolve, 10))
  t.same(calls, ['watch', 'read', 'read'])
  loading.close()
  t.same(calls.at(-1), 'end')
})

t.test('a watch that throws, or returns no end, is no failure', async (t) => {
  for (
    const watch of [(): never => {
      throw new Error('no watch')
    }, () => 7]
  ) {
    const loading = await openLoading({ ...source, watch }, {
      cdn: 'media',
      read: async () => undefined,
      failed
    })
    t.ok(loading.secondsToNext() > 0)
    loading.close()
  }
})
