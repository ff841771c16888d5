import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { installExample, typeErrors } from './project.js'
import { createVisitor, freePorts } from './visitor.js'

t.test('autoload-env: fastify-cli starts what its folders and an .env hold', async (t) => {
  const project = await installExample(t, 'autoload-env')
  const files = ['app.js', 'make-env.js', 'plugins/cdn-access.js', 'plugins/local-edge.js']
  t.same(typeErrors(project, ...files, 'routes/logout.js', 'config.d.ts'), [])
  const ports = await freePorts('PORT', 'EDGE_PORT')
  await project.run('env', `EDGE_PORT=${ports.EDGE_PORT}`, 'node', 'make-env.js')
  const printed = await project.start(/Files: \S+\n/, { PORT: ports.PORT, EDGE_PORT: '1' })
  const [api, edge] = [ports.PORT, ports.EDGE_PORT].map((port) => `http://localhost:${port}`)
  const settings = join(project.folder, '.env')
  t.match(readFileSync(settings, 'utf8'), 'CDN_ACCESS_CDN=cloudfront')
  t.equal(statSync(settings).mode & 0o777, 0o600)
  t.match(printed, `Files: ${edge}/courses/42/a.txt`, 'the edge is where the .env has it')
  const { ask, names } = createVisitor()
  await until(async () => (await ask(`${api}/cdn-access`)).status === 200)
  t.equal((await createVisitor().ask(`${edge}/courses/42/a.txt`)).status, 403)
  t.equal((await ask(`${edge}/courses/42/a.txt`)).body, 'the file /courses/42/a.txt\n')
  t.equal((await ask(`${edge}/courses/43/a.txt`)).status, 403)
  t.equal((await ask(`${api}/logout`, { method: 'POST' })).status, 204)
  t.same(await names(`${edge}/courses/42/`), [])
})

/** The edge is there before the API listens. */
async function until (condition: () => Promise<boolean>): Promise<void> {
  while (!await condition().catch(() => false)) {
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
