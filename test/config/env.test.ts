import t from 'tap'
import { mkdirSync, writeFileSync } from 'node:fs'
import fastifyEnv from '@fastify/env'
import type { FastifyInstance } from 'fastify'
import { cdnAccess, type CdnAccessOptions } from '../../src/index.js'
import { envPrefixOf, withEnv } from '../../src/config/env.js'
import { clock, host, media, privateKey, working } from '../fixtures/server.js'

type Test = Parameters<typeof host>[0]

const pkcs8 = { type: 'pkcs8', format: 'pem' } as const
const pem = privateKey.export(pkcs8).toString()
const data = {
  CDN_ACCESS_CDN: 'cloudfront',
  CDN_ACCESS_URL: 'https://media.example.com',
  CDN_ACCESS_KEY_ID: 'K9',
  CDN_ACCESS_PRIVATE_KEY: pem,
  CDN_ACCESS_PATHS: '/a/*, /b.png',
  CDN_ACCESS_TTL: '20m',
  CDN_ACCESS_REFRESH_BEFORE: '90',
  CDN_ACCESS_COOKIE_DOMAIN: 'example.com',
  CDN_ACCESS_COOKIE_SAME_SITE: 'strict',
  CDN_ACCESS_ROUTE: '/access'
}

async function read (
  t: Test,
  options: Record<string, unknown>
): Promise<Partial<CdnAccessOptions>> {
  return withEnv(await host(t), options)
}

/** A variable of the process, for the time of a test. */
function setVariable (t: Test, name: string, value: string): void {
  process.env[name] = value
  t.teardown(() => {
    delete process.env[name]
  })
}

t.test('reads every variable', async (t) => {
  const { cdn, ...rest } = await read(t, { env: { data } })
  t.match(cdn, {
    name: 'cloudfront',
    url: 'https://media.example.com',
    keys: [{ keyPairId: 'K9', privateKey: pem }]
  })
  t.same(rest, {
    env: { data },
    paths: ['/a/*', '/b.png'],
    ttl: '20m',
    refreshBefore: 90,
    cookie: { domain: 'example.com', sameSite: 'strict' },
    route: { url: '/access' }
  })
})

t.test('starts a server from variables alone', async (t) => {
  const app = await host(t)
  await app.register(cdnAccess, { authorize: () => true, env: { data }, now: () => clock * 1000 })
  const { headers, body } = await app.inject('/access')
  t.match(JSON.parse(body), { status: 'issued', expiresAt: clock + 1180 })
  t.match(
    String(headers['set-cookie']),
    'CloudFront-Key-Pair-Id=K9; Max-Age=1200; Domain=example.com; Path=/a/; HttpOnly; Secure; ' +
      'SameSite=Strict'
  )
  t.match(app.cdnAccess.cdns, [{ name: 'cloudfront', keyIds: ['K9'] }])
})

t.test('takes an empty string for unset', async (t) => {
  const names = [...Object.keys(data), 'CDN_ACCESS_PRIVATE_KEY_FILE', 'CDN_ACCESS_PASSPHRASE']
  const env = { data: Object.fromEntries(names.map((name) => [name, ''])) }
  t.same(await read(t, { env }), { env: structuredClone(env) })
})

t.test('reads false for a host-only cookie and for no route', async (t) => {
  const env = { data: { CDN_ACCESS_COOKIE_DOMAIN: 'false', CDN_ACCESS_ROUTE: 'false' } }
  t.match(await read(t, { env }), { cookie: { domain: false }, route: false })
})

t.test('reads the process, the dotenv file under it, and data over it', async (t) => {
  const folder = t.testdir({
    '.env': [
      'CDN_ACCESS_TTL=11m',
      'CDN_ACCESS_REFRESH_BEFORE=1m',
      'CDN_ACCESS_ROUTE=/file',
      'OTHER_SECRET=x\n'
    ].join('\n')
  })
  setVariable(t, 'CDN_ACCESS_REFRESH_BEFORE', '2m')
  setVariable(t, 'CDN_ACCESS_ROUTE', '/process')
  t.match(await read(t, {}), { refreshBefore: '2m', route: { url: '/process' }, ttl: undefined })
  const options = await read(t, {
    env: { dotenv: { path: `${folder}/.env` }, data: { CDN_ACCESS_ROUTE: '/data' } }
  })
  t.match(options, { ttl: '11m', refreshBefore: '2m', route: { url: '/data' } })
  t.equal(process.env['OTHER_SECRET'], undefined, 'the file is not put into the process')
  t.match(await read(t, { env: { dotenv: true } }), { ttl: undefined }, 'no file here is none')
  mkdirSync(`${folder}/folder`)
  await t.rejects(read(t, { env: { dotenv: { path: `${folder}/folder` } } }), {
    code: 'CDN_ACCESS_ENV_INVALID',
    message: 'The environment does not fit: the dotenv file can\'t be read (EISDIR)'
  })
})

t.test('reads nothing for false', async (t) => {
  setVariable(t, 'CDN_ACCESS_TTL', 'not a duration')
  t.same(await read(t, { env: false, ttl: 60 }), { env: false, ttl: 60 })
  t.equal(envPrefixOf(false), undefined)
})

t.test('reads variables of another prefix', async (t) => {
  setVariable(t, 'CDN_ACCESS_TTL', '5m')
  const films = JSON.parse(JSON.stringify(data).replaceAll('"CDN_ACCESS_', '"FILMS_'))
  t.match(await read(t, { env: { prefix: 'FILMS_', data: films } }), {
    ttl: '20m',
    route: { url: '/access' }
  })
  t.equal(envPrefixOf({ prefix: 'FILMS_' }), 'FILMS_')
  t.equal(envPrefixOf(undefined), 'CDN_ACCESS_')
  await t.rejects(read(t, { env: { prefix: 'FILMS_', data: { FILMS_CDN: 'cloudfront' } } }), {
    message: 'The environment does not fit: FILMS_URL is missing beside FILMS_CDN'
  })
  for (const prefix of ['', 'films_', '1_', 'A-B', 7]) {
    t.throws(() => envPrefixOf({ prefix } as never), {
      code: 'CDN_ACCESS_OPTION_INVALID',
      message: /^Option "env.prefix" must be upper-case letters/
    })
  }
})

t.test('lets code win, leaf by leaf', async (t) => {
  const cdn = media()
  const options = await read(t, {
    env: { data },
    cdn,
    ttl: '15m',
    cookie: { domain: undefined, sameSite: 'lax', secure: true },
    route: { config: { tier: 1 } },
    paths: undefined
  })
  t.equal(options.cdn, cdn)
  t.match(options, { ttl: '15m', refreshBefore: 90, paths: ['/a/*', '/b.png'] })
  t.same(options.cookie, { domain: 'example.com', sameSite: 'lax', secure: true })
  t.same(options.route, { url: '/access', config: { tier: 1 } })
  t.match(await read(t, { env: { data }, route: false, cookie: { domain: false } }), {
    route: false,
    cookie: { domain: false, sameSite: 'strict' }
  })
  const env = { data: { CDN_ACCESS_ROUTE: 'false' } }
  t.match(await read(t, { env, route: { url: '/code' } }), { route: { url: '/code' } })
  for (const cookie of ['example.com', [], null]) {
    t.equal((await read(t, { env: { data }, cookie })).cookie, cookie, 'what is wrong stays wrong')
  }
})

t.test('does not look at a CDN\'s variables where code has one', async (t) => {
  const variables = {
    CDN_ACCESS_CDN: 'cloudfront',
    CDN_ACCESS_PRIVATE_KEY_FILE: '/nowhere/key.pem'
  }
  await t.resolves(read(t, { cdn: media(), env: { data: variables } }))
})

t.test('reads a key file, and a passphrase', async (t) => {
  const encrypted = privateKey.export({ ...pkcs8, cipher: 'aes-256-cbc', passphrase: 'open' })
  const file = `${t.testdir()}/key.pem`
  writeFileSync(file, encrypted)
  const app = await host(t)
  const variables = {
    ...data,
    CDN_ACCESS_PRIVATE_KEY: '',
    CDN_ACCESS_PRIVATE_KEY_FILE: file,
    CDN_ACCESS_PASSPHRASE: 'open'
  }
  await app.register(cdnAccess, { authorize: () => true, env: { data: variables } })
  t.equal((await app.inject('/access')).statusCode, 200)
  const elsewhere = { ...variables, CDN_ACCESS_PRIVATE_KEY_FILE: '/nowhere/key.pem' }
  await t.rejects(read(t, { env: { data: elsewhere } }), {
    code: 'CDN_ACCESS_KEY_FILE_UNREADABLE',
    message: /"CDN_ACCESS_PRIVATE_KEY_FILE".* there is no such file/
  })
  await t.rejects(read(t, { env: { data: { ...variables, CDN_ACCESS_PRIVATE_KEY: pem } } }), {
    code: 'CDN_ACCESS_ENV_INVALID',
    message: /not both$/
  })
})

t.test('names every variable that does not fit, and no value', async (t) => {
  const secret = 'aSecretThatMustNotShow'
  const variables = {
    CDN_ACCESS_CDN: secret,
    CDN_ACCESS_TTL: secret,
    CDN_ACCESS_REFRESH_BEFORE: '1 h',
    CDN_ACCESS_COOKIE_SAME_SITE: secret
  }
  const error = await read(t, { env: { data: variables } }).then(
    () => new Error('they were taken'),
    (thrown: unknown) => thrown as Error
  )
  t.match(error, {
    code: 'CDN_ACCESS_ENV_INVALID',
    message: /CDN_ACCESS_CDN must be one of cloudfront/
  })
  const others = 'CDN_ACCESS_TTL must be a duration such as 600, 90s or 10m; ' +
    'CDN_ACCESS_REFRESH_BEFORE must be a duration such as 600, 90s or 10m; ' +
    'CDN_ACCESS_COOKIE_SAME_SITE must be one of lax, strict, none'
  t.ok(error.message.endsWith(others), error.message)
  t.notOk(JSON.stringify([error, error.message, error.cause]).includes(secret))
})

t.test('leaves the host\'s own config and getEnvs() alone, before it and after it', async (t) => {
  const schema = { type: 'object', properties: { HOST_NAME: { type: 'string', default: 'mine' } } }
  const own = async (app: FastifyInstance): Promise<void> => {
    await app.register(fastifyEnv, { schema: structuredClone(schema), data: { HOST_NAME: 'mine' } })
  }
  const plugin = async (app: FastifyInstance): Promise<void> => {
    await app.register(cdnAccess, working({ cdn: undefined, cookie: undefined, env: { data } }))
  }
  for (const order of [[own, plugin], [plugin, own]]) {
    const app = await host(t)
    for (const register of order) await register(app)
    app.get('/envs', async (request) => request.getEnvs())
    const decorated = app as unknown as {
      config: unknown
      getEnvs: () => unknown
      cdnAccessVariables: unknown
    }
    t.same(decorated.config, { HOST_NAME: 'mine' })
    t.same(decorated.getEnvs(), { HOST_NAME: 'mine' })
    t.same((await app.inject('/envs')).json(), { HOST_NAME: 'mine' })
    t.equal(decorated.cdnAccessVariables, undefined)
    t.equal((await app.inject('/access')).statusCode, 200)
  }
  const without = await host(t)
  await plugin(without)
  await without.ready()
  t.equal(without.hasDecorator('config'), false)
  t.equal(without.hasDecorator('getEnvs'), false)
  t.equal(without.hasRequestDecorator('getEnvs'), false)
})

t.test('warns of a name that nothing reads', async (t) => {
  const log: string[] = []
  const app = await host(t, log)
  await app.register(cdnAccess, {
    ...working(),
    env: { data: { CDN_ACCESS_TLL: '5m', CDN_ACCESS_TTL: '5m' } }
  })
  t.match(log.map((line) => JSON.parse(line).msg), [/nothing reads CDN_ACCESS_TLL: is the name/])
})
