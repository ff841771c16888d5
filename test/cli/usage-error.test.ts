import t from 'tap'
import { UsageError } from '../../src/cli/usage-error.js'

t.test('has a name of its own', async (t) => {
  t.match(new UsageError('No'), { name: 'UsageError', message: 'No' })
})
