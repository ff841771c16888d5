import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'

/** Reloads a ring many times, from a file and from a loader, and says what is left of it. */
const script = `
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import Fastify from 'fastify'
import cookie from '@fastify/cookie'
import cdnAccess, { cloudfront } from 'fastify-cdn-access'
const [file, count] = process.argv.slice(1)
const { texts } = JSON.parse(process.env.TEXTS)
const app = Fastify()
await app.register(cookie)
let load = 0
const url = 'https://media.example.com'
await app.register(cdnAccess, {
  cdn: [
    cloudfront({ name: 'file', url, keys: { file, every: '1h', settle: 0 } }),
    cloudfront({ name: 'loader', url: 'https://b.example.com', keys: {
      load: () => {
        if (++load % 10 === 0) throw new Error('down')
        return JSON.parse(texts[load % 2])
      },
      every: '1h'
    } })
  ],
  cookie: { domain: 'example.com' },
  authorize: () => true,
  env: false
})
const linesOf = (fd) => {
  try {
    return readFileSync('/proc/self/fdinfo/' + fd, 'utf8')
  } catch {
    return ''
  }
}
const watches = () => readdirSync('/proc/self/fdinfo').flatMap((fd) =>
  linesOf(fd).match(/^inotify wd/gm) ?? []).length
const measure = () => {
  for (let round = 0; round < 5; round++) gc()
  return {
    heap: process.memoryUsage().heapUsed,
    watches: watches(),
    resources: process.getActiveResourcesInfo().length,
    fds: readdirSync('/proc/self/fd').length
  }
}
async function run (times) {
  for (let round = 0; round < times; round++) {
    writeFileSync(file + '.new', texts[round % 2])
    renameSync(file + '.new', file)
    await app.cdnAccess.reloadKeys().catch(() => undefined)
  }
  await new Promise((resolve) => setTimeout(resolve, 500))
}
await run(1000)
const before = measure()
await run(Number(count))
const after = measure()
await app.close()
await new Promise((resolve) => setTimeout(resolve, 100))
console.log(JSON.stringify({ before, after, closed: measure() }))
`

interface Measure {
  readonly heap: number
  readonly watches: number
  readonly resources: number
  readonly fds: number
}

t.test('10,000 reloads leave no memory, no handle and no watch behind', async (t) => {
  const texts = [1, 2].map((number) => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' })
    return JSON.stringify([{ keyPairId: `K${number}`, privateKey: pem }])
  })
  const file = join(t.testdir({}), 'keys.json')
  writeFileSync(file, texts[0]!)
  const args = ['--expose-gc', '--input-type=module', '-e', script, file, '10000']
  const printed = execFileSync(process.execPath, args, {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], TEXTS: JSON.stringify({ texts }) }
  })
  t.comment(printed.trim())
  const { before, after, closed } = JSON.parse(printed) as Record<string, Measure>
  t.ok(after!.heap - before!.heap < 1_000_000, `${after!.heap - before!.heap} bytes more`)
  for (const kind of ['watches', 'resources', 'fds'] as const) {
    t.ok(after![kind] <= before![kind], `${kind}: ${before![kind]}, ${after![kind]}`)
  }
  t.ok(after!.watches > 0)
  t.equal(closed!.watches, 0)
})
