import { generateKeyPairSync } from 'node:crypto'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { install } from '@sinonjs/fake-timers'
import t, { type Test } from 'tap'
import { cloudfront, type Keys } from '../../src/index.js'
import { directory } from '../../src/key-ring/directory.js'
import { openKeyRing, type KeyRing } from '../../src/key-ring/key-ring.js'
import { ecPkcs8, ecPublic } from '../fixtures/keys.js'
import { makeFifo } from '../fixtures/hanging-file.js'
import { quiet } from '../fixtures/key-log.js'
import { createViewer, fixedClock, keys, mediaUrl, startApi } from '../fixtures/site.js'

const url = 'https://media.example.com'
const now = 1_800_000_000
const entry = (id: string): object => ({ keyPairId: id, privateKey: ecPkcs8 })
const text = (id: string): string => JSON.stringify([entry(id)])

async function open (t: Test, source: object): Promise<KeyRing> {
  const ring = await openKeyRing(cloudfront({ url, keys: source as Keys<never> }), {
    log: quiet,
    now: () => now,
    prove: true
  })
  t.teardown(() => {
    ring.close()
  })
  return ring
}

const signs = (ring: KeyRing): string => ring.signingKey(now, now + 60).key.id

t.test('whatever a loader does, the last good ring signs, and the next good one is taken', async (t) => {
  const half = ecPkcs8.slice(0, 100)
  const faults: Record<string, () => unknown> = {
    throws: () => {
      throw new Error('down')
    },
    rejects: async () => Promise.reject(new Error('down')),
    'throws a text': () => {
      throw half as never
    },
    'yields nothing': () => undefined,
    'yields garbage': () => Buffer.from('garbage'),
    'yields a number': () => 7,
    'yields no entry': () => [],
    'yields null': () => [null],
    'yields half a PEM': () => [{ keyPairId: 'KHALF', privateKey: half }],
    'yields one good and one bad': () => [entry('KGOOD'), { keyPairId: 'KBAD' }],
    'yields a public key as a private one': () => [{ keyPairId: 'KPUB', privateKey: ecPublic }],
    'yields one id twice': () => [
      entry('KTWICE'),
      { keyPairId: 'KTWICE', privateKey: keys.privateKey }
    ],
    'yields 20,000 entries': () => Array.from({ length: 20_000 }, () => entry('KMANY'))
  }
  let answer: () => unknown = () => entry('KOLD')
  const ring = await open(t, { load: () => answer(), every: '1h' })
  for (const [name, fault] of Object.entries(faults)) {
    answer = fault
    await t.rejects(ring.reload(), { code: 'CDN_ACCESS_KEY_LOAD_FAILED' }, name)
    t.equal(signs(ring), 'KOLD', name)
    t.match(ring.report().lastFault, { at: now })
  }
  answer = () => [entry('KNEW')]
  await ring.reload()
  t.equal(signs(ring), 'KNEW')
  answer = () => [entry('KOLD')]
  await ring.reload()
  t.equal(signs(ring), 'KOLD', 'the old ring again is a ring like another')
})

t.test('whatever becomes of a file, the last good ring signs, and it recovers by itself', async (t) => {
  const folder = t.testdir({ keys: { 'keys.json': text('K0') } })
  const file = join(folder, 'keys/keys.json')
  const many = JSON.stringify(Array.from({ length: 20_000 }, () => ({ keyPairId: 'KMANY' })))
  const faults: Record<string, () => unknown> = {
    empty: () => writeFileSync(file, ''),
    garbage: () => writeFileSync(file, Buffer.alloc(4096, 0xfe)),
    'half-written': () => writeFileSync(file, text('KHALF').slice(0, 200)),
    'with 20,000 entries': () => writeFileSync(file, many),
    'too large': () => writeFileSync(file, ' '.repeat(2 * 1_048_576)),
    gone: () => undefined,
    'a FIFO': () => makeFifo(join(folder, 'keys')),
    'a directory': () => mkdirSync(file),
    'below a file': () => {
      rmSync(join(folder, 'keys'), { recursive: true })
      writeFileSync(join(folder, 'keys'), 'a file')
    }
  }
  const ring = await open(t, { file, every: '1s', settle: 0 })
  let last = 'K0'
  for (const [index, [name, damage]] of Object.entries(faults).entries()) {
    rmSync(file, { recursive: true, force: true })
    damage()
    await t.rejects(ring.reload(), { code: 'CDN_ACCESS_KEY_LOAD_FAILED' }, name)
    t.equal(signs(ring), last, name)
    rmSync(join(folder, 'keys'), { recursive: true })
    mkdirSync(join(folder, 'keys'))
    last = `K${index + 1}`
    writeFileSync(file, text(last))
    for (let wait = 0; signs(ring) !== last && wait < 400; wait++) await pause()
    t.equal(signs(ring), last, `recovers from one that is ${name}`)
  }
})

t.test('what may not be read changes nothing, and is read as soon as it may', async (t) => {
  // Not below the project: another user may not enter every folder that is above it.
  const outer = realpathSync(mkdtempSync(join(tmpdir(), 'cdn-access-')))
  t.teardown(() => {
    rmSync(outer, { recursive: true })
  })
  const [folder, path] = [join(outer, 'all'), join(outer, 'all', 'keys')]
  const file = join(folder, 'keys.json')
  mkdirSync(path, { recursive: true })
  for (const each of [outer, folder, path]) chmodSync(each, 0o755)
  writeFileSync(file, text('K1'))
  writeFileSync(join(path, 'K1'), ecPkcs8)
  const times = { every: '1h', settle: 0 } as const
  const ofFile = /^CDN_ACCESS_KEY_FILE_UNREADABLE: .*: this process may not read it$/
  const ofFolder = /^CDN_ACCESS_KEY_FOLDER_INVALID: .* may not be read by this process$/
  const cases: ReadonlyArray<readonly [source: object, denied: string, mode: number, RegExp]> = [
    [{ file, ...times }, file, 0o600, ofFile],
    [{ file, ...times }, folder, 0o755, ofFile],
    [directory({ path, ...times }), join(path, 'K1'), 0o600, ofFile],
    [directory({ path, ...times }), path, 0o755, ofFolder]
  ]
  for (const [index, [source, denied, mode, reason]] of cases.entries()) {
    const ring = await open(t, source)
    const before = signs(ring)
    chmodSync(denied, 0)
    await asNobody(() => t.rejects(ring.reload(), { code: 'CDN_ACCESS_KEY_LOAD_FAILED' }))
    t.match(ring.report().lastFault, { at: now, reason })
    t.equal(signs(ring), before)
    chmodSync(denied, mode)
    const id = `KNEW${index}`
    writeFileSync(file, text(id))
    writeFileSync(join(path, id), ecPkcs8)
    utimesSync(join(path, id), now + index, now + index)
    for (let wait = 0; signs(ring) !== id && wait < 400; wait++) await pause()
    t.equal(signs(ring), id)
    ring.close()
  }
})

t.test('takes keys that come late, and a loader that never answers is asked once', async (t) => {
  const clock = install({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  t.teardown(() => {
    clock.uninstall()
  })
  let give: (entry: object) => void = () => undefined
  let loads = 0
  const opening = open(t, {
    load: () => {
      loads++
      return new Promise((resolve) => {
        give = resolve
      })
    },
    every: '1m',
    settle: 0
  })
  await clock.tickAsync(5000)
  const ring = await opening
  t.throws(() => signs(ring), { code: 'CDN_ACCESS_KEY_UNAVAILABLE', statusCode: 503 })
  await clock.tickAsync(600_000)
  t.equal(loads, 1)
  t.match(ring.report().lastFault?.reason, /the source took longer than 30 s$/)
  give(entry('KLATE'))
  while (ring.accepted(now).length === 0) await new Promise(setImmediate)
  t.equal(signs(ring), 'KLATE')
})

t.test('FIFOs in place of files hold no thread that signing needs', async (t) => {
  const folder = t.testdir({})
  const file = makeFifo(folder)
  const rings = await Promise.all([1, 2, 3, 4].map(async () => open(t, { file, every: '1s' })))
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const signer = await open(t, [{ keyPairId: 'K1', privateKey }])
  const reloads = Promise.allSettled(rings.map(async (ring) => ring.reload()))
  const { key } = signer.signingKey(now, now + 60)
  const cdn = cloudfront({ url, keyPairId: 'K1', privateKey })
  const cookies = await cdn.sign({ paths: ['/*'], expiresAt: now + 60 }, key as never)
  t.ok(cookies.length > 0)
  await reloads
})

t.test('503 only where there never was a key', async (t) => {
  let answer: () => unknown = () => {
    throw new Error('down')
  }
  const source = { load: () => answer(), every: '1h' }
  const app = await startApi(fixedClock(), {
    cdn: cloudfront({ url: mediaUrl, keys: source as Keys<never> })
  })
  t.teardown(() => app.close())
  const ask = async (): Promise<number> => (await createViewer({ 'x-user': 'ada' }).ask(app)).status
  t.equal(await ask(), 503)
  answer = () => entry('K1')
  await app.cdnAccess.reloadKeys()
  t.equal(await ask(), 200)
  answer = () => []
  await app.cdnAccess.reloadKeys().catch(() => undefined)
  t.equal(await ask(), 200)
})

/** What somebody does to whom files may be refused: root is not one. */
async function asNobody (work: () => Promise<unknown>): Promise<void> {
  const isRoot = process.geteuid?.() === 0
  if (isRoot) process.seteuid?.(65_534)
  await work().finally(() => {
    if (isRoot) process.seteuid?.(0)
  })
}

function pause (): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 10)
  })
}
