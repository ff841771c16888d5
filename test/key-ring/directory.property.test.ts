import {
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync
} from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { googleCloudCdn } from '../../src/index.js'
import { directory } from '../../src/key-ring/directory.js'
import { readKeyFolder } from '../../src/key-ring/key-folder.js'
import { openKeyRing } from '../../src/key-ring/key-ring.js'
import { quiet } from '../fixtures/key-log.js'
import { seeds } from '../fixtures/property.js'
import { seeded } from '../fixtures/seeded.js'

const second = 1_800_000_000
const endings = ['', '.pem', '.KEY', '.json', '.txt', '.secret', '.other', '.pem.bak', '~']
const bare = new Set(['', '.other', '.pem.bak', '~'])

/** The first numbers of neighbouring seeds are alike, and these are far from each other. */
const spread = 7_919_777

interface Written {
  readonly id: string
  readonly number: number
  readonly age: number
  readonly text: string
}

t.test('whatever a folder holds, its keys are those of its files, the newest first', async (t) => {
  const counts = { read: 0, twice: 0, empty: 0, volume: 0 }
  for (const seed of seeds(120)) {
    const next = seeded(seed * spread)
    const root = join(t.testdir({}), `${seed}`)
    const isVolume = seed % 3 === 0
    const folder = isVolume ? join(root, '..2026') : root
    mkdirSync(folder, { recursive: true })
    if (isVolume) symlinkSync('..2026', join(root, '..data'))
    const written = new Map<string, Written>()
    for (let count = next(5); count > 0; count--) {
      const number = next(12)
      const ending = endings[next(endings.length)]!
      const id = `K${number}${bare.has(ending) ? ending : ''}`
      const name = `K${number}${ending}`
      const age = next(3)
      const text = `${seed} ${count}`
      writeFileSync(join(folder, name), text)
      utimesSync(join(folder, name), second - age, second - age + next(10) / 100)
      written.set(name, { id, number, age: isVolume ? 0 : age, text })
    }
    if (next(2) === 0) writeFileSync(join(folder, '.K1'), 'no key')
    if (next(2) === 0) mkdirSync(join(folder, 'K1.d'))
    if (isVolume) writeFileSync(join(root, 'K99'), 'beside what is written together')

    const ids = [...written.values()].map(({ id }) => id)
    const found = await readKeyFolder(root).then(
      (keys) => keys.map(({ id, bytes }) => `${id}: ${Buffer.from(bytes).toString()}`).join(),
      (error: unknown) => (error as Error).message
    )
    if (ids.length === 0) {
      counts.empty++
      if (!found.includes('is empty')) t.fail(`seed ${seed}: ${found}`)
    } else if (new Set(ids).size < ids.length) {
      counts.twice++
      if (!found.includes('two files for one key')) t.fail(`seed ${seed}: ${found}`)
    } else {
      counts[isVolume ? 'volume' : 'read']++
      const expected = [...written.values()].toSorted((a, b) =>
        a.age - b.age || b.number - a.number
      )
      const sameNumber = new Set(expected.map(({ number }) => number)).size < expected.length
      const shown = expected.map(({ id, text }) => `${id}: ${text}`)
      const isRight = sameNumber
        ? found.split(',').toSorted().join() === shown.toSorted().join()
        : found === shown.join()
      if (!isRight) t.fail(`seed ${seed}: ${found}, and not ${shown.join()}`)
    }
  }
  t.ok(Object.values(counts).every((count) => count > 2), JSON.stringify(counts))
})

t.test('a ring follows its folder at once, in whatever way it is changed', async (t) => {
  const cdn = (
    keys: Parameters<typeof googleCloudCdn>[0]['keys']
  ): ReturnType<typeof googleCloudCdn> =>
    googleCloudCdn({ url: 'https://media.example.com', keys: keys! })
  const { parseKey } = cdn([])
  for (const seed of seeds(2)) {
    const next = seeded(seed * spread)
    const root = realpathSync(t.testdir({}))
    const path = join(root, `keys-${seed}`)
    let made = 0
    const secretOf = (): string => Buffer.alloc(16, ++made).toString('base64url')
    const held = new Map([['K0', secretOf()]])

    function makeFolder (at: string): void {
      mkdirSync(at)
      for (const [id, secret] of held) writeFileSync(join(at, id), secret)
    }
    const changes: ReadonlyArray<() => void> = [
      function add () {
        const id = `K${next(6)}`
        held.set(id, secretOf())
        writeFileSync(join(path, `.${id}`), held.get(id)!)
        renameSync(join(path, `.${id}`), join(path, id))
      },
      function writeInPlace () {
        const id = [...held.keys()][next(held.size)]!
        held.set(id, secretOf())
        writeFileSync(join(path, id), held.get(id)!)
      },
      function remove () {
        const id = [...held.keys()][next(held.size)]!
        if (held.size === 1) return
        held.delete(id)
        rmSync(join(path, id))
      },
      function makeAnew () {
        rmSync(path, { recursive: true })
        held.set('K0', secretOf())
        makeFolder(path)
      },
      function putInPlace () {
        held.set('K0', secretOf())
        makeFolder(`${path}.new`)
        renameSync(path, `${path}.${++made}`)
        renameSync(`${path}.new`, path)
      },
      function link () {
        held.set('K0', secretOf())
        const target = `${path}.${++made}`
        makeFolder(target)
        renameSync(path, `${path}.${++made}`)
        symlinkSync(target, path)
      }
    ]
    makeFolder(path)
    const keys = directory({ path, every: '1h', settle: 0 })
    const ring = await openKeyRing(cdn(keys), { log: quiet, now: () => second })
    t.teardown(() => ring.close())
    const accepted = (): string =>
      ring.accepted(second).map(({ id, identity }) => `${id} ${identity}`).toSorted().join()
    for (let step = 0; step < 25; step++) {
      const change = changes[next(changes.length)]!
      change()
      const expected = [...held].map(([keyName, key]) =>
        `${keyName} ${parseKey({ keyName, key }).identity}`
      ).toSorted().join()
      for (let wait = 0; accepted() !== expected && wait < 300; wait++) {
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      t.equal(accepted(), expected, `seed ${seed}, step ${step}: ${change.name}`)
    }
  }
})
