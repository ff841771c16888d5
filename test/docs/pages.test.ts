import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import ts from 'typescript'
import { cdnVariables, registry } from '../../src/cdn/registry.js'
import * as errors from '../../src/errors.js'
import { apart } from '../fixtures/apart.js'
import { complaintsOf } from '../fixtures/compiled.js'
import { blocksOf, fileOf, pages, readPage } from '../fixtures/pages.js'

t.test('every TypeScript block of every page compiles against the built package', async (t) => {
  const sources = pages.flatMap((page) =>
    blocksOf(page, 'ts').map((block) => ({
      name: fileOf(block) ?? `${page.replaceAll(/[^a-z0-9]+/gi, '-')}-${block.line}.mts`,
      page,
      line: block.line,
      code: block.code
    }))
  )
  t.ok(sources.length >= 8)
  const modules = sources.map(({ name, code }) => [name, `${code}\nexport {}\n`])
  const folder = t.testdir(Object.fromEntries(modules))
  const found = complaintsOf(folder, sources.map(({ name }) => name), {
    strict: true,
    exactOptionalPropertyTypes: true,
    lib: ['es2023', 'dom', 'esnext.disposable']
  }).map(({ file, line, words }) => {
    const source = sources.find(({ name }) => file.endsWith(name))
    const place = source === undefined
      ? `${file}:${line}`
      : `${source.page}:${source.line + line - 1}`
    return `${place} ${words}`
  })
  t.same(found, [])
})

const toModule = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext }

t.test('the example of an inject-based test prints what its comments say', async (t) => {
  const { code } = blocksOf('docs/testing.md', 'ts')[0]!
  const folder = t.testdir({
    'example.mjs': ts.transpile(code, toModule)
  })
  const said = [...code.matchAll(/console\.log\(.*\) \/\/ (.+)$/gm)].map((match) => match[1]!)
  t.same(said, ['issued refreshed', 'true'])
  const command = apart(process.execPath, join(folder, 'example.mjs'))
  const printed = execFileSync(...command, { encoding: 'utf8' })
  t.equal(printed, `${said.join('\n')}\n`)
})

t.test('the page of errors lists each code, its status and when it happens', async (t) => {
  const lines = readPage('docs/errors.md').matchAll(
    /^\| `(CDN_ACCESS_\w+)` \| (\d{3}) \| (.+) \|$/gm
  )
  const rows = [...lines].map(([, code, status]) => [code, Number(status)])
  const classes = Object.entries(errors).map(([code, make]) => [code, new make().statusCode])
  t.same(Object.fromEntries(rows), Object.fromEntries(classes))
})

t.test('the ratios that the page on performance quotes are in the kept results', async (t) => {
  const quoted = readPage('docs/performance.md').match(/[\d.]+ \([\d.]+–[\d.]+\)/g) ?? []
  t.ok(quoted.length > 20)
  const results = readPage('bench/results.md')
  for (const ratio of quoted) t.ok(results.includes(`| ${ratio} |`), ratio)
})

t.test('every script that CONTRIBUTING.md names is one', async (t) => {
  const { scripts } = JSON.parse(readPage('package.json')) as { scripts: Record<string, string> }
  const named = [...readPage('CONTRIBUTING.md').matchAll(/\bnpm (?:run ([\w:]+)|(test|start)\b)/g)]
    .map(
      ([, script, short]) => script ?? short!
    )
  t.ok(named.length > 8)
  t.same(named.filter((name) => scripts[name] === undefined), [])
})

t.test('the README and a page of its own name each CDN', async (t) => {
  const table = readPage('README.md').split('\n## CDNs\n')[1]!.split('Does an exact path')[0]!
  const row = /^\| \[[^\]]+\]\(docs\/cdns\/([\w-]+)\.md\)[^|]* \| `(\w+)` \|/gm
  const linked = [...table.matchAll(row)].map(([, page, factory]) => `${page} ${factory}`)
  t.same(
    linked.toSorted(),
    registry.map(({ name, factory }) => `${name} ${factory.name}`).toSorted()
  )
  for (const { name, factory } of registry) {
    t.match(
      readPage(`docs/cdns/${name}.md`),
      `import { ${factory.name} } from 'fastify-cdn-access'`
    )
  }
})

t.test('the README says of each CDN what an exact path includes', async (t) => {
  const table = readPage('README.md').split('| CDN | an exact path |')[1]!.split('\n\n')[0]!
  const rows = [...table.matchAll(/^\| ([^|]+) \| [^|]+ \|$/gm)].map((match) => match[1]!)
  t.equal(new Set(rows).size, registry.length, 'a row for each')
})

t.test('each CDN\'s page says what it takes, how to set it up, and what the origin must not do', async (t) => {
  for (const { name } of registry) {
    const heads = readPage(`docs/cdns/${name}.md`).match(/^## .*/gm) ?? []
    for (const subject of [/^## Options/, /^## Setting/, /^## (What|Limits)/]) {
      t.ok(heads.some((head) => subject.test(head)), `${name}: ${subject}`)
    }
  }
})

t.test('custom.md names helpers that are there', async (t) => {
  const table = readPage('docs/cdns/custom.md').split('What is there to use:')[1]!
  for (
    const [, names, file] of table.matchAll(/^\| [^|]+ \| ([^|]+) \| `(src\/[^`]+\.ts)` \|$/gm)
  ) {
    const source = readPage(file!)
    for (const [, name] of names!.matchAll(/`(\w+)`/g)) {
      t.match(
        source,
        new RegExp(`export (?:async )?(?:function|const) ${name}\\b`),
        `${name} of ${file}`
      )
    }
  }
})

t.test('the README says what each variable means to each CDN', async (t) => {
  const section = readPage('README.md').split('### Environment')[1]!.split('\n## ')[0]!
  const lines = section.split('\n').filter((line) => line.startsWith('| '))
  const [head = '', ...rows] = lines.map((line) => line.slice(2, -2).replaceAll('`', ''))
  const columns = cdnVariables.map((name) => ` | CDN_ACCESS_${name}`)
  t.equal(head, `CDN_ACCESS_CDN${columns.join('')}`)
  t.same(
    rows,
    registry.map(({ name, variables }) =>
      `${name}${cdnVariables.map((variable) => ` | ${variables[variable] ?? '–'}`).join('')}`
    )
  )
})
