import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import cookie from '@fastify/cookie'
import files from '@fastify/static'
import Fastify, { type FastifyInstance } from 'fastify'
import t from 'tap'
import cdnEdge from '../../src/edge/edge.js'
import { cdnAccess, cdnPath } from '../../src/index.js'
import { apart } from '../fixtures/apart.js'
import { media } from '../fixtures/site.js'

const page = readFileSync('docs/values.md', 'utf8')
const film = Buffer.from('0123456789'.repeat(30))

/** The first block of this language in a section. */
function block (heading: string, language: string): string {
  const section = page.split(`\n## ${heading}\n`)[1]!.split('\n## ')[0]!
  return new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(section)![1]!
}

/** A server whose address is known before there is anything to answer. */
async function openServer (): Promise<{ app: FastifyInstance, url: string }> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const app = Fastify({ serverFactory: (handler) => server.on('request', handler) })
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return { app, url: `http://127.0.0.1:${port}` }
}

/** An API and an edge, whose addresses it puts into a text in the place of the page's. */
async function startSite (): Promise<(text: string) => string> {
  const [api, edge] = [await openServer(), await openServer()]
  const cdn = media({ url: edge.url })
  await edge.app.register(cdnEdge, { cdn })
  await edge.app.register(files, { root: t.testdir({ users: { 42: { 'film.mp4': film } } }) })
  await edge.app.ready()
  await api.app.register(cookie)
  await api.app.register(cdnAccess, {
    cdn,
    cookie: { domain: false },
    authorize: ({ headers }) => headers.authorization === 'Bearer 42' && [cdnPath`/users/42/*`],
    values: () => true
  })
  await api.app.ready()
  return (text) =>
    text.replaceAll('https://api.example.com', api.url).replaceAll(
      'https://media.example.com',
      edge.url
    )
}

const at = await startSite()
const run = promisify(execFile)
const env = { ...process.env, TOKEN: '42' }

t.test('the reply that the page shows has the fields of a real one', async (t) => {
  const { stdout } = await run('sh', ['-c', at(block('What comes back', 'sh'))], { env })
  const [real, shown] = [stdout, block('What comes back', 'json')].map((json) =>
    JSON.parse(json) as { cookies: Array<{ header: string, pairs: Array<{ name: string }> }> }
  )
  t.same(Object.keys(shown!), Object.keys(real!))
  t.same(Object.keys(shown!.cookies[0]!), Object.keys(real!.cookies[0]!))
  const names = [shown, real].map((body) => body!.cookies[0]!.pairs.map(({ name }) => name))
  t.same(names[0], names[1])
  t.same(shown!.cookies[0]!.header.match(/[\w-]+(?==)/g), names[1])
})

t.test('the recipe for curl gets a part of the film, and leaves no value behind', async (t) => {
  const folder = t.testdir()
  await run('sh', ['-ec', at(block('Recipes that are run', 'sh'))], { cwd: folder, env })
  t.same(readdirSync(folder), ['film.part'])
  t.same(readFileSync(join(folder, 'film.part')), film.subarray(0, 100))
})

t.test('the recipe for undici prints what its comment says', async (t) => {
  const code = block('Recipes that are run', 'js')
  const folder = t.testdir({
    'recipe.mjs': at(code).replace('./cookie-header.js', './cookie-header.mjs'),
    'cookie-header.mjs': block('What comes back', 'js')
  })
  const { stdout } = await run(...apart(process.execPath, join(folder, 'recipe.mjs')), { env })
  t.equal(stdout.trim(), /console\.log.* \/\/ (.+)$/m.exec(code)![1])
})

t.test('the page shows the function that the player uses', async (t) => {
  const source = readFileSync('examples/node-hls-player/cookie-header.js', 'utf8')
  t.equal(block('What comes back', 'js'), source.replaceAll(/^\/\*\*[\s\S]*?\*\/\n/gm, ''))
})
