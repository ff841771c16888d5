import t from 'tap'
import { checkMediaCdnRequest } from '../../../src/cdn/google/media-cdn-request.js'
import { verdict } from '../../../src/cdn/format/verdict.js'
import { ask, outcome } from '../../fixtures/google.js'

async function check (method: string, url = '/a?b'): Promise<string> {
  return outcome(
    await verdict(403, (list) => {
      checkMediaCdnRequest(list, ask(url, { method }))
    })
  )
}

t.test('takes the three methods that can be signed', async (t) => {
  for (const method of ['GET', 'HEAD', 'OPTIONS']) t.equal(await check(method), 'allowed')
})

t.test('refuses every other method', async (t) => {
  for (const method of ['POST', 'PUT', 'DELETE', 'get', '']) {
    t.equal(
      await check(method),
      '403 method: Media CDN takes signed requests with GET, HEAD and OPTIONS alone.'
    )
  }
})

t.test('refuses a path that climbs', async (t) => {
  t.match(await check('GET', '/a/../b'), /^403 path/)
})
