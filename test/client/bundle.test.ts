import { build } from 'esbuild'
import { readdir, readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import t from 'tap'

const root = process.cwd()

interface Bundle {
  readonly text: string
  readonly inputs: string[]
  readonly imports: number
  readonly size: number
}

/** What a page loads that imports these names. */
async function bundle (names: string, from: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: `export ${names} from './src/${from}.ts'`, resolveDir: root },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    metafile: true
  })
  const { text } = outputFiles[0]!
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports).length
  const inputs = Object.keys(metafile.inputs).filter((input) => input !== '<stdin>')
  return { text, inputs, imports, size: gzipSync(text, { level: 9 }).length }
}

t.test('is 3 kB at most', async (t) => {
  const { size } = await bundle('*', 'client/cdn-access')
  t.ok(size <= 3072, `${size} bytes`)
})

for (
  const name of [
    'attachDash',
    'attachHls',
    'attachMedia',
    'attachShaka',
    'attachVideoJs',
    'keepImages'
  ]
) {
  t.test(`${name} is 0.5 kB at most, whatever else there is`, async (t) => {
    const { size, imports, inputs } = await bundle(`{ ${name} }`, 'players/players')
    t.ok(size <= 512, `${size} bytes`)
    t.equal(imports, 0)
    t.strictSame(inputs.filter((path) => !path.startsWith('src/players/')), [])
  })
}

t.test('holds nothing of the server', async (t) => {
  const { text, inputs, imports } = await bundle('*', 'client/cdn-access')
  t.ok(inputs.includes('src/client/cdn-access.ts'))
  t.strictSame(inputs.filter((path) => !path.startsWith('src/client/')), [])
  t.equal(imports, 0)
  t.notMatch(text, /\bimport\b|\brequire\b|node:|@fastify/)
})

t.test('is shipped as one file that a page can import as it is', async (t) => {
  const shipped = await readFile(`${root}/dist/client/cdn-access.js`, 'utf8')
  t.notMatch(shipped, /^import\b|\bfrom ["']/m)
  t.match(await readFile(`${root}/dist/react/react.js`, 'utf8'), 'from "../client/cdn-access.js"')
  t.notMatch(await readFile(`${root}/dist/players/players.js`, 'utf8'), /^import\b/m)
  const types = await readdir(`${root}/dist/client/`)
  t.strictSame(types.filter((name) => name.endsWith('.js')), ['cdn-access.js'])
})

t.test('an import has no effect', async (t) => {
  const { text } = await bundle('*', 'client/cdn-access')
  const before = Object.getOwnPropertyNames(globalThis).length
  const url = `data:text/javascript;base64,${Buffer.from(text).toString('base64')}`
  const module = await import(url) as Record<string, unknown>
  t.strictSame(Object.keys(module), ['createCdnAccess'])
  t.equal(Object.getOwnPropertyNames(globalThis).length, before)
})
