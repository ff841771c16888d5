import { execFile } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import ts from 'typescript'
import { apart } from '../fixtures/apart.js'
import { complaintsOf } from '../fixtures/compiled.js'
import { ecPkcs8 } from '../fixtures/keys.js'
import { blocksOf, fileOf, pages, printedBy, readPage, type Block } from '../fixtures/pages.js'

const run = promisify(execFile)
const toModule = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext }
const all = (language: string): Block[] => pages.flatMap((page) => blocksOf(page, language))
const placeOf = ({ page, line }: Block, own = 1): string => `${page}:${line + own - 1}`

/** What the block that reads variables is told by the commands above it, but for the key's file. */
const exported = blocksOf('docs/start.md', 'sh')[1]!.code.matchAll(/^export (\w+)=(.+)$/gm)
const { CDN_ACCESS_PRIVATE_KEY_FILE: keyFile, ...variables } = Object.fromEntries(
  [...exported].map(([, name, value]) => [name!, value!])
)

t.test('each block that says what it prints prints that', async (t) => {
  const saying = ['ts', 'js'].flatMap(all).filter((block) =>
    printedBy(block.code).length > 0 && !/from '\.\//.test(block.code)
  )
  t.ok(saying.length >= 8)
  const names = saying.map((_, index) => `${index}.mjs`)
  const modules = saying.map(({ code }, index) => [names[index], ts.transpile(code, toModule)])
  const folder = t.testdir(Object.fromEntries(modules))
  const printed = await Promise.all(names.map((name) =>
    run(...apart(process.execPath, name), {
      cwd: folder,
      env: { ...process.env, ...variables, CDN_ACCESS_PRIVATE_KEY: ecPkcs8 }
    })
  ))
  for (const [index, block] of saying.entries()) {
    t.equal(printed[index]!.stdout, `${printedBy(block.code).join('\n')}\n`, placeOf(block))
  }
})

/** The packages that a block may import: the others stand for whatever a reader has. */
const { devDependencies, dependencies } = JSON.parse(
  readFileSync('package.json', 'utf8')
) as Record<
  string,
  Record<string, string>
>
const installed = { ...devDependencies, ...dependencies }

t.test('each block of JavaScript fits the types of the built package', async (t) => {
  // Those of a vendor's runtime, which has other types than Node, are run against the table of cases.
  const blocks = all('js').filter(({ code }) => !/from '(?:fastly:|\.\/edgekv\.js)/.test(code))
  t.ok(blocks.length > 20)
  const names = blocks.map((block, index) => {
    const name = fileOf(block) ?? `${index}.mjs`
    return `${index}/${name}`
  })
  const folder = t.testdir(Object.fromEntries(
    blocks.map(({ code }, index) => [index, { [names[index]!.split('/')[1]!]: code }])
  ))
  // What the examples put into a session, which TypeScript wants to be told.
  const session = 'session.d.ts'
  writeFileSync(
    join(folder, session),
    'import \'fastify\'\ndeclare module \'fastify\' { interface Session { userId?: string } }'
  )
  const found = complaintsOf(folder, [session, ...names], {
    moduleDetection: 'force',
    strict: false,
    allowJs: true,
    checkJs: true,
    lib: ['es2023', 'dom', 'dom.iterable']
  }).filter(({ words }) => !isOfReader(words)).map(({ file, line, words }) => {
    const block = blocks[names.findIndex((name) => file.endsWith(`/${name}`))]
    return block === undefined ? `${file}:${line} ${words}` : `${placeOf(block, line)} ${words}`
  })
  t.same(found, [])
})

/** Of a file or a package that is the reader's own, or of a reply's JSON, which has no type. */
function isOfReader (words: string): boolean {
  if (words.endsWith('does not exist on type \'{}\'.')) return true
  const name = /^TS\d+: Cannot find module '([^']+)'/.exec(words)?.[1] ?? 'fastify-cdn-access'
  const root = /^(?:@[^/]+\/)?[^/]+/.exec(name)![0]
  return name.startsWith('./') || (installed[root] === undefined && root !== 'fastify-cdn-access')
}

t.test('each block of a shell can be read by one', async (t) => {
  const blocks = all('sh')
  t.ok(blocks.length > 10)
  await Promise.all(blocks.map(async (block) => {
    t.equal((await run('bash', ['-n', '-c', block.code])).stderr, '', placeOf(block))
  }))
})

t.test('the commands of the first pages do what the pages say', async (t) => {
  const folder = t.testdir({})
  const cli = `npx () { shift; '${process.execPath}' '${process.cwd()}/dist/cli/main.js' "$@"; }\n`
  const shell = async (...code: string[]): Promise<string> =>
    (await run(...apart('bash', '-euc', cli + code.join('\n')), { cwd: folder })).stdout

  const [keygen, variables, doctor] = blocksOf('docs/start.md', 'sh').map(({ code }) => code)
  t.match(await shell(keygen!, variables!, doctor!), '✓ keys of cloudfront')
  t.ok(existsSync(join(folder, keyFile!)))

  const example = blocksOf('README.md', 'sh')[1]!.code.split('\n')
  await shell(example.find((line) => line.startsWith('npx'))!)
  const used = readPage('README.md').matchAll(/readFileSync\('(media\.[^']+)'\)/g)
  for (const [, file] of used) t.ok(existsSync(join(folder, file!)), file!)

  const [sign] = blocksOf('docs/localhost.md', 'sh').map(({ code }) => code)
  t.match(await shell(sign!.replace('curl -s -H', 'echo')), /^Cookie: CloudFront-Policy=/)
})
