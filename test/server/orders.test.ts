import autoload from '@fastify/autoload'
import cookie from '@fastify/cookie'
import Fastify, { type FastifyInstance } from 'fastify'
import t from 'tap'
import { cdnAccess } from '../../src/index.js'
import { working } from '../fixtures/server.js'

type Step = (app: FastifyInstance) => unknown

const urls = ['/route', '/scope/inner', '/scope/deep/inner', '/loaded', '/none']

function stepsIn (folder: string, withPlugin: boolean): Record<string, Step> {
  return {
    cookie: (app) => app.register(cookie),
    plugin: (app) => withPlugin && app.register(cdnAccess, working({ refreshOnRequest: true })),
    route: (app) => app.get('/route', async () => 'route'),
    scope: (app) =>
      app.register(async (scope) => {
        scope.get('/inner', async () => ({ inner: true }))
        await scope.register(async (deep) => {
          deep.get('/inner', async (_request, reply) => reply.code(201).send('deep'))
        }, { prefix: '/deep' })
      }, { prefix: '/scope' }),
    autoload: (app) => app.register(autoload, { dir: `${folder}/routes`, forceESM: true })
  }
}

function permutations<Item> (items: readonly Item[]): Item[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((item) =>
    permutations(items.filter((other) => other !== item)).map((rest) => [item].concat(rest))
  )
}

async function answers (
  steps: Record<string, Step>,
  order: string[],
  awaited: boolean
): Promise<unknown[]> {
  const app = Fastify()
  try {
    for (const name of order) {
      const done = steps[name]!(app)
      if (awaited) await done
    }
    return await Promise.all(urls.map(async (url) => {
      const { statusCode, body, headers: { date: _date, ...headers } } = await app.inject(url)
      return { url, statusCode, body, headers }
    }))
  } finally {
    await app.close()
  }
}

t.test('answers every other route as without the plugin, in every order of registration', async (t) => {
  const folder = t.testdir({
    'package.json': '{ "type": "module" }',
    routes: {
      'loaded.js': 'export default async (app) => { app.get(\'/loaded\', async () => \'loaded\') }'
    }
  })
  const orders = permutations(['cookie', 'plugin', 'route', 'scope', 'autoload']).filter((order) =>
    order.indexOf('cookie') < order.indexOf('plugin')
  )
  t.equal(orders.length, 60)
  for (const order of orders) {
    for (const awaited of [false, true]) {
      const [bare, found] = [
        await answers(stepsIn(folder, false), order, awaited),
        await answers(stepsIn(folder, true), order, awaited)
      ]
      t.same(found, bare, order.join(', '))
    }
  }
})

t.test('can be used in a scope that was registered before it', async (t) => {
  const app = Fastify()
  t.teardown(() => app.close())
  void app.register(async (scope) => {
    scope.get('/login', async (_request, reply) => reply.issueCdnAccess())
    scope.get('/logout', async (_request, reply) => reply.clearCdnAccess().send('bye'))
    scope.get('/ticket', async (request) => request.cdnAccessTicket)
  })
  void app.register(cookie)
  void app.register(cdnAccess, working())
  const headers = { host: 'api.example.com' }
  const login = await app.inject({ url: '/login', headers })
  t.match(login.json(), { status: 'issued' })
  const lines = [login.headers['set-cookie'] ?? []].flat()
  t.equal(lines.length, 6)
  const held = lines.map((line) => line.split(';')[0]).join('; ')
  t.match((await app.inject({ url: '/ticket', headers: { ...headers, cookie: held } })).json(), {
    status: 'valid'
  })
  const logout = await app.inject({ url: '/logout', headers: { ...headers, cookie: held } })
  t.equal(logout.body, 'bye')
  t.ok([logout.headers['set-cookie'] ?? []].flat().every((line) => line.includes('Max-Age=0')))
})
