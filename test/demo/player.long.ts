import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'
import { installDemo, startDemo } from './running-demo.js'

const folder = await installDemo(t)

await t.test('a player that keeps no cookies plays the film by headers alone', async (t) => {
  const demo = startDemo(folder, { TTL: '5' })
  t.teardown(() => demo.process.kill('SIGKILL'))
  const { api, edge } = await demo.addresses()
  const command = `node examples/node-hls-player/play.js ${api} ${edge}`
  t.match(demo.out(), `    ${command}\n`, 'the demo says how')

  const { stdout } = await promisify(execFile)('sh', ['-c', command], { cwd: folder })
  const receipts = stdout.match(/^access for [45] s, next in [234] s$/gm) ?? []
  t.ok(receipts.length > 5, `${receipts.length - 1} refreshes`)
  const parts = stdout.match(/^[\w.]+ (?=\d+ bytes$)/gm)
  t.same(parts, [
    'init.mp4 ',
    ...Array.from('0123456789').map((digit) => `0${digit}.m4s `),
    '10.m4s ',
    '11.m4s '
  ])

  const lines = demo.out().split('Requests:\n')[1]!.split('\n')
  const asked = lines.filter((line) => line.includes('/cdn-access'))
  t.same([...new Set(asked)], ['  api   200  GET /cdn-access'], 'and no cookie was set')
  t.equal(asked.length, receipts.length)
  const fetched = lines.filter((line) => line.startsWith('  edge'))
  t.equal(fetched.filter((line) => line.startsWith('  edge  200')).length, 1, 'the playlist')
  t.same(fetched.filter((line) => !/ {2}edge {2}20[06] {2}GET/.test(line)), [], 'none is refused')
  t.ok(fetched.length > 2 * parts!.length, 'piece by piece')
})
