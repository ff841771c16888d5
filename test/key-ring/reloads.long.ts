import { execFile } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { secretAnswer, type Stages, type StoredVersion } from '../fixtures/aws-secret.js'
import { startAws } from '../fixtures/aws.js'

/** Reloads rings many times, from each source of a kind, and says what is left of it. */
const script = `
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import Fastify from 'fastify'
import cookie from '@fastify/cookie'
import cdnAccess, { cloudfront } from 'fastify-cdn-access'
import { awsSecret, directory } from 'fastify-cdn-access/keys'
const [kind, root, count] = process.argv.slice(1)
const { texts } = JSON.parse(process.env.TEXTS)
const file = root + '/keys.json'
const path = root + '/keys'
const change = (round) => {
  writeFileSync(file + '.new', texts[round % 2])
  renameSync(file + '.new', file)
  const [{ keyPairId, privateKey }] = JSON.parse(texts[round % 2])
  // At times the whole folder is made anew.
  if (round % 100 === 0) rmSync(path, { recursive: true, force: true })
  mkdirSync(path, { recursive: true })
  writeFileSync(path + '/.new', privateKey)
  for (const name of readdirSync(path)) if (name !== '.new') rmSync(path + '/' + name)
  renameSync(path + '/.new', path + '/' + keyPairId)
}
change(0)
const app = Fastify()
await app.register(cookie)
let load = 0
const kinds = {
  files: () => ({
    file: { file, every: '1h', settle: 0 },
    directory: directory({ path, every: '1h', settle: 0 }),
    loader: {
      load: () => {
        if (++load % 10 === 0) throw new Error('down')
        return JSON.parse(texts[load % 2])
      },
      every: '1h'
    }
  }),
  secrets: () => ({ secret: awsSecret({ id: 'media', every: '1h' }) })
}
await app.register(cdnAccess, {
  cdn: Object.entries(kinds[kind]()).map(([name, keys]) =>
    cloudfront({ name, url: 'https://' + name + '.example.com', keys })
  ),
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
    change(round)
    await app.cdnAccess.reloadKeys().catch(() => undefined)
  }
  await new Promise((resolve) => setTimeout(resolve, 500))
}
// By then the compiler and the clients have what they keep.
await run(2000)
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

/** What a process has before so many reloads, after them, and after the server is closed. */
async function measure (
  t: Test,
  kind: 'files' | 'secrets',
  count: number
): Promise<Record<'before' | 'after' | 'closed', Measure>> {
  const texts = [1, 2].map((number) => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' })
    return JSON.stringify([{ keyPairId: `K${number}`, privateKey: pem }])
  })
  let asked = 0
  const stages = (): Stages => {
    const newest = Math.floor(asked++ / 3)
    const version = (number: number): StoredVersion => ({
      id: `v${number}`,
      createdAt: 1_800_000_000,
      text: texts[number % 2]!
    })
    return { AWSCURRENT: version(newest), AWSPREVIOUS: version(newest + 1) }
  }
  const aws = await startAws(t, 'secretsmanager', secretAnswer('media', stages))
  const { endpoint, region, credentials } = aws.options
  const args = ['--expose-gc', '--input-type=module', '-e', script, kind, t.testdir({}), `${count}`]
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    env: {
      PATH: process.env['PATH'],
      TEXTS: JSON.stringify({ texts }),
      AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey
    }
  })
  t.comment(stdout.trim())
  const measures = JSON.parse(stdout) as Record<'before' | 'after' | 'closed', Measure>
  const { before, after } = measures
  t.ok(after.heap - before.heap < 1_000_000, `${after.heap - before.heap} bytes more`)
  for (const counted of ['watches', 'resources', 'fds'] as const) {
    t.ok(after[counted] <= before[counted], `${counted}: ${before[counted]}, ${after[counted]}`)
  }
  if (kind === 'secrets') t.ok(aws.asked.length >= 3 * count && aws.connections() < 10)
  return measures
}

t.test('10,000 reloads leave no memory, no handle and no watch behind', async (t) => {
  const { after, closed } = await measure(t, 'files', 10_000)
  t.ok(after.watches > 0)
  t.equal(closed.watches, 0)
})

t.test('nor do 2,000 of a secret that rotates, over kept connections', async (t) => {
  await measure(t, 'secrets', 2000)
})
