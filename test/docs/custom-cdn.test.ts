import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import cookie from '@fastify/cookie'
import fastify from 'fastify'
import t from 'tap'
import ts from 'typescript'
import { cdnPath } from '../../src/cdn/cdn-path.js'
import type { Cdn, CdnGrant, Verdict } from '../../src/cdn/cdn.js'
import { cdnAccess } from '../../src/plugin.js'
import { testCdn } from '../../src/testing/test-cdn.js'
import { apart } from '../fixtures/apart.js'
import { complaintsOf } from '../fixtures/compiled.js'
import { removeAtEnd } from '../fixtures/remove-at-end.js'
import { changedTexts } from '../fixtures/seeded.js'

const root = process.cwd()
const page = readFileSync(join(root, 'docs/cdns/custom.md'), 'utf8')
const blocks = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, text]) => text!)
const [code = '', ownTest = '', ...others] = blocks
const folder = mkdtempSync(join(root, 'test/docs/.custom-'))
const file = join(folder, 'my-cdn.ts')
removeAtEnd(t, folder)

const now = 1_800_000_000
const secret = Buffer.alloc(32, 7).toString('base64url')
const grant: CdnGrant = { paths: ['/courses/42/*'], expiresAt: now + 60 }

interface Page {
  myCdn: (options: { url: string, secret: string }) => Cdn
}

async function load (): Promise<Page> {
  writeFileSync(join(folder, 'my-cdn.js'), transpile(code))
  return await import(join(folder, 'my-cdn.js')) as Page
}

function transpile (text: string): string {
  return ts.transpileModule(text, {
    compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext }
  }).outputText
}

function make ({ myCdn }: Page) {
  const cdn = myCdn({ url: 'https://media.example.com', secret })
  const key = cdn.parseKey({ secret })
  const ask = (
    value: string | undefined,
    url = '/courses/42/a.mp4',
    at = now,
    keys = [key]
  ): Promise<Verdict> =>
    cdn.check({
      method: 'GET',
      url,
      cookies: value === undefined ? [] : [['my_access', value]],
      now: at
    }, keys)
  return { cdn, key, ask }
}

t.test('shows one CDN in one screen', async (t) => {
  t.same(others, [])
  t.ok(code.split('\n').length <= 62)
})

t.test('fits the types', async (t) => {
  writeFileSync(file, code)
  const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')) as {
    compilerOptions: object
  }
  const found = complaintsOf(folder, ['my-cdn.ts'], {
    ...compilerOptions,
    rootDir: root,
    paths: { 'fastify-cdn-access': [join(root, 'src/index.ts')] }
  })
  t.same(found, [])
})

t.test('signs and allows', async (t) => {
  const { cdn, key, ask } = make(await load())
  t.same(cdn.plan(grant), ['/courses/42/'])
  const cookies = await cdn.sign(grant, key)
  t.same(cookies, [{
    name: 'my_access',
    path: '/courses/42/',
    value: '1800000060:/courses/42/:RcQfB4fP-goVBDHeyMSWB2pSTRqCRNj2N6RaxJSHY-g'
  }])
  t.match(await ask(cookies[0]!.value), { allowed: true, status: 200 })
})

t.test('refuses what was not granted', async (t) => {
  const { cdn, key, ask } = make(await load())
  const [cookie] = await cdn.sign(grant, key)
  const failed = async (...request: Parameters<typeof ask>): Promise<string> => {
    const { allowed, status, checks } = await ask(...request)
    return allowed ? 'allowed' : `${status} ${checks.at(-1)!.name}`
  }
  t.equal(await failed(undefined), '403 cookie')
  t.equal(await failed(cookie!.value, '/courses/43/a.mp4'), '403 path')
  t.equal(await failed(cookie!.value, '/courses/42/../43/a.mp4'), '403 path')
  t.equal(await failed(cookie!.value, '/courses/42/..%2f43/a.mp4'), '403 path')
  t.equal(await failed(cookie!.value, undefined, now + 60), '403 expiry')
  t.equal(
    await failed(cookie!.value, undefined, now, [
      cdn.parseKey({ secret: Buffer.alloc(32, 8).toString('base64url') })
    ]),
    '403 signature'
  )
})

t.test('refuses every cookie with one changed byte', async (t) => {
  const { cdn, key, ask } = make(await load())
  const [cookie] = await cdn.sign(grant, key)
  const accepted: string[] = []
  for (const changed of changedTexts(cookie!.value)) {
    if ((await ask(changed)).allowed) accepted.push(changed)
  }
  t.same(accepted, [])
})

t.test('refuses grants and keys that it can\'t hold', async (t) => {
  const { cdn } = make(await load())
  for (
    const odd of [
      { paths: ['/a/*', '/b/*'] },
      { paths: ['/a'] },
      { ip: '192.0.2.7' },
      {
        notBefore: 0
      },
      { claims: {} },
      { paths: ['/a/*/b/*'] }
    ]
  ) t.throws(() => cdn.plan({ ...grant, ...odd }), TypeError)
  t.throws(() => cdn.parseKey({ secret: 'short' }), TypeError)
})

t.test('keeps the contract of a CDN', async (t) => {
  const { cdn } = make(await load())
  const grants = [{ paths: ['/courses/42/*'] }, { paths: ['/courses/43/*'] }, { paths: ['/*'] }]
  await t.resolves(testCdn(cdn, { grants }))
})

t.test('has a test that passes as it stands, and fails where the CDN is broken', async (t) => {
  const run = (cdn: string): string => {
    writeFileSync(join(folder, 'my-cdn.js'), transpile(cdn))
    writeFileSync(join(folder, 'my-cdn.test.js'), transpile(ownTest))
    const env = { ...process.env, NODE_TEST_CONTEXT: '' }
    const command = apart(process.execPath, join(folder, 'my-cdn.test.js'))
    return spawnSync(...command, { env, encoding: 'utf8' }).stdout
  }
  t.match(run(code), /pass 1\b/)
  t.match(
    run(code.replace('request.now < Number(expires)', 'true')),
    'breaks the contract of a CDN: "check" allows access that has ended'
  )
})

t.test('describes every member of the interface', async (t) => {
  const table = page.split('## The members')[1]!.split('\n## ')[0]!
  const described = [...table.matchAll(/^\| `(\w+)` \| \S/gm)].map(([, member]) => member)
  const path = join(root, 'src/cdn/cdn.ts')
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2023)
  const cdn = source.statements.find((statement) =>
    ts.isInterfaceDeclaration(statement) && statement.name.text === 'Cdn'
  ) as ts.InterfaceDeclaration
  t.same(described, cdn.members.map(({ name }) => (name as ts.Identifier).text))
  t.ok(described.includes('trial'))
})

t.test('says where all of a CDN of this project goes', async (t) => {
  const table = page.split('## A CDN of this project')[1]!
  const named = [...table.matchAll(/^\| (`.*) \|.*\|$/gm)].flatMap(([, cell]) => cell!.split(', '))
    .map((name) => name.split('`')[1]!.replaceAll('<name>', 'nginx'))
  t.ok(named.length >= 10)
  for (const name of named) t.ok(existsSync(join(root, name)), name)
  const touched = [
    'src/index.ts',
    'src/cdn/registry.ts',
    'test/testing/contract.test.ts',
    'README.md'
  ]
  for (const name of touched) t.ok(named.includes(name), name)
})

t.test('works in the plugin like any other', async (t) => {
  const { cdn } = make(await load())
  const app = fastify()
  t.teardown(() => app.close())
  await app.register(cookie)
  await app.register(cdnAccess, {
    cdn,
    cookie: { domain: 'example.com' },
    authorize: () => [cdnPath`/courses/${42}/*`],
    paths: ['/courses/42/*'],
    now: () => now * 1000
  })
  const { statusCode, headers } = await app.inject({
    url: '/cdn-access',
    headers: { host: 'api.example.com' }
  })
  t.equal(statusCode, 200)
  t.match(
    [headers['set-cookie']].flat().find((line) => line?.startsWith('my_access=')),
    /^my_access=18000\d{5}:\/courses\/42\/:[\w-]{43}; .*Path=\/courses\/42\/;/
  )
})
