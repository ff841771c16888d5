import t from 'tap'
import { createSilenceHint } from '../../src/server/silent-authorize.js'
import { start } from '../fixtures/server.js'

function hintsAt (...answers: unknown[]): string[] {
  const hints: string[] = []
  const hint = createSilenceHint((message) => hints.push(message))
  for (const answer of answers) hint(answer)
  return hints
}

const silence = Array.from({ length: 100 }, () => undefined)

t.test('says once that a return may be missing', async (t) => {
  t.same(hintsAt(...silence.slice(0, 19)), [])
  t.same(hintsAt(...silence), [
    'authorize has returned undefined for the first 20 requests, and nothing else: ' +
    'an arrow function with braces needs a "return"'
  ])
})

t.test('is silent where anything else was ever returned', async (t) => {
  for (const answer of [false, null, 0, '', [], true]) t.same(hintsAt(answer, ...silence), [])
  t.same(hintsAt(...silence.slice(0, 19), false, ...silence), [])
})

t.test('a server logs it, whether authorize takes its time or not', async (t) => {
  for (const authorize of [() => {}, async () => {}]) {
    const log: string[] = []
    const app = await start(t, { authorize }, log)
    for (let request = 0; request < 25; request++) {
      t.equal((await app.inject('/cdn-access')).statusCode, 403)
    }
    const messages = log.map((line) => (JSON.parse(line) as { msg: string }).msg)
    t.match(messages, [/^fastify-cdn-access: authorize has returned undefined for the first 20/])
  }
})
