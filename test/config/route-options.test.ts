import t from 'tap'
import { resolveRoute } from '../../src/config/route-options.js'

t.test('has an address of its own, below the prefix of the registration', async (t) => {
  const plain = { name: undefined, areas: false, values: false, options: {} }
  t.same(resolveRoute({}), { url: '/cdn-access', ...plain })
  t.same(resolveRoute({ prefix: '/v1/', route: { url: '/media' } }), {
    url: '/v1/media',
    ...plain
  })
  t.equal(resolveRoute({ route: false }), false)
})

t.test('lays its options over those of the registration', async (t) => {
  const logSerializers = { own: () => 'x' }
  t.match(resolveRoute({ logLevel: 'warn', logSerializers }), {
    url: '/cdn-access',
    options: { logLevel: 'warn', logSerializers }
  })
  t.match(resolveRoute({ logLevel: 'warn', route: { logLevel: 'error' } }), {
    options: { logLevel: 'error' }
  })
})

t.test('refuses what the plugin sets, and what the route does not read', async (t) => {
  const cases: Array<[route: unknown, rule: string]> = [
    [true, 'must be false or an object'],
    [null, 'must be false or an object'],
    [[], 'must be false or an object'],
    [{ url: 'access' }, 'has a "url" that is not a path with a leading slash'],
    [{ handler: () => '' }, 'has "handler", which the plugin sets itself'],
    [{ exposeHeadRoute: true }, 'has "exposeHeadRoute", which the plugin sets itself'],
    [{ preSerialization: [] }, 'has "preSerialization", which never runs'],
    [{ schema: { body: {} } }, 'has "schema.body", which the route does not read']
  ]
  for (const [route, rule] of cases) {
    t.throws(() => resolveRoute({ route }), {
      code: 'CDN_ACCESS_ROUTE_INVALID',
      message: new RegExp(rule)
    })
  }
})

t.test('leaves what may name an area to the host to describe and to check', async (t) => {
  const querystring = { type: 'object', properties: { course: { type: 'string' } } }
  const area = (): undefined => undefined
  t.match(resolveRoute({ area, route: { schema: { querystring } } }), {
    areas: true,
    options: { schema: { querystring } }
  })
  t.throws(() => resolveRoute({ route: { schema: { querystring } } }), {
    message: /has "schema.querystring", which the route does not read/
  })
  t.throws(() => resolveRoute({ area, route: { schema: { body: {} } } }), {
    message: /has "schema.body", which the route does not read/
  })
})
