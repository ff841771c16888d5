import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import t from 'tap'

const source = `${process.cwd()}/src/`
const files = listFiles(source)

/** From the top, where a request comes in, to the bottom. A file imports from its own layer and from those below. */
const layers: RegExp[] = [
  /^(edge\/)?index$/,
  /^(plugin|edge\/edge)$/,
  /^(env|decorators|refresh-on-request|route|registrations)$/,
  /^options$/,
  /^(access|sign-url|explain)$/,
  /^(permissions|signing|staging|cookie-options)$/,
  /^(second-sight-cache|set-cookie)$/,
  /^(grant|fingerprint|ticket|keys\/key-rings)$/,
  /^(cookies|keys\/key-ring|keys\/key-source)$/,
  /^cdn\//,
  /^keys\//,
  /^(cdn-path|retry-after|time)$/,
  /^errors$/
]

t.test('imports point down only', async (t) => {
  for (const file of files.filter((name) => !name.startsWith('client/'))) {
    const own = layerOf(file)
    t.ok(own >= 0, `${file} has a layer`)
    for (const target of importsOf(file)) t.ok(layerOf(target) >= own, `${file} imports ${target}`)
  }
})

t.test('no file imports itself by way of others', async (t) => {
  for (const file of files) t.notOk(reachable(file).has(file), file)
})

t.test('a CDN knows no other', async (t) => {
  const factories = files.filter((name) => name.startsWith('cdn/') && /^export function \w+ \([^)]*options: \w+Options\): Cdn</m.test(read(name)))
  t.ok(factories.length >= 1)
  for (const file of factories) t.same(factories.filter((other) => other !== file && reachable(file).has(other)), [], file)
})

t.test('the client knows nothing of the server', async (t) => {
  for (const file of files.filter((name) => name.startsWith('client/'))) {
    t.ok(importsOf(file).every((target) => target.startsWith('client/')) && !/from '[^.]/.test(read(file)), file)
  }
})

t.test('each file that runs has a test of its own', async (t) => {
  for (const file of files.filter((name) => !name.startsWith('client/'))) {
    const runs = /^export (default|const|class|(async )?function)/m.test(read(file))
    if (runs) t.ok(listTests().includes(file), `test/${file}.test.ts`)
  }
})

t.test('the clock is read in one place, and packages that are heavy are loaded when they are used', async (t) => {
  const server = files.filter((name) => !name.startsWith('client/'))
  t.same(server.filter((name) => /Date\.now\b(?!`)/.test(withoutComments(name))).toSorted(), ['edge/edge', 'options'], 'as a default alone')
  t.same(server.filter((name) => /^import .* from '(jose|tldts)'/m.test(read(name).replaceAll(/^import type .*/gm, ''))), [])
})

function layerOf (file: string): number {
  return layers.findIndex((layer) => layer.test(file))
}

function importsOf (file: string): string[] {
  return [...read(file).matchAll(/(?:from|import\() ?'(\.{1,2}\/[^']+)\.js'/g)].map((match) => posix.join(posix.dirname(file), match[1]!))
}

function reachable (file: string, seen = new Set<string>()): Set<string> {
  for (const target of importsOf(file)) {
    if (!seen.has(target)) reachable(target, seen.add(target))
  }
  return seen
}

function listTests (): string[] {
  return listFiles(`${process.cwd()}/test/`).filter((name) => name.endsWith('.test')).map((name) => name.slice(0, -'.test'.length))
}

function withoutComments (file: string): string {
  return read(file).replaceAll(/\/\*[\s\S]*?\*\//g, '')
}

function read (file: string): string {
  return readFileSync(`${source}${file}.ts`, 'utf8')
}

function listFiles (folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts')).map((name) => name.slice(0, -'.ts'.length))
}
