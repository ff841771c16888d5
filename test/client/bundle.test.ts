import { build } from 'esbuild'
import { readdir, readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import t from 'tap'

const root = process.cwd()

async function bundle (): Promise<{ text: string, inputs: string[], imports: number }> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['src/client/cdn-access.ts'],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    metafile: true
  })
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports).length
  return { text: outputFiles[0]!.text, inputs: Object.keys(metafile.inputs), imports }
}

t.test('is 3 kB at most', async (t) => {
  const { text } = await bundle()
  const size = gzipSync(text, { level: 9 }).length
  t.ok(size <= 3072, `${size} bytes`)
})

t.test('holds nothing of the server', async (t) => {
  const { text, inputs, imports } = await bundle()
  t.ok(inputs.includes('src/client/cdn-access.ts'))
  t.strictSame(inputs.filter((path) => !path.startsWith('src/client/')), [])
  t.equal(imports, 0)
  t.notMatch(text, /\bimport\b|\brequire\b|node:|@fastify/)
})

t.test('imports from its own folder alone', async (t) => {
  const files = (await readdir(`${root}/src/client/`)).filter((name) => name.endsWith('.ts'))
  t.ok(files.length > 3)
  for (const name of files) {
    const source = await readFile(`${root}/src/client/${name}`, 'utf8')
    for (const [, from] of source.matchAll(/ from '([^']+)'/g)) {
      t.match(from, /^\.\/[a-z-]+\.js$/, name)
    }
  }
})

t.test('an import has no effect', async (t) => {
  const { text } = await bundle()
  const before = Object.getOwnPropertyNames(globalThis).length
  const url = `data:text/javascript;base64,${Buffer.from(text).toString('base64')}`
  const module = await import(url) as Record<string, unknown>
  t.strictSame(Object.keys(module), ['createCdnAccess'])
  t.equal(Object.getOwnPropertyNames(globalThis).length, before)
})
