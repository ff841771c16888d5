import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { directory } from '../../src/key-ring/directory.js'
import type { KeyLoadDetails } from '../../src/keys/key.js'

const details: KeyLoadDetails = {
  signal: new AbortController().signal,
  now: 1_800_000_000,
  entryOf: (id, key) => ({ id, key: Buffer.from(key).toString() }),
  keyOf: () => undefined
}

t.test('yields an entry for each file, made by the CDN', async (t) => {
  const path = t.testdir({ 'K1.pem': 'one', 'K2.pem': 'two' })
  const entries = await directory<unknown>({ path }).load(details)
  t.strictSame(
    new Set(entries as unknown[]),
    new Set([
      { id: 'K1', key: 'one' },
      { id: 'K2', key: 'two' }
    ])
  )
})

t.test('yields what "entry" makes of a file', async (t) => {
  const path = t.testdir({ 'K1.pem': 'one' })
  const source = directory({
    path,
    entry: ({ id, bytes }) => ({ keyName: id.toLowerCase(), length: bytes.length })
  })
  t.strictSame(await source.load(details), [{ keyName: 'k1', length: 3 }])
})

t.test('hands every and settle on, and only those that are given', async (t) => {
  t.strictSame(Object.keys(directory({ path: '/a' })), ['load', 'watch'])
  const { every, settle } = directory({ path: '/a', every: '1h', settle: 0 })
  t.strictSame([every, settle], ['1h', 0])
})

t.test('tells when the folder changes, until it is ended', async (t) => {
  const path = t.testdir({ K1: 'one' })
  let changes = 0
  let heard: () => void = () => undefined
  const end = directory({ path }).watch!(() => {
    changes++
    heard()
  })
  const alive = setInterval(() => {
    writeFileSync(join(path, `K${Math.random()}`), 'two')
  }, 20)
  await new Promise<void>((resolve) => {
    heard = resolve
  })
  clearInterval(alive)
  end()
  t.ok(changes > 0)
})

t.test('refuses options that can not be', async (t) => {
  const cases: Array<readonly [object, string, RegExp]> = [
    [{}, 'OPTION_INVALID', /^Option "path" must be the path of a folder$/],
    [{ path: '' }, 'OPTION_INVALID', /^Option "path" must be a non-empty string/],
    [{ path: '/a', entry: 7 }, 'OPTION_INVALID', /^Option "entry" must be a function that makes/],
    [{ path: '/a', file: 7 }, 'OPTION_UNKNOWN', /^directory has no option "file": it takes path, /]
  ]
  for (const [options, code, message] of cases) {
    t.throws(() => directory(options as never), { code: `CDN_ACCESS_${code}`, message })
  }
})
