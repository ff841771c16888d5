import t from 'tap'
import { cutUrl } from '../../src/explain/cut-url.js'

t.test('cuts the address off, in its one form, and leaves the rest as it stands', async (t) => {
  t.same(cutUrl('HTTPS://Media.Example.com:443/a/../b?c#d'), [
    'https://media.example.com',
    '/a/../b?c'
  ])
  t.same(cutUrl('https://h'), ['https://h', '/'])
  t.same(cutUrl('/a'), [undefined, '/a'])
})
