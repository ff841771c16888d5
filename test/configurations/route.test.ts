import t from 'tap'
import { refuses } from '../fixtures/refusals.js'

t.test('refuses a wrong route', async (t) => {
  await refuses(t, 'ROUTE_INVALID', 'an object such as { url: "/cdn-access" }', {
    'a route that is a string': { route: '/access' }
  })
  await refuses(t, 'ROUTE_INVALID', 'must be false or an object', {
    'a route that is true': { route: true },
    'a route that is null': { route: null },
    'a route that is an array': { route: ['/access'] }
  })
  await refuses(t, 'ROUTE_INVALID', 'check requests in a hook', {
    'a route with a schema for a body': { route: { schema: { body: { type: 'object' } } } }
  })
  await refuses(t, 'ROUTE_INVALID', 'has "method", which the plugin sets itself', {
    'a route with a method': { route: { method: 'PUT' } }
  })
  await refuses(t, 'ROUTE_INVALID', 'has "handler", which the plugin sets itself', {
    'a route with a handler': { route: { handler: () => '' } }
  })
  await refuses(t, 'ROUTE_INVALID', 'a leading slash', {
    'a route url without a slash': { route: { url: 'access' } },
    'a route url that is a number': { route: { url: 1 } }
  })
})
