import { execFileSync } from 'node:child_process'
import t from 'tap'
import { apart } from '../fixtures/apart.js'
import { nameOf, pagesFor, serversWith, writeProject, type Combination } from './matrix.js'

const node = '@types/node'
const esModule: Combination = { module: 'nodenext', node, consumers: ['server.mts'] }

/** Until 5.8 the compiler does not know that Node can require ES modules. */
const combinations: Record<string, readonly Combination[]> = {
  '5.6': [esModule, { ...esModule, module: 'bundler' }, ...pagesFor('bundler')],
  '5.7': [esModule],
  '5.8': [...serversWith(node), ...pagesFor('bundler')],
  '5.9': [...serversWith(node), {
    module: 'node20',
    node,
    consumers: ['server.mts', 'server.cts']
  }],
  '6.0': [{ module: 'node20', node, consumers: ['server.mts', 'server.cts'] }],
  latest: [...serversWith(node), ...serversWith('types-node-26'), ...pagesFor('bundler')]
}

/** What a version of TypeScript says of a project, and nothing where it is content. */
function complaints (version: string, file: string): string {
  const compiler = ['-y', '-p', `typescript@${version}`, '--', 'tsc', '--pretty', 'false']
  try {
    return execFileSync(...apart('npx', ...compiler, '-p', file), {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe']
    })
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string, stderr: string }
    return stdout + stderr
  }
}

for (const [version, all] of Object.entries(combinations)) {
  t.test(`compiles with TypeScript ${version}, types of libraries included`, async (t) => {
    for (const combination of all) {
      const file = writeProject(t.testdir(), combination)
      t.equal(complaints(version, file), '', nameOf(combination))
    }
  })
}

t.test('node16 does not know that Node can require ES modules, as the docs say', async (t) => {
  const old: Combination = { module: 'node16', node, consumers: ['server.cts'] }
  t.match(complaints('latest', writeProject(t.testdir(), old)), /TS1471/)
})
