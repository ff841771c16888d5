import t from 'tap'
import { openPage } from './browser.js'
import { installExample, typeErrors } from './project.js'
import { createVisitor, freePorts } from './visitor.js'

t.test('nextjs: the front end builds, hands the API through, and shows a file', async (t) => {
  const project = await installExample(t, 'nextjs')
  t.same(typeErrors(project, 'start.js', 'next.config.mjs'), [])
  const ports = await freePorts('PORT', 'API_PORT', 'EDGE_PORT')
  await project.start(/Ready in/, ports)
  const [page, edge] = [ports.PORT, ports.EDGE_PORT].map((port) => `http://localhost:${port}`)
  const { ask } = createVisitor()
  t.equal((await ask(`${edge}/courses/42/notes.txt`)).status, 403)
  const issued = await ask(`${page}/api/cdn-access`)
  t.match(issued.body, /"status":"issued"/)
  t.equal(issued.headers['cache-control'], 'private, no-store')
  t.equal((await ask(`${edge}/courses/42/notes.txt`)).status, 200)
  t.equal((await ask(`${page}/api/cdn-access`, { method: 'DELETE' })).status, 204)
  t.equal((await ask(`${edge}/courses/42/notes.txt`)).status, 403)

  const browser = await openPage(t, page!)
  await browser.locator('pre').filter({ hasText: 'the file /courses/42/notes.txt' }).waitFor()
  t.equal(await browser.locator('output').innerText(), 'fresh')
})
