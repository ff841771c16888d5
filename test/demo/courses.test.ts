import t from 'tap'
import { installDemo, newVisitor, startDemo, type Visitor } from './running-demo.js'

const folder = await installDemo(t)
const demo = startDemo(folder)
t.teardown(() => demo.process.kill('SIGKILL'))
const { api, edge } = await demo.addresses()

const access = (course: string): string => `${api}/cdn-access?course=${course}`
const files: Record<string, string> = {
  1: `${edge}/courses/1/harbour.svg`,
  2: `${edge}/courses/2/orbits.svg`,
  shared: `${edge}/shared/garden.svg`
}

async function openFiles ({ statusOf }: Visitor): Promise<string[]> {
  const statuses = await Promise.all(
    Object.entries(files).map(async ([name, url]) => [name, await statusOf(url)] as const)
  )
  return statuses.filter(([, status]) => status === 200).map(([name]) => name)
}

async function logIn (user: string): Promise<Visitor> {
  const visitor = newVisitor()
  t.equal(await visitor.statusOf(`${api}/login/${user}`, { method: 'POST' }), 200)
  return visitor
}

async function pushedOut ({ visit }: Visitor): Promise<number> {
  const session = await (await visit(`${api}/session`)).json() as { pushedOut: number }
  return session.pushedOut
}

await t.test('two courses in two tabs keep what they have', async (t) => {
  const cleo = await logIn('cleo')
  const { visit, statusOf } = cleo
  t.match(await (await visit(`${api}/cdn-access`)).json(), { status: 'issued' })
  t.same(await openFiles(cleo), ['shared'])
  for (const course of ['1', '2']) {
    t.match(await (await visit(access(course))).json(), { status: 'refreshed' })
  }
  t.same(await openFiles(cleo), ['1', '2', 'shared'])
  for (const course of ['1', '2', '1']) {
    const poll = await visit(access(course))
    t.match(await poll.json(), { status: 'fresh' })
    t.same(poll.headers.getSetCookie(), [])
  }

  t.equal(await statusOf(access('1'), { method: 'DELETE' }), 204)
  t.same(await openFiles(cleo), ['2', 'shared'])
})

await t.test('what a browser has no room for is pushed out, and comes back', async (t) => {
  const cleo = await logIn('cleo')
  const before = await pushedOut(cleo)
  for (let course = 1; course <= 12; course++) {
    t.equal(await cleo.statusOf(access(String(course))), 200)
  }
  const gone = await pushedOut(cleo) - before
  t.ok(gone >= 2 && gone < 6, `${gone}`)
  t.same(await openFiles(cleo), [])
  for (const course of ['1', '2']) t.equal(await cleo.statusOf(access(course)), 200)
  t.same(await openFiles(cleo), ['1', '2'])

  t.equal(await cleo.statusOf(`${api}/logout`, { method: 'POST' }), 204)
  t.same(await cleo.cookies.getCookies(edge, { allPaths: true }), [])
})

await t.test('a course that was not booked is denied, and others stay', async (t) => {
  const ada = await logIn('ada')
  t.equal(await ada.statusOf(`${api}/cdn-access`), 200)
  for (const course of ['2', '01', '1/..', 'x'.repeat(256)]) {
    t.equal(await ada.statusOf(access(encodeURIComponent(course))), 403, course)
  }
  t.equal(await ada.statusOf(access('')), 400)
  t.equal(await ada.statusOf(access('1&course=2')), 400)
  t.same(await openFiles(ada), ['1', 'shared'])
})
