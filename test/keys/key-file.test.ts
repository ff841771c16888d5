import { execFileSync } from 'node:child_process'
import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import t from 'tap'
import { readKeyFile } from '../../src/keys/key-file.js'
import * as keys from '../fixtures/keys.js'

const option = 'PRIVATE_KEY_FILE'

t.test('reads a regular file, also behind a link', async (t) => {
  const folder = t.testdir({ 'a.pem': keys.ecPkcs8, 'empty.pem': '' })
  const [file, link] = [join(folder, 'a.pem'), join(folder, 'link.pem')]
  symlinkSync(file, link)
  for (const path of [file, link]) t.equal(String(await readKeyFile(path, option)), keys.ecPkcs8)
  t.equal((await readKeyFile(join(folder, 'empty.pem'), option)).length, 0)
})

t.test('reads up to 1 MiB, whatever size the file says it has', async (t) => {
  const folder = t.testdir()
  const [largest, larger] = [join(folder, 'largest'), join(folder, 'larger')]
  writeFileSync(largest, Buffer.alloc(1_048_576, 'a'))
  writeFileSync(larger, Buffer.alloc(1_048_577, 'a'))
  t.equal(String(await readKeyFile(largest, option)), 'a'.repeat(1_048_576))
  await t.rejects(readKeyFile(larger, option), {
    code: 'CDN_ACCESS_KEY_FILE_UNREADABLE',
    message: '"PRIVATE_KEY_FILE" names a file that can\'t be read: it is larger than 1 MiB'
  })
  if (process.platform === 'linux') {
    t.ok((await readKeyFile('/proc/self/status', option)).length > 100, 'its size is 0')
  }
})

t.test('refuses what is no regular file by its kind, and never waits for it', async (t) => {
  const folder = t.testdir()
  const [fifo, loop] = ['fifo', 'loop'].map((name) => join(folder, name))
  execFileSync('mkfifo', [fifo!])
  symlinkSync(loop!, loop!)
  for (
    const [file, why] of [
      [folder, 'it is a directory, and must be a regular file'],
      [fifo!, 'it is a FIFO, and must be a regular file'],
      ['/dev/zero', 'it is a device or a socket, and must be a regular file'],
      [join(folder, 'none'), 'there is no such file'],
      ['none.pem', 'there is no such file below the folder in which the process was started'],
      [loop!, 'reading it fails with ELOOP'],
      ['/a\0b', 'reading it fails with ERR_INVALID_ARG_VALUE']
    ] as const
  ) {
    await t.rejects(readKeyFile(file, option), {
      code: 'CDN_ACCESS_KEY_FILE_UNREADABLE',
      message: `"PRIVATE_KEY_FILE" names a file that can't be read: ${why}`
    })
  }
})

t.test('shows nothing of a key that is given in place of a path', async (t) => {
  const bare = keys.ecPkcs8.split('\n').slice(1, -2).join('')
  for (const path of [keys.ecPkcs8, bare, `${bare}\0`, bare.repeat(50)]) {
    const error: unknown = await readKeyFile(path, option).catch((thrown: unknown) => thrown)
    t.match(error, { code: 'CDN_ACCESS_KEY_FILE_UNREADABLE', cause: undefined })
    t.notOk(inspect(error, { depth: 9, showHidden: true }).includes(bare.slice(8, 24)))
  }
  await t.rejects(readKeyFile(keys.ecPkcs8, option), { message: /: it is a key itself/ })
})
