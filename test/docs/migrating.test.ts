import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import t, { type Test } from 'tap'
import { CookieJar } from 'tough-cookie'
import { ownFolder } from '../fixtures/own-folder.js'

const page = readFileSync('docs/migrating.md', 'utf8')
const names = ['before-sdk', 'before-sign', 'after'] as const
const folder = ownFolder(
  t,
  Object.fromEntries(names.map((name) => [
    `${name}.mjs`,
    new RegExp(`\`\`\`js\\n(// ${name}\\.js\\n[\\s\\S]*?)\`\`\``).exec(page)![1]!
  ]))
)

const privateKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
const options = {
  privateKey: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
  userOf: ({ headers }: FastifyRequest) => {
    const id = headers['x-user']
    return id === undefined ? undefined : { id: String(id) }
  }
}
const api = 'https://api.example.com/media-cookies'
const file = 'https://media.example.com/users/42/a.png'

/** A server of one of the page's blocks. */
async function start (t: Test, name: typeof names[number]): Promise<FastifyInstance> {
  const app = Fastify()
  t.teardown(() => app.close())
  const { before, after } = await import(join(folder, `${name}.mjs`)) as Record<
    string,
    (app: FastifyInstance, given: typeof options) => Promise<void>
  >
  await (before ?? after)!(app, options)
  return app
}

async function ask (
  app: FastifyInstance,
  jar: CookieJar,
  headers: Record<string, string> = { 'x-user': '42' },
  method: 'GET' | 'DELETE' = 'GET'
): Promise<number> {
  const cookie = await jar.getCookieString(api)
  const own = { ...headers, host: 'api.example.com', cookie }
  const reply = await app.inject({ method, url: '/media-cookies', headers: own })
  for (const line of [reply.headers['set-cookie'] ?? []].flat()) await jar.setCookie(line, api)
  return reply.statusCode
}

/** What CloudFront would say of what a browser sends, and what is odd about it. */
async function asked (app: FastifyInstance, jar: CookieJar): Promise<[boolean, string[]]> {
  const cookies = await jar.getCookieString(file)
  const { allowed, notes = [] } = await app.cdnAccess.explain({ url: file, cookies })
  return [allowed, notes.map(({ code }) => code)]
}

for (const name of names) {
  t.test(`${name} lets in whom it should, and CloudFront would take its cookies`, async (t) => {
    const app = await start(t, name)
    const reader = await start(t, 'after')
    const jar = new CookieJar()
    t.equal(await ask(app, jar, {}), 403)
    t.equal(await jar.getCookieString(file), '')
    t.equal(await ask(app, jar), 200)
    t.strictSame(await asked(reader, jar), [true, []])
  })
}

for (const name of ['before-sdk', 'before-sign'] as const) {
  t.test(`what ${name} set is cleared with the first answer of the new route`, async (t) => {
    const [earlier, later] = [await start(t, name), await start(t, 'after')]
    const jar = new CookieJar()
    await ask(earlier, jar)
    const both = jar.cloneSync()!
    await ask(later, jar)
    t.strictSame(await asked(later, jar), [true, []])
    for (const { key, value } of await jar.getCookies(file)) {
      await both.setCookie(`${key}=${value}; Domain=example.com; Path=/users/42/; Secure`, api)
    }
    t.match(await asked(later, both), [true, ['sent-twice']], 'without the hook')
    t.equal(await ask(later, jar, undefined, 'DELETE'), 204)
    t.equal(await jar.getCookieString(file), '')
  })

  t.test(`a hostile id widens the policy of ${name}, and not the new one`, async (t) => {
    const [earlier, later] = [await start(t, name), await start(t, 'after')]
    const headers = { 'x-user': '*' }
    const policyOf = async (app: FastifyInstance): Promise<string> => {
      const reply = await app.inject({ url: '/media-cookies', headers })
      const policy = [reply.headers['set-cookie'] ?? []].flat().find((line) =>
        /^CloudFront-Policy=[^;]/.test(line)
      )
      return Buffer.from(policy!.split(/[=;_]/)[1]!, 'base64').toString()
    }
    t.match(await policyOf(earlier), '/users/*/*')
    t.match(await policyOf(later), '/users/%2A/*')
    t.match((await later.inject({ url: '/media-cookies', headers: { 'x-user': '../7' } })).json(), {
      code: 'CDN_ACCESS_PATH_SEGMENT_INVALID'
    })
  })
}

t.test('the hash is what the table says', async (t) => {
  const jar = new CookieJar()
  await ask(await start(t, 'before-sdk'), jar)
  t.notMatch(await jar.getCookieString(file), 'Hash-Algorithm')
  await ask(await start(t, 'after'), jar)
  t.match(await jar.getCookieString(file), 'CloudFront-Hash-Algorithm=SHA256')
})

t.test('a signed URL opens its file', async (t) => {
  const app = await start(t, 'after')
  const path = /signUrl\('([^']+)', \{ ttl: '1h' \}\)/.exec(page)![1]!
  const url = await app.cdnAccess.signUrl(path, { ttl: '1h' })
  t.match(await app.cdnAccess.explain({ url, cookies: '' }), { allowed: true })
})
