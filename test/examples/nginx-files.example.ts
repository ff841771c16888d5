import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { installExample, typeErrors } from './project.js'
import { createVisitor, freePorts } from './visitor.js'

t.test('nginx-files: nginx itself opens one folder', async (t) => {
  const project = await installExample(t, 'nginx-files')
  t.same(typeErrors(project, 'start.js', 'api.js'), [])
  const ports = await freePorts('PORT', 'NGINX_PORT')
  await project.start(/Another: /, ports)
  const [api, files] = [ports.PORT, ports.NGINX_PORT].map((port) => `http://localhost:${port}`)
  const { ask } = createVisitor()
  t.equal((await ask(`${files}/v/42/notes.txt`)).status, 403)
  t.match((await ask(`${api}/cdn-access`)).body, /"status":"issued"/)
  const notes = await ask(`${files}/v/42/notes.txt`)
  t.equal(notes.body, 'The notes of course 42.\n')
  t.equal(notes.headers['cache-control'], 'private, no-cache')
  const other = await ask(`${files}/v/43/notes.txt`)
  t.equal(other.status, 403)
  t.equal(other.headers['cache-control'], 'private, no-cache')
})

t.test('nginx-files: the containers get every value that the template and the API read', async (t) => {
  const read = (name: string): string =>
    readFileSync(join(process.cwd(), 'examples/nginx-files', name), 'utf8')
  const { services } = parse(read('docker-compose.yml')) as {
    services: Record<string, { environment: object, volumes: string[] }>
  }
  const filled = [...read('templates/default.conf.template').matchAll(/\$\{(\w+)\}/g)]
  const needed = new Set(filled.map(([, name]) => name!))
  t.same(Object.keys(services['files']!.environment).toSorted(), [...needed].toSorted())
  t.same(Object.keys(services['api']!.environment).toSorted(), [
    'HOST',
    'MEDIA_URL',
    'NGINX_SECRET',
    'PORT'
  ])
})
