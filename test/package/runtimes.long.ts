import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { apart } from '../fixtures/apart.js'
import { removeAtEnd } from '../fixtures/remove-at-end.js'

/** Outside of the repository, whose packages would be found otherwise. */
const folder = mkdtempSync(join(tmpdir(), 'cdn-access-runtimes-'))
removeAtEnd(t, folder)

function run (command: string, args: readonly string[], cwd: string = folder): string {
  return execFileSync(...apart(command, ...args), {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe']
  })
}

/** What a viewer meets: access, a file that it opens, and one that it does not. */
const visit = `
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const cdn = cloudfront({ url: 'https://media.example.com', keyPairId: 'K1', privateKey })
  const api = Fastify()
  api.register(cookie)
  api.register(cdnAccess, { cdn, cookie: { domain: 'example.com' }, authorize: () => [cdnPath\`/a/*\`] })
  const edge = Fastify()
  edge.register(cdnEdge, { cdn })
  edge.get('/*', async () => 'the file')
  const issued = await api.inject('/cdn-access')
  const lines = [issued.headers['set-cookie']].flat().map((line) => line.split(';', 1)[0])
  const cookies = lines.filter((line) => !line.endsWith('=')).join('; ')
  const open = await edge.inject({ url: '/a/b', headers: { cookie: cookies } })
  const shut = await edge.inject({ url: '/b', headers: { cookie: cookies } })
  console.log([issued.json().status, open.statusCode, shut.statusCode].join(' '))
`
const files = {
  'package.json': '{ "private": true }',
  'import.mjs': `
    import { generateKeyPairSync } from 'node:crypto'
    import cookie from '@fastify/cookie'
    import Fastify from 'fastify'
    import cdnAccess, { cdnPath, cloudfront } from 'fastify-cdn-access'
    import cdnEdge from 'fastify-cdn-access/edge'
    ${visit}`,
  'require.cjs': `
    const { generateKeyPairSync } = require('node:crypto')
    const cookie = require('@fastify/cookie')
    const Fastify = require('fastify')
    const { cdnAccess, cdnPath, cloudfront } = require('fastify-cdn-access')
    const { cdnEdge } = require('fastify-cdn-access/edge')
    void (async () => { ${visit} })()`
}
for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)

const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]
const [{ filename }] = JSON.parse(run('npm', pack, process.cwd())) as [{ filename: string }]
run('npm', ['install', '--no-audit', '--no-fund', `./${filename}`, 'fastify', '@fastify/cookie'])

const runtimes: Record<string, readonly string[]> = {
  'Node': ['node'],
  'Bun': ['npx', '-y', 'bun@1'],
  'Deno': ['npx', '-y', 'deno@2', 'run', '--allow-all', '--no-lock']
}

for (const [name, [command, ...args]] of Object.entries(runtimes)) {
  for (const file of ['import.mjs', 'require.cjs']) {
    t.test(`alone in a folder, the tarball works in ${name}: ${file}`, async (t) => {
      t.equal(run(command!, [...args, file]), 'issued 200 403\n')
    })
  }
}
