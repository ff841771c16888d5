import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { publint } from 'publint'
import t from 'tap'
import { apart } from '../fixtures/apart.js'

const root = process.cwd()
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** Runs a command as from a shell: an `npx -p` around the tests names its packages to those below. */
function run (command: string, args: string[], cwd = root): string {
  const { npm_config_package: _, ...inherited } = process.env
  const env = { ...inherited, npm_config_ignore_scripts: 'true' }
  return execFileSync(...apart(command, ...args), { cwd, encoding: 'utf8', env })
}

/** What a built file imports before it runs, and not what a message of its own says. */
const importing = /(?:(?:\}|\bimport[\w$* ]*) ?from ?|\bimport ?)"([^"]+)"/g

t.test('is a package that publint has nothing to say about', async (t) => {
  const { messages } = await publint({ pkgDir: root, strict: true })
  t.same(messages, [])
})

t.test('has types that resolve in each way that reaches an ES module', async (t) => {
  const profile = ['--profile', 'esm-only', '--ignore-rules', 'cjs-resolves-to-esm']
  const output = run('npx', ['attw', '--pack', '.', ...profile, '--format', 'ascii'])
  t.equal(output.match(/node16 \(from ESM\): 🟢/g)?.length, Object.keys(manifest.exports).length)
})

t.test('packs what users import, and nothing else', async (t) => {
  const output = run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'])
  const [{ files }] = JSON.parse(output) as [{ files: Array<{ path: string }> }]
  const paths = new Set(files.map(({ path }) => path))
  const folders = new Set(files.map(({ path }) => path.split('/')[0]!))
  t.same([...folders].toSorted(), [
    'LICENSE',
    'README.md',
    'dist',
    'package.json',
    'runtimes'
  ])
  const entries = [
    'index.js',
    'index.d.ts',
    'key-ring/keys.js',
    'key-ring/keys.d.ts',
    'edge/edge.js',
    'client/cdn-access.js',
    'client/cdn-access.d.ts',
    'players/players.js',
    'react/react.js',
    'testing/test-cdn.js',
    'cli/main.js'
  ]
  for (const entry of entries) t.ok(paths.has(`dist/${entry}`), entry)
})

t.test('declares each package that it imports, and only those', async (t) => {
  const found = run('grep', ['-rhoE', '(from|import\\() ?\'[^.\'][^\']*\'', 'src'])
  const names = found.trim().split('\n').map((line) => line.replace(/.*'([^']+)'/, '$1'))
  const sources = names.filter((name) => !name.startsWith('node:'))
  const packageOf = (name: string): string =>
    name.split('/').slice(0, name.startsWith('@') ? 2 : 1).join('/')
  const { dependencies, peerDependencies } = manifest
  const declared = [...Object.keys(dependencies), ...Object.keys(peerDependencies)]
  t.same([...new Set(sources.map(packageOf))].toSorted(), declared.toSorted())
})

t.test('names no optional package in a declaration, and loads none but when it is used', async (t) => {
  const { peerDependenciesMeta } = manifest as { peerDependenciesMeta: Record<string, unknown> }
  const optional = Object.keys(peerDependenciesMeta).filter((name) => name !== 'react')
  t.ok(optional.length >= 2)
  const listed = readdirSync(join(root, 'dist'), { recursive: true, encoding: 'utf8' })
  for (const file of listed.filter((name) => /\.d\.ts$|\.js$/.test(name))) {
    const code = readFileSync(join(root, 'dist', file), 'utf8')
    for (const name of optional) {
      const [before, quote] = file.endsWith('.js') ? ['from ', '"'] : ['', '[\'"]']
      t.notMatch(code, new RegExp(`${before}${quote}${name}${quote}`), `${file}: ${name}`)
    }
  }
})

t.test('keeps the contract of a CDN out of what a server loads, and Fastify out of the contract', async (t) => {
  const server = [...loadedBy('index.js'), ...loadedBy('edge/edge.js')]
  t.ok(server.length >= 2)
  for (const file of server) t.notMatch(readFileSync(file, 'utf8'), 'testCdn')
  const code = loadedBy('testing/test-cdn.js').map((file) => readFileSync(file, 'utf8')).join('')
  t.match(code, 'function testCdn')
  const names = [...code.matchAll(importing)].map(([, name]) => name!).filter((name) =>
    !name.startsWith('.')
  )
  t.same([...new Set(names.filter((name) => !name.startsWith('node:')))].toSorted(), [
    '@fastify/error',
    'fastq'
  ])
})

t.test('keeps Fastify out of the command line', async (t) => {
  const files = loadedBy('cli/main.js')
  t.ok(files.length > 4)
  const code = files.map((file) => readFileSync(file, 'utf8')).join('')
  const names = [...code.matchAll(/(?:from|import\() ?"([^."][^"]*)"/g)].map(([, name]) => name!)
  const packages = new Set(names.filter((name) => !name.startsWith('node:')))
  t.notOk(
    packages.has('fastify') || packages.has('fastify-plugin') || packages.has('@fastify/cookie')
  )
  const inspect = `
    import { createRequire } from 'node:module'
    process.argv = [process.argv[0], 'cdn-access', 'inspect', '--cookie', 'a=b']
    process.on('exit', () => {
      process.stdout.write('\\n' + JSON.stringify(Object.keys(createRequire(import.meta.url).cache)))
      process.exitCode = 0
    })
    await import(${JSON.stringify(join(root, 'dist/cli/main.js'))})`
  const printed = run('node', ['--input-type=module', '--eval', inspect])
  const modules = JSON.parse(printed.trim().split('\n').at(-1)!) as string[]
  const loaded = modules.map((file) => /\/node_modules\/(.*)/.exec(file)?.[1])
  t.same(loaded.filter(Boolean), ['@fastify/error/index.js'], 'inspect loads what makes errors')
  for (const name of ['inspect', 'explain']) {
    const reached = new Set(statically(`cli/${name}.js`))
    t.same([...reached].filter((from) => !from.startsWith('node:')), ['@fastify/error'], name)
  }
})

t.test('answers as a command in an empty folder, packed and installed', async (t) => {
  const folder = t.testdir({ node_modules: {} })
  const packed = run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder])
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }]
  run('tar', ['-xzf', filename], folder)
  // What npm would fetch beside it.
  for (const name of ['@fastify', 'fastq', 'reusify', 'jose', 'tldts', 'tldts-core']) {
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))
  }
  symlinkSync(join(folder, 'package'), join(folder, 'node_modules/fastify-cdn-access'))
  mkdirSync(join(folder, 'node_modules/.bin'))
  const bin = (manifest.bin as Record<string, string>)['cdn-access']!
  symlinkSync(join(folder, 'package', bin), join(folder, 'node_modules/.bin/cdn-access'))
  const printed = run('npx', ['--no-install', 'cdn-access', 'inspect', '--cookie', token], folder)
  t.match(printed, /^akamai: a token\n/)
  t.match(
    run('npx', ['--no-install', 'cdn-access', 'keygen', 'cloudfront'], folder),
    /create-public-key/
  )
})

const token = `t=exp=9~acl=/*~hmac=${'a'.repeat(64)}`

t.test('loads nothing that its options do not use', async (t) => {
  const loaded = (options: string): string[] => {
    const script = `
      import { createRequire } from 'node:module'
      import Fastify from 'fastify'
      import cookie from '@fastify/cookie'
      import cdnAccess, { akamai } from 'fastify-cdn-access'
      const cdn = akamai({ url: 'https://media.example.com', key: 'a'.repeat(64) })
      const app = Fastify()
      await app.register(cookie)
      await app.register(cdnAccess, { cdn, authorize: () => true, ${options} })
      await app.ready()
      const name = /.*\\/node_modules\\/((?:@[^/]+\\/)?[^/]+).*/
      const files = Object.keys(createRequire(import.meta.url).cache)
      console.log(JSON.stringify(files.map((file) => file.replace(name, '$1'))))
      process.exit()`
    return JSON.parse(run('node', ['--input-type=module', '--eval', script])) as string[]
  }
  const optional = (options: string): string[] =>
    ['@fastify/env', 'tldts'].filter((name) => loaded(options).includes(name))
  t.same(optional('cookie: { domain: false }'), [])
  t.same(optional('cookie: { domain: "example.com" }'), ['tldts'])
  const env = 'env: { data: { CDN_ACCESS_TTL: "10m" } }'
  t.same(optional(`cookie: { domain: false }, ${env}`), ['@fastify/env'])
})

t.test('compiles and works in a CommonJS project, with a factory', async (t) => {
  const folder = t.testdir({
    'consumer.cts': `
import Fastify = require('fastify')
import cookie = require('@fastify/cookie')
import cdnAccess = require('fastify-cdn-access')
const { cdnPath, cloudfront } = cdnAccess
const [url, privateKey] = ['https://media.example.com', process.env['KEY']!]
const app = Fastify()
void app.register(cookie)
void app.register(cdnAccess.default, {
  cdn: cloudfront({ url, keyPairId: 'K1', privateKey }),
  cookie: { domain: 'example.com' },
  authorize: () => [cdnPath\`/a/*\`]
})
void app.inject({ url: '/cdn-access' }).then((reply) => { console.log(reply.json().status) })
`,
    'tsconfig.json': JSON.stringify({
      compilerOptions: {
        target: 'ES2023',
        module: 'nodenext',
        strict: true,
        types: ['node'],
        skipLibCheck: true
      },
      files: ['consumer.cts']
    }),
    'namespace.cjs': `
const app = require('fastify')()
app.register(require('@fastify/cookie'))
const cdnAccess = require('fastify-cdn-access')
const [url, privateKey] = ['https://media.example.com', process.env.KEY]
app.register(cdnAccess, {
  cdn: cdnAccess.cloudfront({ url, keyPairId: 'K1', privateKey }),
  cookie: { domain: 'example.com' },
  authorize: () => true
})
app.inject({ url: '/cdn-access' }).then((reply) => { console.log(reply.json().status) })
`,
    node_modules: {}
  })
  for (const name of ['fastify', '@fastify', '@types', 'typescript', 'undici-types']) {
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))
  }
  symlinkSync(root, join(folder, 'node_modules/fastify-cdn-access'))
  run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder])
  const key = run('openssl', ['ecparam', '-name', 'prime256v1', '-genkey', '-noout'])
  for (const file of ['consumer.cjs', 'namespace.cjs']) {
    const args = ['--experimental-require-module', '--no-warnings', file]
    const env = { ...process.env, KEY: key }
    const command = apart(process.execPath, ...args)
    const output = execFileSync(...command, { cwd: folder, encoding: 'utf8', env })
    t.equal(output.trim(), 'issued', file)
  }
})

/** A built file and all that it imports, at once or later. */
function loadedBy (entry: string, found = new Set<string>()): string[] {
  const file = join(root, 'dist', entry)
  found.add(file)
  for (const [, target] of readFileSync(file, 'utf8').matchAll(/(?:from|import\() ?"(\.[^"]+)"/g)) {
    const next = join(entry, '..', target!)
    if (!found.has(join(root, 'dist', next))) loadedBy(next, found)
  }
  return [...found]
}

/** The packages that an entry imports before it runs, by itself or by way of other files. */
function statically (entry: string, seen = new Set<string>()): string[] {
  if (seen.has(entry)) return []
  seen.add(entry)
  const text = readFileSync(join(root, 'dist', entry), 'utf8')
  const targets = [...text.matchAll(importing)].map(([, from]) => from!)
  return targets.flatMap((target) =>
    target.startsWith('.') ? statically(join(entry, '..', target), seen) : [target]
  )
}
