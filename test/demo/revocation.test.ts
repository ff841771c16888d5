import t from 'tap'
import { installDemo, newVisitor, startDemo, type Visitor } from './running-demo.js'

const folder = await installDemo(t)
const demo = startDemo(folder)
t.teardown(() => demo.process.kill('SIGKILL'))
const { api, edge } = await demo.addresses()
const segment = (number: number): string => `${edge}/courses/1/video/0${number}.m4s`

/** Somebody in a window of their own. */
async function open (user: string): Promise<Visitor> {
  const visitor = newVisitor()
  t.equal(await visitor.statusOf(`${api}/login/${user}`, { method: 'POST' }), 200)
  t.equal(await visitor.statusOf(`${api}/cdn-access?course=1`), 200)
  t.equal(await visitor.statusOf(segment(0)), 200)
  return visitor
}

async function checksOf (visitor: Visitor, url: string): Promise<unknown> {
  const reply = await visitor.visit(url)
  t.equal(reply.status, 403)
  return ((await reply.json()) as { checks: object[] }).checks.at(-1)
}

await t.test('a revocation closes the next segment in two windows, and nobody else\'s', async (t) => {
  const [first, second, other] = await Promise.all(['ada', 'ada', 'cleo'].map(open))
  const reply = await first!.visit(`${api}/revoke`, { method: 'POST' })
  t.same(await reply.json(), { name: 'Ada' })
  for (const window of [first!, second!]) {
    t.match(await checksOf(window, segment(1)), { name: 'revocation', code: 'revoked' })
    t.equal(await window.statusOf(`${api}/cdn-access?course=1`), 403, 'and there is no session')
  }
  t.equal(await other!.statusOf(segment(1)), 200)

  t.equal(await second!.statusOf(`${api}/login/ada`, { method: 'POST' }), 200)
  t.equal(await second!.statusOf(`${api}/cdn-access?course=1`), 200)
  t.equal(await second!.statusOf(segment(2)), 200, 'a new login opens it')
  t.equal(await first!.statusOf(segment(2)), 403, 'for who has logged in')
})

await t.test('who is nobody revokes nothing', async (t) => {
  t.equal(await newVisitor().statusOf(`${api}/revoke`, { method: 'POST' }), 403)
})
