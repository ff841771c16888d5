import { execFileSync } from 'node:child_process'
import { mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { readKeyFolder } from '../../src/key-ring/key-folder.js'

const second = 1_800_000_000

/** A folder of files with these contents, each a second older than the one before. */
function folderOf (t: Test, files: Readonly<Record<string, string>>): string {
  const folder = t.testdir(files)
  for (const [index, name] of Object.keys(files).entries()) {
    utimesSync(join(folder, name), second - index, second - index)
  }
  return folder
}

async function idsOf (folder: string): Promise<string[]> {
  return (await readKeyFolder(folder)).map(({ id }) => id)
}

async function refuses (t: Test, folder: string, why: string): Promise<void> {
  await t.rejects(readKeyFolder(folder), {
    code: 'CDN_ACCESS_KEY_FOLDER_INVALID',
    message: `The folder of keys ${why}`
  })
}

t.test('reads a key of each file, named by the file without its extension', async (t) => {
  const folder = folderOf(t, {
    'K1.pem': 'one',
    'K2.KEY': 'two',
    K3: 'three',
    'media.2026.txt': 'four',
    'K5.pem.json': 'five',
    'K6.other': 'six'
  })
  t.strictSame(
    (await readKeyFolder(folder)).map(({ id, bytes }) => [id, Buffer.from(bytes).toString()]),
    [
      ['K1', 'one'],
      ['K2', 'two'],
      ['K3', 'three'],
      ['media.2026', 'four'],
      ['K5.pem', 'five'],
      ['K6.other', 'six']
    ]
  )
})

t.test('lists the newest first, and of one second the last by name', async (t) => {
  const folder = folderOf(t, { a: '', b: '', 'media-9': '', 'media-10': '', 'media-010': '' })
  for (const name of ['media-9', 'media-10', 'media-010']) {
    utimesSync(join(folder, name), second - 5.5, second - 5.5)
  }
  utimesSync(join(folder, 'media-9'), second - 5.2, second - 5.2)
  t.strictSame(await idsOf(folder), ['a', 'b', 'media-10', 'media-010', 'media-9'])
})

t.test('skips what begins with a dot, and folders', async (t) => {
  const folder = t.testdir({
    K1: 'one',
    '.hidden': 'no key',
    'lost+found': { K2: 'two' },
    linked: t.fixture('symlink', 'lost+found')
  })
  t.strictSame(await idsOf(folder), ['K1'])
})

t.test('reads a Kubernetes volume by its link, in the order of names alone', async (t) => {
  const folder = t.testdir({
    '..2026_11_01': { K1: 'old', K2: 'old' },
    '..2026_11_02': { K2: 'new', K3: 'new' },
    K1: t.fixture('symlink', '..data/K1'),
    K2: t.fixture('symlink', '..data/K2')
  })
  symlinkSync('..2026_11_01', join(folder, '..data'))
  utimesSync(join(folder, '..2026_11_01/K1'), second, second)
  t.strictSame(await idsOf(folder), ['K2', 'K1'])
  symlinkSync('..2026_11_02', join(folder, '..data_tmp'))
  renameSync(join(folder, '..data_tmp'), join(folder, '..data'))
  const keys = await readKeyFolder(folder)
  t.strictSame(keys.map(({ id, bytes }) => [id, Buffer.from(bytes).toString()]), [
    ['K3', 'new'],
    ['K2', 'new']
  ])
})

t.test('never mixes what was written together with what was before', async (t) => {
  const folder = t.testdir({})
  let written = 0
  const swap = (): void => {
    written++
    mkdirSync(join(folder, `..${written}`))
    for (const id of ['K1', 'K2', 'K3']) {
      writeFileSync(join(folder, `..${written}`, id), `${written}`)
    }
    symlinkSync(`..${written}`, join(folder, '..data_tmp'))
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'))
    rmSync(join(folder, `..${written - 1}`), { recursive: true, force: true })
  }
  swap()
  for (let round = 0; round < 60; round++) {
    const reading = readKeyFolder(folder)
    await new Promise((resolve) => {
      setTimeout(resolve, round % 4)
    })
    swap()
    const keys = await reading
    t.equal(keys.length, 3)
    t.equal(new Set(keys.map(({ bytes }) => Buffer.from(bytes).toString())).size, 1)
  }
})

t.test('gives up on a folder that never stays the same', async (t) => {
  const folder = t.testdir({ K1: '' })
  let ended = false
  const change = (written = 0): void => {
    if (ended) return
    writeFileSync(join(folder, 'K1'), 'x'.repeat(written % 1000))
    setImmediate(change, written + 1)
  }
  change()
  await refuses(t, folder, 'changed each time while it was read')
  ended = true
  t.strictSame(await idsOf(folder), ['K1'])
})

t.test('refuses a folder that is none, or has nothing to read', async (t) => {
  const folder = t.testdir({ file: 'no folder', empty: { '.keep': '' } })
  await refuses(t, join(folder, 'absent'), 'is not there: no folder has the "path"')
  await refuses(t, join(folder, 'file'), 'is no folder: "path" must name one')
  symlinkSync('../file', join(folder, 'empty/..data'))
  await refuses(t, join(folder, 'empty'), 'is no folder: "path" must name one')
  rmSync(join(folder, 'empty/..data'))
  await refuses(t, join(folder, 'empty'), 'is empty: it must hold one file for each key')
  await refuses(t, 'x'.repeat(300), 'can\'t be read: that fails with ENAMETOOLONG')
})

t.test('refuses two files for one key, and shows no odd name', async (t) => {
  const folder = folderOf(t, { 'K1.pem': '', 'K1.key': '' })
  await refuses(t, folder, 'has two files for one key: K1.pem and K1.key')
  const odd = folderOf(t, { 'MIIE+x.pem': '', 'MIIE+x': '' })
  const hidden = 'a file with an odd name'
  await refuses(t, odd, `has two files for one key: ${hidden} and ${hidden}`)
})

t.test('refuses more than 100 files before it reads one', async (t) => {
  const folder = t.testdir({})
  for (let count = 0; count < 100; count++) writeFileSync(join(folder, `K${count}`), 'key')
  t.equal((await readKeyFolder(folder)).length, 100)
  execFileSync('mkfifo', [join(folder, 'K100')])
  await refuses(t, folder, 'holds more than 100 files')
})

t.test('refuses a file that is large, no file, or not there', async (t) => {
  const fails = async (files: Record<string, string>, name: string, why: string): Promise<void> => {
    const folder = folderOf(t, files)
    if (name === 'fifo') execFileSync('mkfifo', [join(folder, name)])
    if (name === 'gone') symlinkSync('absent', join(folder, name))
    if (name === 'endless') symlinkSync('/proc/kallsyms', join(folder, name))
    await t.rejects(readKeyFolder(folder), {
      code: 'CDN_ACCESS_KEY_FILE_UNREADABLE',
      message: `"${name}" names a file that can't be read: ${why}`
    })
  }
  const large = 'it is larger than 64 kB, and no key is'
  t.equal((await readKeyFolder(folderOf(t, { K1: 'x'.repeat(65_536) }))).length, 1)
  await fails({ K1: 'x'.repeat(65_537) }, 'K1', large)
  await fails({ K1: 'key' }, 'fifo', 'it is a FIFO, and must be a regular file')
  await fails({ K1: 'key' }, 'gone', 'there is no such file')
  await fails({ K1: 'key' }, 'endless', 'it is larger than 1 MiB')
})
