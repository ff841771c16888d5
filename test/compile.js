/**
 * Compiles the sources and the unit tests, and deals the tests out to a few files that each import
 * their share: a process for each test file would spend most of the time on starting.
 */
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { build } from 'esbuild'

const folder = 'test-build'

// Three at a time, so that one works while another waits for a process or a timer.
const groups = 6

// A quarter of all work, most of it signatures and packing: the first group, which begins first.
const slow = /^test\/(?:testing|package)\//

// Tests in browsers have packages of their own, with sources in TypeScript.
const sources = ['src', 'test', 'bench'].flatMap((root) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' }).map((name) => `${root}/${name}`)
).filter((name) => /^(?!.*node_modules).*\.ts$|^bench\/[^/]*\.js$/.test(name))

rmSync(folder, { recursive: true, force: true })
await build({
  entryPoints: sources,
  outdir: folder,
  outbase: '.',
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: 'inline'
})

// As they are shipped: a command fills them in by their text.
cpSync('runtimes', `${folder}/runtimes`, { recursive: true })

const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
const tests = files.filter((name) => name.endsWith('.test.js')).toSorted()
mkdirSync(`${folder}/groups`)
const others = tests.filter((name) => !slow.test(name))
for (let group = 0; group < groups; group++) {
  const share = group === 0
    ? tests.filter((name) => slow.test(name))
    : others.filter((_, index) => index % (groups - 1) === group - 1)
  writeFileSync(
    `${folder}/groups/${group + 1}.test.js`,
    share.map((name) => `import '../${name.replaceAll('\\', '/')}'\n`).join('')
  )
}
