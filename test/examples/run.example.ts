import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { apart } from '../fixtures/apart.js'
import { removeAtEnd } from '../fixtures/remove-at-end.js'
import { createVisitor, freePorts } from './visitor.js'

/** A repository with what is packed, and one example. */
async function checkOut (t: Test): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'examples-'))
  removeAtEnd(t, root)
  for (const part of ['package.json', 'dist', 'examples/run.js', 'examples/minimal']) {
    await cp(part, join(root, part), {
      recursive: true,
      filter: (source) => !source.endsWith('node_modules')
    })
  }
  return root
}

t.test('npm run example: installs and starts one, and leaves nothing but its packages', async (t) => {
  const root = await checkOut(t)
  const before = await readdir(join(root, 'examples/minimal'))
  const ports = await freePorts('PORT', 'EDGE_PORT')
  const child = spawn(...apart(process.execPath, 'examples/run.js', 'minimal'), {
    cwd: root,
    env: { ...process.env, ...ports },
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const ended = once(child, 'exit')
  t.teardown(async () => {
    if (child.exitCode === null) process.kill(-child.pid!, 'SIGTERM')
    await ended
  })
  let printed = ''
  for await (const text of child.stdout.setEncoding('utf8')) {
    printed += text
    if (printed.includes('Another: ')) break
  }
  t.match((await createVisitor().ask(`http://localhost:${ports.PORT}/cdn-access`)).body, '"issued"')
  const after = await readdir(join(root, 'examples/minimal'))
  t.same(after.filter((name) => !before.includes(name)), ['node_modules'])
})

t.test('npm run example: without a name, or with one that is none, says which there are', async (t) => {
  const root = await checkOut(t)
  const child = spawn(process.execPath, ['examples/run.js', 'maximal'], { cwd: root })
  let said = ''
  for await (const text of child.stderr.setEncoding('utf8')) said += text
  t.equal(said, 'Which one? npm run example -- NAME, with one of these names:\n  minimal\n')
})
