import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { redisRevocations } from 'fastify-cdn-access'
import t from 'tap'
import { apart } from '../fixtures/apart.js'
import { redisServer } from './redis.js'
import { send, type Answer } from './request.js'
import { until } from './site.js'

const redis = await redisServer(t)
let engine = await redis.start()
const program = join(import.meta.dirname, 'revocation-process.js')
const kinds = ['ioredis', 'redis', 'iovalkey']
const processes = await Promise.all(kinds.map(startProcess))

interface Process {
  readonly api: string
  /** Asks the store of all processes. */
  readonly asking: string
  /** Has a store of its own. */
  readonly told: string
}

async function startProcess (client: string): Promise<Process> {
  const settings = JSON.stringify({ client, redisPort: redis.port })
  const child = spawn(...apart(process.execPath, program, settings), {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc']
  })
  t.teardown(() => {
    child.disconnect()
  })
  const [ports] = await once(child, 'message') as [number[]]
  const [api, asking, told] = ports.map((port) => `http://127.0.0.1:${port}`)
  return { api: api!, asking: asking!, told: told! }
}

/** A viewer that sends back what it was given, as a browser does. */
class Viewer {
  readonly user: string
  readonly #held = new Map<string, string>()

  constructor (user: string) {
    this.user = user
  }

  get cookie (): string {
    return [...this.#held].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  async ask ({ api }: Process, headers: Record<string, string> = { 'x-user': this.user }): Promise<
    Answer & { said: string }
  > {
    const answer = await send(api, '/cdn-access', this.cookie, headers)
    for (const line of answer.setCookie) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!
      if (value === '') this.#held.delete(name!)
      else this.#held.set(name!, value!)
    }
    const { status, code } = JSON.parse(answer.body) as { status?: string, code?: string }
    return { ...answer, said: status ?? code ?? '' }
  }

  async fetch (edge: string): Promise<number> {
    return (await send(edge, '/v/film.mp4', this.cookie)).status
  }
}

async function revoke (user: string, { api }: Process = processes[0]!): Promise<Answer> {
  return send(api, `/revoke/${user}`)
}

async function fetchAll (viewer: Viewer): Promise<number[]> {
  return Promise.all(processes.map(({ asking }) => viewer.fetch(asking)))
}

for (const [index, own] of processes.entries()) {
  await t.test(`takes access back in every process, by ${kinds[index]}`, async (t) => {
    const viewer = new Viewer(`user ${index}`)
    const user = encodeURIComponent(viewer.user)
    t.equal((await viewer.ask(own)).said, 'issued')
    for (const each of processes) t.equal((await viewer.ask(each)).said, 'fresh')
    t.same(await fetchAll(viewer), [200, 200, 200])
    t.equal((await revoke(user, own)).status, 200)
    t.same(await fetchAll(viewer), [403, 403, 403])
    t.equal(await viewer.fetch(own.told), 403)
    t.same((await viewer.ask(own, {})).said, 'CDN_ACCESS_DENIED')
    t.equal((await viewer.ask(processes[(index + 1) % 3]!)).said, 'issued')
    t.same(await fetchAll(viewer), [200, 200, 200])
    for (const each of processes) t.equal((await viewer.ask(each)).said, 'fresh')
  })
}

await t.test('takes back within one second what was issued after a revocation', async (t) => {
  const viewer = new Viewer('quick')
  for (let turn = 0; turn < 5; turn++) {
    const own = processes[turn % 3]!
    await viewer.ask(own)
    t.same(await fetchAll(viewer), [200, 200, 200], `turn ${turn}`)
    t.equal((await revoke('quick', own)).status, 200)
    t.same(await fetchAll(viewer), [403, 403, 403], `turn ${turn}`)
    t.equal((await viewer.ask(own)).said, 'refreshed')
  }
})

await t.test('lands what is revoked at once, and never lowers it', async (t) => {
  const viewers = Array.from({ length: 20 }, (_, index) => new Viewer(`many${index}`))
  await Promise.all(viewers.map((viewer, index) => viewer.ask(processes[index % 3]!)))
  const answers = await Promise.all(
    viewers.map(({ user }, index) => revoke(user, processes[index % 3]))
  )
  t.ok(answers.every(({ status }) => status === 200))
  for (const viewer of viewers) t.same(await fetchAll(viewer), [403, 403, 403])

  const client = new Redis({ port: redis.port })
  t.teardown(() => {
    client.disconnect()
  })
  const store = redisRevocations({ client, prefix: 'test:' })
  const now = Math.floor(Date.now() / 1000)
  const moments = Array.from({ length: 50 }, (_, index) => now - (index * 7 % 50))
  await Promise.all(moments.map((since) => store.revoke('one', since, since + 100)))
  t.equal(await store.since('one'), now)
  t.equal(await client.get('test:one'), `${now}.${now + 100}`)

  await store.revoke('short', now - 60, now + 2)
  t.equal(await store.since('short'), now - 60)
  await until(now + 3)
  t.equal(await client.exists('test:short'), 0, 'Redis forgets it')
  await client.set('test:junk', 'junk')
  t.same(await store.since('junk'), Number.NaN)
  await store.revoke('junk', now, now + 100)
  t.equal(await store.since('junk'), now)
})

await t.test('names an edge that could not be told, and tells it when asked again', async (t) => {
  const [own] = processes as [Process]
  const viewer = new Viewer('far')
  await viewer.ask(own)
  await send(own.api, '/edge/away')
  const refused = await revoke('far', own)
  t.equal(refused.status, 503)
  t.match(JSON.parse(refused.body), {
    code: 'CDN_ACCESS_REVOCATION_INCOMPLETE',
    message: /near \(Error\)/
  })
  t.equal(await viewer.fetch(own.asking), 403)
  t.equal(await viewer.fetch(own.told), 200)
  await send(own.api, '/edge/back')
  t.equal((await revoke('far', own)).status, 200)
  t.equal(await viewer.fetch(own.told), 403)
})

await t.test('gives nothing while the store is away, and edges with their own go on', async (t) => {
  const [revoked, good] = [new Viewer('before'), new Viewer('good')]
  for (const viewer of [revoked, good]) await viewer.ask(processes[0]!)
  await revoke('before')
  await engine.stop()
  const said = await Promise.all(processes.map((each) => good.ask(each)))
  for (const answer of said) {
    t.match(answer, { status: 503, said: 'CDN_ACCESS_REVOCATION_UNAVAILABLE', setCookie: [] })
  }
  t.same(await fetchAll(good), [503, 503, 503])
  t.equal(await good.fetch(processes[0]!.told), 200)
  t.equal(await revoked.fetch(processes[0]!.told), 403)
  t.equal((await revoke('good')).status, 503)

  engine = await redis.start()
  for (const each of processes) {
    let answer = await good.ask(each)
    while (answer.status === 503) answer = await good.ask(each)
    t.equal(answer.status, 200)
  }
  t.same(await fetchAll(good), [200, 200, 200])
  t.same(await fetchAll(revoked), [403, 403, 403])
})
