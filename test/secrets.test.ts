import { generateKeyPairSync } from 'node:crypto'
import Fastify from 'fastify'
import t from 'tap'
import cookie from '@fastify/cookie'
import cdnEdge from '../src/edge/edge.js'
import cdnAccess, { cdnPath, cloudfront } from '../src/index.js'
import { createViewer, fixedClock, mediaUrl, startApi } from './fixtures/site.js'

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' }
})
const keyText = privateKey.split('\n').filter((line) => line.length === 64)

/** Every string of what was caught, causes and stacks included. */
function textOf (value: unknown, seen = new Set<unknown>()): string {
  if (typeof value !== 'object' || value === null) return String(value)
  if (seen.has(value)) return ''
  seen.add(value)
  const fields = value as Record<string, unknown>
  return Object.getOwnPropertyNames(value).map((name) => textOf(fields[name], seen)).join('\n')
}

t.test('writes no key, no cookie value and no ticket into a log at any level', async (t) => {
  const clock = fixedClock()
  const log: string[] = []
  const logger = {
    level: 'trace',
    stream: {
      write: (line: string) => {
        log.push(line)
      }
    }
  }
  let broken = false
  const load = (): unknown => {
    if (broken) throw new Error(`could not parse ${privateKey}`)
    return { keyPairId: 'KONE', privateKey }
  }
  const app = await startApi(clock, {
    cdn: cloudfront({ url: mediaUrl, keys: { load, every: '1s' } } as never),
    refreshOnRequest: true,
    authorize: ({ headers }) =>
      headers['x-user'] === 'odd'
        ? 7 as never
        : headers['x-user'] !== undefined && [cdnPath`/u/${String(headers['x-user'])}/*`]
  }, { logger })
  t.teardown(() => app.close())
  app.get('/data', async () => 'x')
  const edge = Fastify({ logger })
  await edge.register(cdnEdge, {
    cdn: cloudfront({ url: mediaUrl, keyPairId: 'KONE', privateKey }),
    explain: true,
    now: clock.now
  })
  edge.get('/*', async () => 'x')

  const secrets = [...keyText]
  const replies: string[] = []
  const viewer = createViewer({ 'x-user': 'ada' })
  const requests = [
    ['GET', '/cdn-access'],
    ['GET', '/cdn-access'],
    ['POST', '/cdn-access'],
    ['GET', '/data'],
    ['DELETE', '/cdn-access']
  ] as const
  for (const [method, url] of requests) {
    const reply = await viewer.ask(app, method, url)
    const values = reply.setCookie.map((line) => line.split(';')[0]!.split('=')[1]!)
    secrets.push(...values.filter((value) => value.length > 8))
    replies.push(JSON.stringify(reply.body))
    clock.advance(460)
  }
  await createViewer({ 'x-user': 'odd' }).ask(app)
  await createViewer().ask(app)
  await viewer.ask(app)
  const cookies = viewer.cookies(`${mediaUrl}/u/ada/x`)
  for (const url of ['/u/ada/x', '/u/bob/x']) {
    await edge.inject({ url, headers: { cookie: cookies } })
    const verdict = await app.cdnAccess.explain({ url: mediaUrl + url, cookies })
    replies.push(JSON.stringify(verdict))
  }
  broken = true
  while (!log.some((line) => line.includes('could not be loaded'))) {
    await new Promise((resolve) => {
      setTimeout(resolve, 50)
    })
  }

  t.ok(secrets.length > 20)
  const text = [...log, ...replies].join('\n')
  t.match(text, 'could not be loaded; the last good ones stay')
  t.match(text, 'its loader failed with Error')
  t.notMatch(text, 'could not parse')
  t.same(secrets.filter((secret) => text.includes(secret)), [])
})

t.test('writes no piece of a key into an error or its causes', async (t) => {
  const pieces = keyText.map((line) => line.slice(8, 40))
  const cut = privateKey.slice(0, 900)
  const inputs: unknown[] = [
    cut,
    `${cut}\n-----END PRIVATE KEY-----`,
    privateKey.replace('PRIVATE', 'ENCRYPTED PRIVATE'),
    keyText.join(''),
    `{"privateKey": "${cut}`,
    JSON.stringify({ a: privateKey, b: privateKey }),
    { kty: 'RSA', n: keyText[0], d: keyText[1] },
    keyText
  ]
  for (const input of inputs) {
    const app = Fastify()
    await app.register(cookie)
    app.register(cdnAccess, {
      cdn: cloudfront({ url: mediaUrl, keyPairId: 'KONE', privateKey: input as string }),
      cookie: { domain: 'example.com' },
      authorize: () => true
    })
    const error: unknown = await app.ready().then(() => undefined, (reason: unknown) => reason)
    t.match(error, { code: /^CDN_ACCESS_KEY_/ })
    t.same(pieces.filter((piece) => textOf(error).includes(piece)), [])
  }
})
