import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { apart } from '../fixtures/apart.js'

const main = join(process.cwd(), 'dist/cli/main.js')
const held = `setInterval(() => {}, 1000)
export default {
  cdn: {
    name: 'own', url: 'https://h.example.com', cookieNames: ['a'], keys: [], format: {},
    parseKey () {}, plan () {}, sign () {}, check () {}
  }
}`

t.test('a command ends where the module of --config holds the process', async (t) => {
  const config = join(t.testdir({ 'held.mjs': held }), 'held.mjs')
  const ended = (...argv: string[]): unknown =>
    spawnSync(...apart(process.execPath, main, ...argv, '--config', config), {
      encoding: 'utf8',
      timeout: 8_000
    })
  t.match(ended('doctor'), { signal: null, status: 1, stdout: /own/ })
  t.match(ended('sign', 'none', '/*'), {
    signal: null,
    status: 2,
    stderr: /There is no CDN of this name: there is own/
  })
})

t.test('all that is printed arrives first, however slowly it is read', async (t) => {
  const words = 'x'.repeat(1_000_000)
  const config = join(
    t.testdir({ 'long.mjs': `process.stdout.write('${words}')\n${held}` }),
    'long.mjs'
  )
  const child = spawn(...apart(process.execPath, main, 'doctor', '--config', config), {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 8_000
  })
  t.teardown(() => child.kill())
  const ended = once(child, 'exit')
  const printed = await text(child.stdout)
  t.ok(printed.startsWith(words))
  t.match(printed.slice(words.length), /own[^]*\n$/)
  t.same(await ended, [1, null])
})

t.test('a reader that goes away is no failure', async (t) => {
  const config = join(t.testdir({ 'held.mjs': held }), 'held.mjs')
  const child = spawn(...apart(process.execPath, main, 'doctor', '--config', config), {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 8_000
  })
  t.teardown(() => child.kill())
  const ended = once(child, 'exit')
  child.stdout.destroy()
  t.same(await ended, [0, null])
})
