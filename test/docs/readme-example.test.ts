import { execFile, spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import ts from 'typescript'
import { apart } from '../fixtures/apart.js'

const text = readFileSync('README.md', 'utf8')
const { privateKey, publicKey } = generateKeyPairSync('ec', {
  namedCurve: 'prime256v1',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' }
})

/** The block of the README that begins by naming this file. */
function block (file: string): string {
  const blocks = [...text.matchAll(/^```\w+\n([\s\S]*?)^```/gm)].map((match) => match[1]!)
  return blocks.find((code) => /^(?:\/\/|<!--) (\S+)/.exec(code)?.[1] === file)!
}

const toModule = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext }

/** The API of the example, as the README writes it three times. */
const apis: Readonly<Record<string, string>> = {
  'api.js': block('api.js'),
  'api.ts': ts.transpile(block('api.ts'), toModule),
  'api.cjs': block('api.cjs')
}

async function freePorts (): Promise<string[]> {
  const servers = await Promise.all(['page', 'API', 'CDN'].map(async () => {
    const server = createServer().listen(0)
    await once(server, 'listening')
    return server
  }))
  const ports = servers.map((server) => String((server.address() as AddressInfo).port))
  for (const server of servers) server.close()
  return ports
}

/** Starts a file, and waits until each of its ports answers. */
async function start (t: Test, cwd: string, file: string, ports: readonly string[]): Promise<void> {
  const child = spawn(...apart(process.execPath, file), {
    cwd,
    stdio: ['ignore', 'ignore', 'inherit']
  })
  t.teardown(() => child.kill())
  for (const port of ports) {
    while (!await fetch(`http://localhost:${port}`).then(() => true, () => false)) {
      if (child.exitCode !== null) throw new Error(`${file} ended with ${child.exitCode}`)
      await setTimeout(20)
    }
  }
}

for (const [name, code] of Object.entries(apis)) {
  t.test(`the example of the README works with its page and its edge, by ${name}`, async (t) => {
    t.ok(code.trim().split('\n').length <= 33, 'it is short')
    const [page, api, cdn] = await freePorts() as [string, string, string]
    const local = (of: string): string =>
      of.replaceAll('3000', page).replaceAll('3001', api).replaceAll('3002', cdn)
    const html = local(block('index.html'))
    const apiFile = name.replace('.ts', '.js').replace('.js', '.mjs')
    const cwd = t.testdir({
      [apiFile]: local(code),
      'local.mjs': local(block('local.js')),
      'index.html': html,
      'browser.mjs': browser.replace(
        '// SCRIPT',
        () =>
          /<script type="module">\n([\s\S]*?)<\/script>/.exec(html)![1]!.replace(
            '\'/client.js\'',
            '\'fastify-cdn-access/client\''
          )
      ).replaceAll('PAGE', page).replaceAll('API', api).replaceAll('CDN', cdn),
      'media.private.pem': privateKey,
      'media.public.pem': publicKey
    })
    await Promise.all([
      start(t, cwd, apiFile, [api]),
      start(t, cwd, 'local.mjs', [page, cdn])
    ])
    t.equal(await (await fetch(`http://localhost:${page}/`)).text(), html)
    const client = await (await fetch(`http://localhost:${page}/client.js`)).text()
    t.equal(client, readFileSync('dist/client/cdn-access.js', 'utf8'))
    const command = apart(process.execPath, join(cwd, 'browser.mjs'))
    const { stdout } = await promisify(execFile)(...command, { cwd })
    const { receipts, other, ...seen } = JSON.parse(stdout) as Record<string, unknown> & {
      receipts: Array<{ status: string, refreshIn: number }>
      other: { checks: Array<{ detail: string }> }
    }
    t.same(receipts.map(({ status }) => status), ['fresh', 'fresh', 'refreshed'])
    for (const { refreshIn } of receipts) t.ok(refreshIn > 300 && refreshIn <= 525, `${refreshIn}`)
    t.match(other.checks.at(-1)!.detail, 'is this path granted')
    const names = ['Hash-Algorithm', 'Key-Pair-Id', 'Policy', 'Signature']
    t.strictSame(seen, {
      stranger: ['denied', 'CDN access denied: 403: CDN_ACCESS_DENIED'],
      shown: ['200 what is at /users/42/film.txt', '403 after logout'],
      held: names.map((cookie) => `CloudFront-${cookie}`),
      elsewhere: [],
      left: [],
      allowed: `http://localhost:${page} true`,
      after: 403
    })
  })
}

t.test('what is said to change makes it the one of production', async (t) => {
  const table = text.split('What changes in production:\n\n')[1]!.split('\n\n')[0]!
  const values = [...table.matchAll(/^\| `(?:\w+\.)?(\w+)`.* \| `([^`]+)` \| `([^`]+)` \|$/gm)]
  t.equal(values.length, 6)
  const changed = (before: string): string =>
    values.reduce(
      (code, [, name, here, there]) =>
        code.replace(
          new RegExp(`\\b${name}( =|:) ${quoted(here!)}`),
          `${name}$1 ${quoted(there!)}`
        ),
      before
    )
  t.notMatch([changed(block('api.js')), changed(block('index.html'))].join(), /http:..localhost/)
  const [api] = await freePorts() as [string, string, string]
  const code = changed(block('api.js'))
  const cwd = t.testdir({
    'api.mjs': code.replace('3001', api),
    'media.private.pem': privateKey
  })
  await start(t, cwd, 'api.mjs', [api])
  const { headers } = await fetch(`http://localhost:${api}/login`, {
    method: 'POST',
    headers: { origin: 'https://www.example.com', 'x-forwarded-proto': 'https' }
  })
  t.equal(headers.get('access-control-allow-origin'), 'https://www.example.com')
  const lines = headers.getSetCookie()
  t.match(lines.find((line) => line.startsWith('sessionId')), /; Secure/)
  const first = lines.find((line) => line.startsWith('CloudFront-'))
  t.match(first, /; Domain=example\.com; Path=\/users\/42\/; /)
  t.match(first, /; Secure/)
  t.ok(lines.some((line) => line.startsWith('__Host-cdn-access=')))
  const policy = Buffer.from(first!.split(/[=_]/)[1]!, 'base64').toString()
  t.match(policy, 'https://media.example.com/users/42/*')
})

t.test('the test of the README passes', async (t) => {
  const cwd = t.testdir({ 'access.test.mjs': block('access.test.js') })
  const { stdout } = await promisify(execFile)(
    ...apart(process.execPath, '--test', '--test-reporter=tap'),
    { cwd }
  )
  t.match(stdout, /^# pass 1$/m)
  t.match(stdout, /^# fail 0$/m)
})

/** As it stands in code: texts have their quotes there, and not all of the table do. */
function quoted (value: string): string {
  return /^(?:'.*'|false)$/.test(value) ? value : `'${value}'`
}

/** A browser that keeps cookies and has loaded the example's page, whose buttons it presses. */
const browser = `
import { CookieJar } from 'tough-cookie'

const media = 'http://localhost:CDN'
const jar = new CookieJar()
const networkFetch = globalThis.fetch
let allowed
const elements = { '#login': {}, '#logout': {}, pre: {} }
globalThis.document = {
  hidden: false,
  querySelectorAll: () => [],
  querySelector: (name) => elements[name]
}
globalThis.addEventListener = () => {}
globalThis.fetch = async (...asked) => {
  const request = new Request(...asked)
  if (request.credentials === 'include') {
    request.headers.set('cookie', await jar.getCookieString(request.url))
  }
  request.headers.set('origin', 'http://localhost:PAGE')
  const reply = await networkFetch(request)
  for (const line of reply.headers.getSetCookie()) await jar.setCookie(line, request.url)
  const answer = ['origin', 'credentials'].map((name) => 'access-control-allow-' + name)
  allowed = answer.map((name) => reply.headers.get(name)).join(' ')
  return reply
}
const held = async (path) => (await jar.getCookies(media + path)).map(({ key }) => key)
  .filter((key) => key.startsWith('CloudFront-')).sort()

// SCRIPT

await access.ready.catch(() => {})
const stranger = [access.state, elements.pre.textContent]
const receipts = []
access.addEventListener('receipt', ({ detail }) => receipts.push(detail))
const shown = []
await elements['#login'].onclick()
shown.push(elements.pre.textContent)
await access.refresh()
await access.refresh({ force: true })
const before = {
  held: await held('/users/42/a.png'),
  elsewhere: await held('/users/43/a.png'),
  other: await (await fetch(media + '/users/43/a.png', { credentials: 'include' })).json()
}
await elements['#logout'].onclick()
shown.push(elements.pre.textContent)
const left = await held('/users/42/a.png')
const { status: after } = await fetch('http://localhost:API/cdn-access', { credentials: 'include' })
console.log(JSON.stringify({ stranger, receipts, shown, ...before, left, allowed, after }))
process.exit()
`
