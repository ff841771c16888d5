import { readdirSync } from 'node:fs'
import t from 'tap'
import { files, folderOf, ground, importsOf, read, roomOf } from './fixtures/rooms.js'

/** The rooms from the door to the ground, and those that each may import from. */
const rooms: Record<string, readonly string[]> = {
  'index.ts': [
    'plugin.ts',
    'server',
    'explain',
    'config',
    'access',
    'key-ring',
    'revocation',
    'cdn',
    'cdn/*',
    'keys',
    ...ground
  ],
  'plugin.ts': [
    'server',
    'config',
    'access',
    'cookies',
    'revocation',
    'key-ring',
    'cdn',
    ...ground
  ],
  server: [
    'explain',
    'config',
    'access',
    'cookies',
    'revocation',
    'key-ring',
    'cdn',
    'cdn/format',
    ...ground
  ],
  cli: [
    'explain',
    'config',
    'access',
    'cookies',
    'key-ring',
    'key-ring/aws',
    'cdn',
    'cdn/format',
    'cdn/inspectors.ts',
    'cdn/registry.ts',
    'keys',
    ...ground
  ],
  explain: ['cookies', 'key-ring', 'cdn', 'cdn/format', 'cdn/inspectors.ts', 'keys', ...ground],
  config: ['access', 'cookies', 'revocation', 'cdn', 'cdn/registry.ts', 'keys', ...ground],
  access: ['cookies', 'key-ring', 'cdn', 'cdn/format', 'keys', ...ground],
  cookies: ['cdn', ...ground],
  edge: ['explain', 'cookies', 'revocation', 'key-ring', 'cdn', ...ground],
  revocation: ['key-ring', ...ground],
  testing: ['key-ring', 'cdn', 'cdn/format', 'keys', ...ground],
  'key-ring/keys.ts': ['key-ring', 'key-ring/aws', 'keys', ...ground],
  'key-ring/aws': ['key-ring', 'keys', ...ground],
  'key-ring': ['cdn', 'keys', ...ground],
  'cdn/registry.ts': ['cdn', 'cdn/*'],
  'cdn/inspectors.ts': ['cdn', 'cdn/*'],
  'cdn/*': ['cdn', 'cdn/format', 'keys', ...ground],
  'cdn/format': ['cdn', 'keys', ...ground],
  cdn: ['keys', ...ground],
  keys: ground,
  input: ['errors.ts'],
  'time.ts': ['errors.ts'],
  'remember.ts': [],
  'errors.ts': [],
  react: ['client'],
  players: ['client'],
  client: []
}

t.test('each room imports from the rooms below that it may import from', async (t) => {
  for (const file of files) {
    const own = roomOf(file)
    t.ok(own in rooms, `${file} stands in a room`)
    for (const target of importsOf(file)) {
      const room = roomOf(target)
      if (room !== own || folderOf(target) !== folderOf(file)) {
        t.ok(rooms[own]?.includes(room), `${file} imports ${target}`)
      }
    }
  }
})

t.test('no file imports itself by way of others', async (t) => {
  for (const file of files) t.notOk(reachable(file).has(file), file)
})

t.test('no room imports itself by way of others', async (t) => {
  const below = (room: string, seen = new Set<string>()): Set<string> => {
    for (const other of rooms[room] ?? []) if (!seen.has(other)) below(other, seen.add(other))
    return seen
  }
  for (const room of Object.keys(rooms)) t.notOk(below(room).has(room), room)
})

t.test('a CDN knows no other', async (t) => {
  const folders = new Set(files.filter((file) => roomOf(file) === 'cdn/*').map(folderOf))
  t.ok(folders.size >= 5)
  for (const file of files.filter((name) => roomOf(name) === 'cdn/*')) {
    t.same(
      [...reachable(file)].filter((other) =>
        roomOf(other) === 'cdn/*' && folderOf(other) !== folderOf(file)
      ),
      [],
      file
    )
  }
})

t.test('the browser\'s code knows nothing of the server, and of no package but React', async (t) => {
  t.ok(files.filter(isBrowsers).length > 15)
  for (const file of files.filter(isBrowsers)) {
    t.ok(importsOf(file).every(isBrowsers), file)
    const packages = [...read(file).matchAll(/from '([^.][^']*)'/g)].map((match) => match[1])
    t.same(packages, file === 'react/react' ? ['react'] : [], file)
  }
})

t.test('adapters take no more than types from the client', async (t) => {
  for (const file of files.filter((name) => name.startsWith('players/'))) {
    t.notMatch(read(file), /^import (?!type).*client\//m, file)
  }
})

t.test('what decides knows nothing of Fastify', async (t) => {
  const speaks = files.filter((file) => /from 'fastify'/.test(read(file))).map(roomOf)
  t.same([...new Set(speaks)].toSorted(), ['config', 'edge', 'plugin.ts', 'server'])
})

t.test('each file that runs has a test of its own', async (t) => {
  const tests = new Set(listTests())
  const running = files.filter((file) =>
    !isBrowsers(file) && /^export (default|const|class|(async )?function)/m.test(read(file))
  )
  t.ok(running.length > 100)
  t.same(running.filter((file) => !tests.has(file)), [])
})

t.test('the clock is read in one place, and packages that are heavy are loaded when they are used', async (t) => {
  const server = files.filter((name) => !isBrowsers(name))
  t.same(server.filter((name) => /Date\.now\b(?![`':])/.test(withoutComments(name))).toSorted(), [
    'cli/main',
    'config/config',
    'edge/edge'
  ], 'as a default, and by the process of a command')
  t.same(
    server.filter((name) =>
      /^import .* from '(jose|tldts)'/m.test(read(name).replaceAll(/^import type .*/gm, ''))
    ),
    []
  )
})

/** What runs in a browser. Its files are tested together, as its users meet them. */
function isBrowsers (file: string): boolean {
  return /^(?:client|players|react)\//.test(file)
}

function reachable (file: string, seen = new Set<string>()): Set<string> {
  for (const target of importsOf(file)) {
    if (!seen.has(target)) reachable(target, seen.add(target))
  }
  return seen
}

function listTests (): string[] {
  return readdirSync(`${process.cwd()}/test/`, { recursive: true, encoding: 'utf8' }).filter((
    name
  ) => name.endsWith('.test.ts')).map((name) => name.slice(0, -'.test.ts'.length))
}

function withoutComments (file: string): string {
  return read(file).replaceAll(/\/\*[\s\S]*?\*\//g, '')
}
