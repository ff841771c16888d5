import t from 'tap'
import { createFolderWarning } from '../../src/access/lone-folder.js'
import { cdnPath } from '../../src/index.js'
import { start } from '../fixtures/server.js'

t.test('says once that an exact path ends in a slash, and how to grant the folder', async (t) => {
  const warnings: string[] = []
  const note = createFolderWarning((message) => warnings.push(message))
  note(['/a', '/a/*', '/a/b.png'])
  t.same(warnings, [])
  note(['/a', '/courses/42/'])
  note(['/courses/43/'])
  t.same(warnings, [
    'the granted path "/courses/42/" opens this one address and nothing below it: ' +
    'for all of the folder grant it with a wildcard, as cdnPath`/courses/42/*` does'
  ])
})

t.test('looks at every grant that is read, and at the option paths', async (t) => {
  const granted: Record<string, unknown> = {
    literal: ['/courses/42/'],
    'beside others': ['/a.png', '/courses/42/'],
    tagged: [cdnPath`/courses/${42}/`],
    'with limits': { paths: ['/courses/42/'], ip: '203.0.113.7' },
    'for one CDN': [{ path: '/courses/42/', cdn: 'cloudfront' }]
  }
  for (const [what, authorization] of Object.entries(granted)) {
    const log: string[] = []
    const app = await start(t, { authorize: () => authorization }, log)
    t.same(log, [], what)
    for (let poll = 0; poll < 3; poll++) await app.inject({ url: '/cdn-access' })
    const lines = log.filter((line) => line.includes('/courses/42/'))
    t.equal(lines.length, 1, what)
    t.match(lines[0], /fastify-cdn-access: the granted path .* opens this one address/)
  }
  const log: string[] = []
  await start(t, { paths: ['/courses/42/'] }, log)
  t.equal(log.filter((line) => line.includes('opens this one address')).length, 1)
})
