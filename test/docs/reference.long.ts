import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { apart } from '../fixtures/apart.js'

const folder = 'docs/reference'
const read = (from: string, name: string): string => readFileSync(join(from, name), 'utf8')

t.test('the reference is what the docstrings make', async (t) => {
  const made = t.testdir()
  execFileSync(...apart('npx', 'typedoc', '--out', made), { stdio: 'pipe' })
  const names = readdirSync(made).toSorted()
  t.same(readdirSync(folder).toSorted(), names)
  const stale = names.filter((name) => read(folder, name) !== read(made, name))
  t.same(stale, [], 'npm run docs:api makes them anew')
})
