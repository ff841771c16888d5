import t from 'tap'
import { noCounts } from '../../src/server/access-counts.js'

t.test('begins with nothing, anew for each registration', async (t) => {
  t.ok(Object.values(noCounts()).every((count) => count === 0))
  t.not(noCounts(), noCounts())
})
