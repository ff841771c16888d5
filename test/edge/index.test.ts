import t from 'tap'
import * as surface from '../../src/edge/index.js'

t.test('exports one plugin under two names', async (t) => {
  t.equal(surface.default, surface.cdnEdge)
  t.same(Object.keys(surface), ['cdnEdge', 'default'])
})
