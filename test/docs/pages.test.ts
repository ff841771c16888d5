import { execFile, execFileSync, spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import ts from 'typescript'
import { cdnVariables, registry } from '../../src/cdn/registry.js'
import { optionNames } from '../../src/config/options.js'
import * as errors from '../../src/errors.js'

const root = process.cwd()
const files = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
const docs = files.filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)
const pages = ['README.md', 'CONTRIBUTING.md', ...docs]
const read = (page: string): string => readFileSync(join(root, page), 'utf8')

/** The blocks of one language in a page, with the line on which each begins. */
function blocks (page: string, language: string): Array<{ line: number, code: string }> {
  const text = read(page)
  const fenced = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm')
  return [...text.matchAll(fenced)].map(({ index, 1: code }) => {
    return { line: text.slice(0, index).split('\n').length + 1, code: code! }
  })
}

t.test('every TypeScript block of every page compiles against the built package', async (t) => {
  const sources = pages.flatMap((page) =>
    blocks(page, 'ts').map(({ line, code }) => ({
      name: /^\/\/ ([\w.-]+\.ts)$/m.exec(code.split('\n')[0]!)?.[1] ??
        `${page.replaceAll(/[^a-z0-9]+/gi, '-')}-${line}.mts`,
      page,
      line,
      code
    }))
  )
  t.ok(sources.length >= 8)
  const modules = sources.map(({ name, code }) => [name, `${code}\nexport {}\n`])
  const folder = t.testdir(Object.fromEntries(modules))
  const program = ts.createProgram(sources.map(({ name }) => join(folder, name)), {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.esnext.disposable.d.ts']
  })
  const found = ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const source = sources.find(({ name }) => file?.fileName.endsWith(name))
    const line = file === undefined || source === undefined
      ? ''
      : source.line + file.getLineAndCharacterOfPosition(start).line
    const words = ts.flattenDiagnosticMessageText(messageText, ' ')
    return `${source?.page ?? file?.fileName}:${line} ${words}`
  })
  t.same(found, [])
})

const toModule = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext }

/** The first example of the README as JavaScript, and the one that says the same in TypeScript. */
const examples = {
  js: blocks('README.md', 'js')[0]!.code,
  ts: ts.transpile(blocks('README.md', 'ts')[0]!.code, toModule)
}

for (const [language, code] of Object.entries(examples)) {
  t.test(`the first example of the README works with the client, in ${language}`, async (t) => {
    t.ok(code.trim().split('\n').length <= 22, 'it is as short as it claims')
    const folder = t.testdir({
      'example.mjs': code.replace('port: 3000', 'port: 0'),
      'page.mjs': page
    })
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' }
    })
    const env = { ...process.env, NODE_OPTIONS: '' }
    const child = spawn(process.execPath, [join(folder, 'example.mjs')], {
      env: { ...env, MEDIA_KEY: privateKey, SESSION_SECRET: 's'.repeat(32) }
    })
    t.teardown(() => child.kill())
    const port = await new Promise<string>((resolve, reject) => {
      child.stdout.on('data', (text: Buffer) => {
        const match = /127\.0\.0\.1:(\d+)/.exec(String(text))
        if (match !== null) resolve(match[1]!)
      })
      child.on('exit', (status) => {
        reject(new Error(`it ended with ${status}`))
      })
    })
    const { stdout } = await promisify(execFile)(process.execPath, [
      join(folder, 'page.mjs'),
      port
    ], { env })
    const { receipts, ...seen } = JSON.parse(stdout) as Record<string, unknown> & {
      receipts: Array<{ status: string, refreshIn: number }>
    }
    t.same(receipts.map(({ status }) => status), ['issued', 'fresh', 'refreshed'])
    for (const { refreshIn } of receipts) t.ok(refreshIn > 300 && refreshIn <= 525, `${refreshIn}`)
    const names = ['Hash-Algorithm', 'Key-Pair-Id', 'Policy', 'Signature']
    t.strictSame(seen, {
      stranger: 'denied',
      held: names.map((name) => `CloudFront-${name}`),
      elsewhere: [],
      left: [],
      allowed: 'https://www.example.com true'
    })
  })
}

/** A page in a browser with cookies: the client polls the example's server, which TLS fronts. */
const page = `
import { CookieJar } from 'tough-cookie'
import { createCdnAccess } from 'fastify-cdn-access/client'

const api = 'https://api.example.com'
const jar = new CookieJar()
const networkFetch = globalThis.fetch
let allowed
globalThis.document = { hidden: false, querySelectorAll: () => [] }
globalThis.addEventListener = () => {}
globalThis.fetch = async (url, init = {}) => {
  const cookie = await jar.getCookieString(url)
  const reply = await networkFetch(url.replace(api, 'http://127.0.0.1:' + process.argv[2]), {
    ...init,
    headers: {
      ...init.headers,
      ...(cookie === '' ? {} : { cookie }),
      origin: 'https://www.example.com',
      'x-forwarded-proto': 'https'
    }
  })
  for (const line of reply.headers.getSetCookie()) await jar.setCookie(line, url)
  const answer = ['origin', 'credentials'].map((name) => 'access-control-allow-' + name)
  allowed = answer.map((name) => reply.headers.get(name)).join(' ')
  return reply
}
const held = async (path) =>
  (await jar.getCookies('https://media.example.com' + path)).map(({ key }) => key).sort()

const stranger = createCdnAccess({ url: api + '/cdn-access' })
await stranger.ready.catch(() => {})
const { state } = stranger
const receipts = []
await (await fetch(api + '/login', { method: 'POST' })).json()
const session = await jar.getCookies(api)
await jar.removeAllCookies()
for (const each of session) {
  if (each.key === 'sessionId') await jar.setCookie(each, api)
}
const access = createCdnAccess({ url: api + '/cdn-access' })
access.addEventListener('receipt', ({ detail }) => receipts.push(detail))
await access.ready
await access.refresh()
await access.refresh({ force: true })
const before = { held: await held('/users/42/a.png'), elsewhere: await held('/users/43/a.png') }
await access.end()
const left = await held('/users/42/a.png')
console.log(JSON.stringify({ stranger: state, receipts, ...before, left, allowed }))
process.exit()
`

t.test('the example of an inject-based test prints what its comments say', async (t) => {
  const { code } = blocks('docs/testing.md', 'ts')[0]!
  const folder = t.testdir({
    'example.mjs': ts.transpile(code, toModule)
  })
  const said = [...code.matchAll(/console\.log\(.*\) \/\/ (.+)$/gm)].map((match) => match[1]!)
  t.same(said, ['issued refreshed', 'true'])
  const printed = execFileSync(process.execPath, [join(folder, 'example.mjs')], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' }
  })
  t.equal(printed, `${said.join('\n')}\n`)
})

t.test('the page of errors lists each code, its status and when it happens', async (t) => {
  const lines = read('docs/errors.md').matchAll(/^\| `(CDN_ACCESS_\w+)` \| (\d{3}) \| (.+) \|$/gm)
  const rows = [...lines].map(([, code, status]) => [code, Number(status)])
  const classes = Object.entries(errors).map(([code, make]) => [code, new make().statusCode])
  t.same(Object.fromEntries(rows), Object.fromEntries(classes))
})

t.test('the ratios that the page on performance quotes are in the kept results', async (t) => {
  const quoted = read('docs/performance.md').match(/[\d.]+ \([\d.]+–[\d.]+\)/g) ?? []
  t.ok(quoted.length > 20)
  const results = read('bench/results.md')
  for (const ratio of quoted) t.ok(results.includes(`| ${ratio} |`), ratio)
})

t.test('every link between pages leads to one', async (t) => {
  for (const page of pages) {
    for (const [, target] of read(page).matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)) {
      const path = join(page, '..', target!)
      const leads = target === 'LICENSE' || pages.includes(path) ||
        (path.endsWith('.svg') && existsSync(path))
      t.ok(leads, `${page} links to ${target}`)
    }
  }
})

t.test('every code that a page names is one', async (t) => {
  const subjects = 'KEY|COOKIE|COOKIES|PATH|GRANT|TTL|URL|CDN|SIGNED|REPLY|ROUTE|NAME|OPTION'
  const codes = new RegExp(`CDN_ACCESS_(?:${subjects})_[A-Z_]*[A-Z]`, 'g')
  const variables = new Set([...cdnVariables, 'COOKIE_DOMAIN', 'COOKIE_SAME_SITE'])
  for (const page of pages) {
    for (const [code] of read(page).matchAll(codes)) {
      t.ok(
        variables.has(code.slice('CDN_ACCESS_'.length)) || code in errors,
        `${page} names ${code}`
      )
    }
  }
})

t.test('every script that CONTRIBUTING.md names is one', async (t) => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  const named = [...read('CONTRIBUTING.md').matchAll(/\bnpm (?:run ([\w:]+)|(test|start)\b)/g)].map(
    ([, script, short]) => script ?? short!
  )
  t.ok(named.length > 8)
  t.same(named.filter((name) => scripts[name] === undefined), [])
})

t.test('the README names each option and no other', async (t) => {
  const table = read('README.md').split('## Options')[1]!.split('Durations are')[0]!
  const named = new Set([...table.matchAll(/^\| `(\w+)/gm)].map((match) => match[1]!))
  t.same([...named].toSorted(), optionNames.toSorted())
})

t.test('the README and a page of its own name each CDN', async (t) => {
  const table = read('README.md').split('\n## CDNs\n')[1]!.split('Does an exact path')[0]!
  const row = /^\| \[[^\]]+\]\(docs\/cdns\/([\w-]+)\.md\)[^|]* \| `(\w+)` \|/gm
  const linked = [...table.matchAll(row)].map(([, page, factory]) => `${page} ${factory}`)
  t.same(
    linked.toSorted(),
    registry.map(({ name, factory }) => `${name} ${factory.name}`).toSorted()
  )
  for (const { name, factory } of registry) {
    t.match(read(`docs/cdns/${name}.md`), `import { ${factory.name} } from 'fastify-cdn-access'`)
  }
})

t.test('the README says of each CDN what an exact path includes', async (t) => {
  const table = read('README.md').split('| CDN | an exact path |')[1]!.split('\n\n')[0]!
  const rows = [...table.matchAll(/^\| ([^|]+) \| [^|]+ \|$/gm)].map((match) => match[1]!)
  t.equal(new Set(rows).size, registry.length, 'a row for each')
})

t.test('each CDN\'s page says what it takes, how to set it up, and what the origin must not do', async (t) => {
  for (const { name } of registry) {
    const heads = read(`docs/cdns/${name}.md`).match(/^## .*/gm) ?? []
    for (const subject of [/^## Options/, /^## Setting/, /^## (What|Limits)/]) {
      t.ok(heads.some((head) => subject.test(head)), `${name}: ${subject}`)
    }
  }
})

t.test('custom.md names helpers that are there', async (t) => {
  const table = read('docs/cdns/custom.md').split('What is there to use:')[1]!
  for (
    const [, names, file] of table.matchAll(/^\| [^|]+ \| ([^|]+) \| `(src\/[^`]+\.ts)` \|$/gm)
  ) {
    const source = read(file!)
    for (const [, name] of names!.matchAll(/`(\w+)`/g)) {
      t.match(
        source,
        new RegExp(`export (?:async )?(?:function|const) ${name}\\b`),
        `${name} of ${file}`
      )
    }
  }
})

t.test('the README says what each variable means to each CDN', async (t) => {
  const section = read('README.md').split('### Environment')[1]!.split('\n## ')[0]!
  const lines = section.split('\n').filter((line) => line.startsWith('| '))
  const [head = '', ...rows] = lines.map((line) => line.slice(2, -2).replaceAll('`', ''))
  const columns = cdnVariables.map((name) => ` | CDN_ACCESS_${name}`)
  t.equal(head, `CDN_ACCESS_CDN${columns.join('')}`)
  t.same(
    rows,
    registry.map(({ name, variables }) =>
      `${name}${cdnVariables.map((variable) => ` | ${variables[variable] ?? '–'}`).join('')}`
    )
  )
})
