import t from 'tap'
import Fastify from 'fastify'
import { cdnAccess } from '../../src/index.js'
import { refusesApp } from '../fixtures/refusals.js'
import { media, working } from '../fixtures/server.js'

const other = {
  cdn: media({ url: 'https://files.example.org' }),
  cookie: { domain: 'example.org' },
  route: false
}

t.test('refuses what does not fit its server', async (t) => {
  await refusesApp(
    t,
    'ALREADY_REGISTERED',
    'give one registration an array of CDNs',
    'twice in one scope',
    async (app) => {
      await app.register(cdnAccess, working())
      await app.register(cdnAccess, working({ ...other, name: 'files' }))
    }
  )
  await refusesApp(
    t,
    'NAME_TAKEN',
    'give this one its own "name"',
    'a ticket of another scope',
    async (app) => {
      await app.register(cdnAccess, working())
      await app.register(async (child) => {
        await child.register(cdnAccess, working(other))
      })
    }
  )
  await refusesApp(
    t,
    'COOKIE_CONFLICT',
    'different values of "cookie.domain"',
    'cookies that overwrite those of another scope',
    async (app) => {
      await app.register(async (child) => {
        await child.register(cdnAccess, working())
      })
      await app.register(async (child) => {
        await child.register(cdnAccess, working({ name: 'files', route: false }))
      })
    }
  )
  await refusesApp(
    t,
    'ROUTE_TAKEN',
    'set "route.url" to another address',
    'a route that is taken',
    async (app) => {
      app.get('/cdn-access', async () => '')
      await app.register(cdnAccess, working())
    }
  )
})

t.test('refuses a server without @fastify/cookie, in Fastify\'s words', async (t) => {
  const app = Fastify()
  t.teardown(() => app.close())
  const register = async (): Promise<void> => {
    await app.register(cdnAccess, working())
  }
  await t.rejects(register(), {
    code: 'FST_ERR_PLUGIN_DEPENDENCY_NOT_REGISTERED',
    message: /The dependency '@fastify\/cookie' of plugin 'fastify-cdn-access' is not registered/
  })
})
