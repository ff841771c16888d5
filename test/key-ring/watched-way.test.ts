import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { realpathSync } from 'node:fs'
import t from 'tap'
import { findWay } from '../../src/key-ring/watched-way.js'

/** The folders of a way below one, each with the names that count there. */
async function foldersOf (path: string, root: string): Promise<Record<string, string[] | 'all'>> {
  const { folders } = await findWay(path)
  return Object.fromEntries(
    [...folders.values()].map(({ folder, names }) => [
      folder.slice(root.length) || '/',
      names === undefined ? 'all' : [...names].slice(1)
    ])
  )
}

t.test('finds the folder of a file, and each that holds a link on the way', async (t) => {
  const root = realpathSync(t.testdir({ real: { 'keys.json': '1' }, links: {} }))
  t.same(await foldersOf(join(root, 'real/keys.json'), root), { '/real': ['keys.json'] })
  symlinkSync('../real', join(root, 'links/folder'))
  symlinkSync(join(root, 'links/folder'), join(root, 'start'))
  t.same(await foldersOf(join(root, 'start/keys.json'), root), {
    '/': ['start'],
    '/links': ['folder'],
    '/real': ['keys.json']
  })
})

t.test('finds the links of a Kubernetes volume', async (t) => {
  const root = realpathSync(t.testdir({ '..2026': { 'keys.json': '1' } }))
  symlinkSync('..2026', join(root, '..data'))
  symlinkSync('..data/keys.json', join(root, 'keys.json'))
  t.same(await foldersOf(join(root, 'keys.json'), root), {
    '/': ['keys.json', '..data'],
    '/..2026': ['keys.json']
  })
})

t.test('all entries of a folder count, and its own name', async (t) => {
  const root = realpathSync(t.testdir({ keys: { a: '1' } }))
  t.same(await foldersOf(join(root, 'keys'), root), { '/': ['keys'], '/keys': 'all' })
})

t.test('stops where a part is missing, and where links go round', async (t) => {
  const root = realpathSync(t.testdir({}))
  t.same(await foldersOf(join(root, 'none/keys.json'), root), { '/': ['none'] })
  symlinkSync('b', join(root, 'a'))
  symlinkSync('a', join(root, 'b'))
  t.same(await foldersOf(join(root, 'a'), root), { '/': ['a', 'b'] })
  t.same(await findWay('/'), { folders: new Map(), state: '' })
})

t.test('its state is another where something on it was changed or made anew', async (t) => {
  const root = realpathSync(t.testdir({ keys: { 'keys.json': '1' } }))
  const path = join(root, 'keys/keys.json')
  const seen = [await findWay(path)]
  const look = async (): Promise<void> => {
    seen.push(await findWay(path))
  }
  await look()
  t.same(seen[1], seen[0])
  writeFileSync(path, '22')
  await look()
  writeFileSync(join(root, 'new'), '33')
  renameSync(join(root, 'new'), path)
  await look()
  rmSync(path)
  await look()
  t.equal(new Set(seen.map(({ state }) => state)).size, 4)
  renameSync(join(root, 'keys'), join(root, 'old'))
  mkdirSync(join(root, 'keys'))
  await look()
  t.notSame([...seen[5]!.folders.keys()], [...seen[4]!.folders.keys()], 'by the inode of a folder')
})
