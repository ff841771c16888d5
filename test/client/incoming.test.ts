import t from 'tap'
import { readMessage, readReply } from '../../src/client/incoming.js'

const now = Date.UTC(2026, 0, 1)
const good = { status: 'fresh', expiresIn: 600, refreshIn: 450, expiresAt: 1_767_226_200 }

const json = (body: unknown, init: ResponseInit = {}): Response =>
  new Response(typeof body === 'string' ? body : JSON.stringify(body), init)

t.test('takes a receipt as it is', async (t) => {
  t.match(await readReply(json(good), now), { status: 200, receipt: good, cause: undefined })
  const brief = { ...good, expiresIn: 1, refreshIn: 1 }
  t.strictSame((await readReply(json(brief), now)).receipt, brief)
})

const odd: Record<string, unknown> = {
  'no object': 'true',
  'a list': [good],
  'another status': { ...good, status: 'granted' },
  'a status in a list': { ...good, status: ['fresh'] },
  'a refresh in no time': { ...good, refreshIn: 0.001 },
  'a refresh after the end': { ...good, refreshIn: 601 },
  'no refresh': { ...good, refreshIn: undefined },
  'an endless life': '{"status":"fresh","expiresIn":1e999,"refreshIn":450}',
  'a life of more than 400 days': { ...good, expiresIn: 34_560_001 },
  'true for a number': { ...good, refreshIn: true },
  'a text for a number': { ...good, expiresIn: '600' },
  'no life': { ...good, expiresIn: 0 },
  'a negative life': { ...good, expiresIn: -600 }
}
for (const [name, body] of Object.entries(odd)) {
  t.test(`${name} is no receipt, in a reply or in a message`, async (t) => {
    t.equal((await readReply(json(body), now)).receipt, undefined)
    const value: unknown = typeof body === 'string' ? JSON.parse(body) : body
    t.strictSame(readMessage(['https://x', value, now]), [])
  })
}

t.test('a receipt with an error\'s status is none', async (t) => {
  t.equal((await readReply(json(good, { status: 500 }), now)).receipt, undefined)
})

t.test('takes the route\'s own codes and nobody else\'s', async (t) => {
  const causes = await Promise.all(
    ['CDN_ACCESS_DENIED', 'FST_ERR_X', 'XCDN_ACCESS_', 7, null, { a: 1 }].map(async (code) =>
      (await readReply(json({ code }, { status: 403 }), now)).cause
    )
  )
  t.strictSame(causes.filter((cause) => cause !== undefined), ['CDN_ACCESS_DENIED'])
})

const waits: Array<[body: string, header: string | undefined, seconds: number]> = [
  ['{"retryIn":40}', '5', 40],
  ['{"retryIn":0}', '5', 0],
  ['{"retryIn":true}', '5', 5],
  ['{"retryIn":"7"}', undefined, 0],
  ['{"retryIn":1e999}', undefined, 3600],
  ['{"retryIn":-1e999}', undefined, 0],
  ['<html>', '40', 40],
  ['<html>', '99999999999', 3600],
  ['<html>', '1e999', 3600],
  ['<html>', 'soon', 0],
  ['<html>', '-5', 0],
  ['<html>', new Date(now + 90_000).toUTCString(), 90],
  ['<html>', 'Fri, 31 Dec 9999 23:59:59 GMT', 3600],
  ['<html>', undefined, 0]
]
for (const [body, header, seconds] of waits) {
  t.test(`reads ${seconds} s from ${body} and ${header}`, async (t) => {
    const headers = header === undefined ? {} : { 'retry-after': header }
    t.equal((await readReply(json(body, { status: 503, headers }), now)).wait, seconds)
  })
}

t.test('takes the messages of a tab', async (t) => {
  t.strictSame(readMessage(['https://x', good, now]), ['https://x', good, now])
  t.strictSame(readMessage(['https://x', null]), ['https://x', null])
})

t.test('takes no message of another kind', async (t) => {
  for (
    const value of [null, undefined, {}, [], 'x', 1e15, [good, now], { 1: null }, ['https://x']]
  ) {
    t.strictSame(readMessage(value), [])
  }
})
