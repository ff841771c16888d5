import t from 'tap'
import { installExample, typeErrors } from './project.js'
import { createVisitor, freePorts } from './visitor.js'

t.test('commonjs: require works in a project without a type', async (t) => {
  const project = await installExample(t, 'commonjs')
  t.same(typeErrors(project, 'start.js'), [])
  const ports = await freePorts('PORT', 'EDGE_PORT')
  await project.start(/A file: /, ports)
  const [api, edge] = [ports.PORT, ports.EDGE_PORT].map((port) => `http://localhost:${port}`)
  const { ask } = createVisitor()
  t.match((await ask(`${api}/cdn-access`)).body, /"status":"issued"/)
  t.equal((await ask(`${edge}/courses/42/a.txt`)).body, 'the file /courses/42/a.txt\n')
  t.equal((await ask(`${edge}/courses/43/a.txt`)).status, 403)
})
