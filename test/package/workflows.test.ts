import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parseDocument } from 'yaml'

interface Step {
  readonly uses?: string
  readonly run?: string
  readonly with?: Record<string, unknown>
}

interface Job {
  readonly 'runs-on': string
  readonly 'timeout-minutes': number
  readonly permissions?: Record<string, string>
  readonly steps: readonly Step[]
  readonly strategy?: { readonly matrix: { readonly node: readonly string[] } }
}

interface Workflow {
  readonly permissions: Record<string, string>
  readonly jobs: Record<string, Job>
}

const github = join(process.cwd(), '.github')
const manifest = JSON.parse(readFileSync('package.json', 'utf8'))

function parse (file: string): { value: unknown, text: string } {
  const text = readFileSync(join(github, file), 'utf8')
  const document = parseDocument(text, { strict: true, uniqueKeys: true })
  const problems = [...document.errors, ...document.warnings]
  if (problems.length > 0) throw new Error(`${file}: ${problems.join(' ')}`)
  return { value: document.toJS(), text }
}

const files = readdirSync(github, { recursive: true, encoding: 'utf8' })
const workflows = files.filter((file) => /^workflows.*\.yml$/.test(file))

t.test('every file for GitHub parses', async (t) => {
  for (const file of files.filter((name) => name.endsWith('.yml'))) {
    t.type(parse(file).value, 'object', file)
  }
  t.equal(workflows.length, 4)
})

t.test('a workflow may read, and a job no more than it needs', async (t) => {
  const more: Record<string, unknown> = {}
  for (const file of workflows) {
    const { permissions, jobs } = parse(file).value as Workflow
    t.same(permissions, { contents: 'read' }, file)
    for (const [name, job] of Object.entries(jobs)) {
      t.type(job['timeout-minutes'], 'number', `${file} ${name} ends`)
      if (job.permissions !== undefined) more[name] = job.permissions
      for (const { uses, with: given } of job.steps) {
        if (uses?.startsWith('actions/checkout@')) t.equal(given?.['persist-credentials'], false)
      }
    }
  }
  t.same(more, {
    analyze: { contents: 'read', 'security-events': 'write' },
    publish: { contents: 'read', 'id-token': 'write' }
  })
})

t.test('an action is named by its hash, with its version beside it, and everywhere alike', async (t) => {
  const seen = new Map<string, string>()
  for (const file of workflows) {
    for (const [, line] of parse(file).text.matchAll(/\buses: (.*)$/gm)) {
      const [, action, hash] = /^([\w./-]+)@([0-9a-f]{40}) # v\d+\.\d+\.\d+$/.exec(line!) ?? []
      t.ok(action, `${file}: ${line}`)
      t.equal(hash, seen.get(action!) ?? hash, line!)
      seen.set(action!, hash!)
    }
  }
  t.equal(seen.size, 5)
})

t.test('a workflow runs scripts that there are, on the versions that are tested', async (t) => {
  for (const file of workflows) {
    const { jobs } = parse(file).value as Workflow
    for (const { run = '' } of Object.values(jobs).flatMap(({ steps }) => steps)) {
      const [, script] = /^npm run (\S+)/.exec(run) ?? []
      if (script !== undefined) t.ok(manifest.scripts[script], `${file}: ${run}`)
    }
  }
  const { unit } = (parse('workflows/ci.yml').value as Workflow).jobs
  const versions = JSON.parse(readFileSync('test/node-versions.json', 'utf8')) as string[]
  t.same(unit?.strategy?.matrix.node, versions)
})

t.test('dependabot looks at each lock file', async (t) => {
  const { updates } = parse('dependabot.yml').value as {
    updates: Array<{ directories?: string[] }>
  }
  const folders = ['examples', 'test'].flatMap(foldersWithLockFile).map((folder) => `/${folder}`)
  t.same(updates[0]?.directories?.toSorted(), ['/', ...folders].toSorted())
})

/** Below a folder, without the packages that are installed there. */
function foldersWithLockFile (folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true })
  const inner = entries.filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
  return [
    ...entries.some(({ name }) => name === 'package-lock.json') ? [folder] : [],
    ...inner.flatMap(({ name }) => foldersWithLockFile(`${folder}/${name}`))
  ]
}
