import t from 'tap'
import { testEvent } from '../../src/cli/edge-event.js'

t.test('is a viewer that asks with its cookies', async (t) => {
  const cookies = [{ name: 'a', value: 'b', path: '/' }]
  t.same(testEvent({ host: 'media.example.com', path: '/x', cookies }), {
    version: '1.0',
    context: { eventType: 'viewer-request' },
    viewer: { ip: '198.51.100.1' },
    request: {
      method: 'GET',
      uri: '/x',
      querystring: {},
      headers: { host: { value: 'media.example.com' } },
      cookies: { a: { value: 'b' } }
    }
  })
})
