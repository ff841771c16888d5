import { execFileSync } from 'node:child_process'
import t from 'tap'
import { reportUnawaited } from '../../src/server/unawaited.js'
import { apart } from '../fixtures/apart.js'

const failure = new Error('denied')

/** What is reported of a rejection that is used like this. */
async function reportedOf (
  use: (promise: Promise<string>) => unknown,
  work = Promise.reject(failure)
): Promise<unknown[]> {
  const reported: unknown[] = []
  use(reportUnawaited<string>(work, (error) => {
    reported.push(error)
  }))
  await new Promise((resolve) => {
    setTimeout(resolve, 5)
  })
  return reported
}

t.test('is a promise like any other', async (t) => {
  const unexpected = (error: unknown): void => {
    t.fail(String(error))
  }
  const good = reportUnawaited(Promise.resolve(7), unexpected)
  t.ok(good instanceof Promise)
  t.equal(await good, 7)
  t.equal(await good.then((value) => value + 1).finally(() => undefined), 8)
  t.same(await Promise.all([good, Promise.resolve(8)]), [7, 8])
  await t.rejects(reportUnawaited(Promise.reject(failure), unexpected), failure)
})

t.test('reports a rejection that nobody handles, at the end of whatever follows', async (t) => {
  const uses: Array<(promise: Promise<string>) => unknown> = [
    () => undefined,
    (promise) => promise.then(() => 'ok'),
    (promise) => promise.then(() => 'ok').then(() => 'more'),
    (promise) => promise.finally(() => undefined)
  ]
  for (const use of uses) t.same(await reportedOf(use), [failure], String(use))
})

t.test('reports nothing that is handled', async (t) => {
  const handled = (): undefined => undefined
  const uses: Array<(promise: Promise<string>) => unknown> = [
    (promise) => promise.catch(handled),
    (promise) => promise.then(handled, handled),
    (promise) => promise.then(handled).finally(handled).catch(handled),
    async (promise) => {
      try {
        await promise
      } catch {
        handled()
      }
    },
    (promise) => Promise.allSettled([promise])
  ]
  for (const use of uses) t.same(await reportedOf(use), [], String(use))
})

t.test('lets a server live whose handlers forget to await', async (t) => {
  const output = execFileSync(
    ...apart(
      process.execPath,
      '--input-type=module',
      '--eval',
      `
    import Fastify from 'fastify'
    import cookie from '@fastify/cookie'
    import cdnAccess, { akamai } from 'fastify-cdn-access'
    const lines = []
    const app = Fastify({ logger: { level: 'warn', stream: { write: (line) => lines.push(JSON.parse(line)) } } })
    await app.register(cookie)
    await app.register(cdnAccess, {
      cdn: akamai({ url: 'https://media.example.com', key: 'a'.repeat(64) }),
      cookie: { domain: 'example.com' },
      authorize: () => false
    })
    app.get('/bare', async (_request, reply) => { reply.issueCdnAccess(); return 'x' })
    app.get('/then', async (_request, reply) => { reply.issueCdnAccess().then(() => 1); return 'x' })
    for (const url of ['/bare', '/then']) console.log((await app.inject(url)).statusCode)
    await new Promise((resolve) => setTimeout(resolve, 20))
    for (const { level, reason, msg } of lines) console.log(level, reason, msg)
  `
    ),
    { encoding: 'utf8' }
  )
  const line =
    '50 CDN_ACCESS_DENIED fastify-cdn-access: issueCdnAccess() failed and nobody awaited it: ' +
    'write "await reply.issueCdnAccess()", or handle its rejection'
  t.same(output.trim().split('\n'), ['200', '200', line, line])
})

t.test('survives a report that fails, and the ways of the class itself', async (t) => {
  const promise = reportUnawaited(Promise.resolve(7), () => {
    throw new Error('the logger is out')
  })
  const { constructor } = promise as unknown as { constructor: PromiseConstructor }
  t.same(await constructor.all([promise, promise]), [7, 7])
  t.equal(await constructor.resolve(8), 8)
  void reportUnawaited(Promise.reject(failure), () => {
    throw new Error('the logger is out')
  })
  const lost = new constructor((_resolve, reject) => {
    reject(failure)
  })
  t.ok(lost instanceof Promise)
  await new Promise((resolve) => {
    setTimeout(resolve, 5)
  })
})
