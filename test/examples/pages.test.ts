import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { anchorsOf, linksOf } from '../fixtures/links.js'

const names = readdirSync('examples', { withFileTypes: true }).filter((entry) =>
  entry.isDirectory() && entry.name !== 'node_modules'
).map(({ name }) => name)
const read = (...path: readonly string[]): string => readFileSync(join('examples', ...path), 'utf8')
const infrastructure = new Set(['aws-cdk', 'aws-terraform', 'google-terraform'])

/** The names in the first column of a table, those that one row shares with others too. */
function firstColumn (page: string): string[] {
  return page.split('\n').flatMap((line) => {
    const [, cell = ''] = /^\| (\[?[`\w][^|]*) \|/.exec(line) ?? []
    return [...cell.matchAll(/[`[]([\w./-]+)[`\]]/g)].map(([, name]) => name!)
  })
}

t.test('the list names each example once', async (t) => {
  t.same(firstColumn(read('README.md')).toSorted(), names.toSorted())
})

for (const name of names) {
  t.test(`${name}: says how to start it, what is in it, and what is different in production`, async (t) => {
    const page = read(name, 'README.md')
    t.match(page, /^## Run it$/m)
    const last = infrastructure.has(name) ? 'What was tried' : 'In production'
    t.match(page, new RegExp(`^## ${last}$`, 'm'))

    const files = readdirSync(join('examples', name), { withFileTypes: true }).filter((entry) =>
      entry.isFile() && /\.(?:jsx?|mjs|tf|template|html)$/.test(entry.name)
    ).map((entry) => entry.name)
    const [, table = ''] = /\| file \| \|\n(.*?)\n\n/s.exec(`${page}\n\n`) ?? []
    const listed = firstColumn(table)
    t.same(files.filter((file) => !listed.includes(file)), [], 'each file has a row')
    for (const file of listed) t.ok(existsSync(join('examples', name, file)), file)

    const code = files.map((file) => read(name, file)).join('\n')
    for (const [, port] of code.matchAll(/\b(\w*PORT) = '\d+'/g)) t.match(page, `\`${port}\``)
  })

  t.test(`${name}: a test starts it, and no lock file names a registry`, async (t) => {
    const tests = readdirSync('test/examples')
    const own = name.endsWith('terraform') ? 'terraform' : name
    t.ok(tests.some((file) => [`${own}.example.ts`, `${own}.test.ts`].includes(file)))
    const lock = join('examples', name, 'package-lock.json')
    if (existsSync(lock)) t.notMatch(readFileSync(lock, 'utf8'), '"resolved"')
  })
}

const pages = ['README.md', ...names.map((name) => join(name, 'README.md'))]
t.test('each link leads to a file, and to a heading of it', async (t) => {
  for (const { page, target, anchor } of pages.flatMap((page) => linksOf(`examples/${page}`))) {
    if (!t.ok(existsSync(target), `${page}: ${target}`) || anchor === undefined) continue
    t.ok(anchorsOf(target).has(anchor), `${page}: ${target}#${anchor}`)
  }
})
