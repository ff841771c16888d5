import t from 'tap'
import { sentTwice } from '../../../src/cdn/format/duplicates.js'

t.test('names each cookie that came more than once, and which one counts', async (t) => {
  const cookies = ['a', 'b', 'a', 'c', 'b', 'b'].map((name) => [name, 'secret'] as const)
  t.equal(
    sentTwice(cookies, ['a', 'b', 'c', 'd'], 'the first counts'),
    ' The cookie a was sent 2 times, for the browser keeps it with another Domain or Path as ' +
      'well: the first counts. The cookie b was sent 3 times, for the browser keeps it with ' +
      'another Domain or Path as well: the first counts.'
  )
  t.equal(sentTwice(cookies, ['c', 'A'], 'the first counts'), '')
})
