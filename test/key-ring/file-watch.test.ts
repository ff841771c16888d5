import { EventEmitter } from 'node:events'
import fs, {
  existsSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync
} from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { watchPath } from '../../src/key-ring/file-watch.js'
import { inotifyWatches } from '../fixtures/inotify.js'

const noInotify = !existsSync('/proc/self/fdinfo') && 'Linux alone tells'

interface Watch {
  /** Resolves where a change makes the watch call. */
  notices(change: () => void): Promise<boolean>
  count(): number
  end(): void
}

async function startWatch (t: Test, path: string): Promise<Watch> {
  let calls = 0
  let end: () => void = () => undefined
  await new Promise<void>((resolve) => {
    end = watchPath(path, () => {
      calls++
      resolve()
    })
  })
  t.teardown(end)
  await setTimeout(50)
  return {
    notices: async (change) => {
      const before = calls
      change()
      let noticed = false
      for (let wait = 0; !noticed && wait < 200; wait++) {
        await setTimeout(10)
        noticed = calls > before
      }
      await setTimeout(60)
      return noticed
    },
    count: () => calls,
    end
  }
}

function replace (path: string, text: string): void {
  writeFileSync(`${path}.new`, text)
  renameSync(`${path}.new`, path)
}

function swap (path: string, target: string): void {
  symlinkSync(target, `${path}.new`)
  renameSync(`${path}.new`, path)
}

t.test('notices a file that is written, replaced, removed and made', async (t) => {
  const root = realpathSync(t.testdir({ 'keys.json': '1' }))
  const path = join(root, 'keys.json')
  const { notices } = await startWatch(t, path)
  t.ok(await notices(() => writeFileSync(path, '2')))
  t.ok(await notices(() => replace(path, '3')))
  t.ok(await notices(() => writeFileSync(path, '4')), 'the new one as well')
  t.ok(await notices(() => rmSync(path)))
  t.ok(await notices(() => writeFileSync(path, '5')))
})

t.test('notices a link that is swapped at any depth', async (t) => {
  const root = realpathSync(t.testdir({
    a: { 'keys.json': '1' },
    b: { 'keys.json': '2' },
    links: {}
  }))
  symlinkSync('../a', join(root, 'links/folder'))
  symlinkSync('links/folder/keys.json', join(root, 'keys.json'))
  const { notices } = await startWatch(t, join(root, 'keys.json'))
  t.ok(await notices(() => swap(join(root, 'links/folder'), '../b')))
  t.ok(await notices(() => writeFileSync(join(root, 'b/keys.json'), '3')))
  t.ok(await notices(() => swap(join(root, 'keys.json'), 'a/keys.json')))
  t.ok(await notices(() => replace(join(root, 'a/keys.json'), '4')))
})

t.test('notices what Kubernetes does with a volume, again and again', async (t) => {
  const root = realpathSync(t.testdir({ '..1': { 'keys.json': '1' } }))
  symlinkSync('..1', join(root, '..data'))
  symlinkSync('..data/keys.json', join(root, 'keys.json'))
  const [file, folder] = [
    await startWatch(t, join(root, 'keys.json')),
    await startWatch(t, root)
  ]
  for (const version of [2, 3]) {
    const update = (): void => {
      mkdirSync(join(root, `..${version}`))
      writeFileSync(join(root, `..${version}/keys.json`), String(version))
      swap(join(root, '..data'), `..${version}`)
      rmSync(join(root, `..${version - 1}`), { recursive: true })
    }
    const before = folder.count()
    t.ok(await file.notices(update))
    t.ok(folder.count() > before)
  }
})

t.test('notices each entry of a folder, and a folder that is made anew', async (t) => {
  const root = realpathSync(t.testdir({ keys: { a: '1' } }))
  const folder = join(root, 'keys')
  const { notices } = await startWatch(t, folder)
  t.ok(await notices(() => writeFileSync(join(folder, 'b'), '2')))
  t.ok(await notices(() => writeFileSync(join(folder, 'a'), '3')))
  t.ok(await notices(() => unlinkSync(join(folder, 'a'))))
  t.ok(
    await notices(() => {
      renameSync(folder, join(root, 'old'))
      mkdirSync(folder)
    })
  )
  t.ok(await notices(() => writeFileSync(join(folder, 'c'), '4')))
})

t.test('notices what happens in a folder that was removed and made at once', async (t) => {
  const root = realpathSync(t.testdir({ keys: { 'keys.json': '1' }, store: { 'keys.json': '1' } }))
  symlinkSync('store/keys.json', join(root, 'link'))
  const path = join(root, 'keys/keys.json')
  const [file, folder, link] = [
    await startWatch(t, path),
    await startWatch(t, join(root, 'keys')),
    await startWatch(t, join(root, 'link'))
  ]
  for (let round = 0; round < 3; round++) {
    for (const name of ['keys', 'store']) {
      // Many systems give the new folder the inode of the old one.
      rmSync(join(root, name), { recursive: true })
      mkdirSync(join(root, name))
      writeFileSync(join(root, name, 'keys.json'), '2')
    }
    await setTimeout(100)
    const before = folder.count()
    t.ok(await file.notices(() => writeFileSync(path, '3')))
    t.ok(await file.notices(() => replace(path, '4')))
    t.ok(folder.count() > before)
    t.ok(await link.notices(() => writeFileSync(join(root, 'store/keys.json'), '3')))
  }
})

t.test('other files in its folders are nothing to it, and nothing is after its end', async (t) => {
  const root = realpathSync(t.testdir({ 'keys.json': '1' }))
  const watch = await startWatch(t, join(root, 'keys.json'))
  writeFileSync(join(root, 'other.json'), '1')
  mkdirSync(join(root, 'folder'))
  await setTimeout(100)
  t.equal(watch.count(), 1, 'but for the one at the beginning')
  watch.end()
  writeFileSync(join(root, 'keys.json'), '2')
  await setTimeout(100)
  t.equal(watch.count(), 1)
})

t.test('a file that is not there yet is noticed when it comes', async (t) => {
  const root = realpathSync(t.testdir({}))
  const path = join(root, 'later/keys.json')
  const { notices } = await startWatch(t, path)
  t.ok(await notices(() => mkdirSync(join(root, 'later'))))
  t.ok(await notices(() => writeFileSync(path, '1')))
})

t.test('ends before it has begun, and leaves no watch', { skip: noInotify }, async (t) => {
  const before = inotifyWatches()
  const path = join(t.testdir({ a: '1' }), 'a')
  watchPath(path, () => t.fail('ended'))()
  await setTimeout(50)
  const watch = await startWatch(t, path)
  t.ok(inotifyWatches() > before)
  watch.end()
  t.equal(inotifyWatches(), before)
})

t.test('where the system can not watch, or says that it no longer can, nothing throws', async (t) => {
  const { watch } = fs
  const watchers: Array<{ on: EventEmitter, tell: (event: string, name: string | null) => void }> =
    []
  const restore = (): void => {
    fs.watch = watch
    syncBuiltinESMExports()
  }
  t.teardown(restore)
  let works = false
  fs.watch = ((_folder: string, _options: object, tell: () => void) => {
    if (!works) throw new Error('ENOSPC')
    const on = Object.assign(new EventEmitter(), { close: () => undefined })
    watchers.push({ on, tell })
    return on
  }) as unknown as typeof watch
  syncBuiltinESMExports()
  const path = join(t.testdir({ a: '1' }), 'a')
  const blind = await startWatch(t, path)
  t.equal(blind.count(), 1)
  works = true
  const seeing = await startWatch(t, path)
  for (const { on, tell } of watchers) {
    on.emit('error', new Error('gone'))
    t.ok(await seeing.notices(() => tell('rename', null)), 'a system that does not say which')
    seeing.end()
    const ended = seeing.count()
    tell('rename', 'a')
    t.equal(seeing.count(), ended)
  }
  t.equal(watchers.length, 1)
})
