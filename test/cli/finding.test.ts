import t from 'tap'
import { healthy, unhealthy } from '../../src/cli/finding.js'

t.test('writes findings as checks are written', async (t) => {
  t.same(healthy('a', 'b'), { name: 'a', ok: true, detail: 'b' })
  t.same(unhealthy('a', 'c', 'b', 'd', { found: 'e' }), {
    name: 'a',
    ok: false,
    detail: 'b',
    code: 'c',
    fix: 'd',
    found: 'e'
  })
})
