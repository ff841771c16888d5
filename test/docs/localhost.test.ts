import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import t from 'tap'
import { apart } from '../fixtures/apart.js'
import { blocksOf, fileOf } from '../fixtures/pages.js'

const run = promisify(execFile)

t.test('the edge in front of files gives one to whom the command line signs for', async (t) => {
  const server = createServer().listen(0)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  const edge = blocksOf('docs/localhost.md', 'js').find((each) => fileOf(each) === 'edge.js')!
  const cwd = t.testdir({
    'edge.mjs': edge.code.replaceAll('3002', `${port}`),
    media: { users: { 42: { 'film.txt': 'a film' } } }
  })
  const main = `${process.cwd()}/dist/cli/main.js`
  const keygen = ['keygen', 'cloudfront', '--name', 'media']
  await run(...apart(process.execPath, main, ...keygen), { cwd })
  const child = spawn(...apart(process.execPath, 'edge.mjs'), { cwd, stdio: 'inherit' })
  t.teardown(() => child.kill())
  const file = `http://localhost:${port}/users/42/film.txt`
  let status: number | undefined
  while (status === undefined) {
    status = await fetch(file).then((reply) => reply.status, () => undefined)
    if (child.exitCode !== null) throw new Error(`the edge ended with ${child.exitCode}`)
    await setTimeout(20)
  }
  t.equal(status, 403)
  const sign = blocksOf('docs/localhost.md', 'sh')[0]!.code.replaceAll('3002', `${port}`)
  const cli = `npx () { shift; '${process.execPath}' '${main}' "$@"; }\n`
  t.equal((await run(...apart('bash', '-euc', cli + sign), { cwd })).stdout, 'a film')
})
