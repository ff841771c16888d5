import t from 'tap'
import { bytesOf, defaultProxyBytes, largestProxyBytes } from '../../src/cookies/line-size.js'

t.test('counts a line as it stands in a head', async (t) => {
  t.equal(bytesOf([]), 0)
  t.equal(bytesOf(['a=1', 'b=22']), 'set-cookie: a=1\r\nset-cookie: b=22\r\n'.length)
  t.ok(defaultProxyBytes < 4096 && largestProxyBytes === 8192)
})
