import t from 'tap'
import { bytesOf } from '../../src/cookies/line-size.js'
import { cdnPath, type Authorization } from '../../src/index.js'
import { seeds } from '../fixtures/property.js'
import { seeded } from '../fixtures/seeded.js'
import { createViewer, fixedClock, mediaUrl, startApi } from '../fixtures/site.js'

t.test('clears every place that it set, in replies that every proxy passes', async (t) => {
  let largest = 0
  let waits = 0
  for (const seed of seeds(12)) {
    const next = seeded(seed)
    const clock = fixedClock()
    let grant: Authorization = false
    const sameSite = next(3) === 0 ? 'none' : 'lax'
    const app = await startApi(clock, {
      authorize: () => grant,
      cookie: { domain: 'example.com', sameSite }
    })
    const viewer = createViewer()
    const seen = new Set<string>()
    for (let step = 0; step < 12; step++) {
      const [folder, first, count] = ['f'.repeat(1 + next(60)), next(40), next(10)]
      grant = Array.from({ length: count }, (_, index) => cdnPath`/${folder}/${first + index}/*`)
      if (next(5) === 0) clock.advance(next(500))
      const before = await viewer.ask(app, next(6) === 0 ? 'DELETE' : 'GET')
      for (const line of before.setCookie) seen.add(/Path=([^;]+)/.exec(line)![1]!)
      const bytes = bytesOf(before.setCookie)
      largest = Math.max(largest, bytes)
      t.ok(bytes <= 8192, `seed ${seed}: ${bytes} bytes`)
      if (before.body['code'] === 'CDN_ACCESS_CLEARING_FIRST') {
        waits++
        t.equal((await viewer.ask(app)).status, 200, `seed ${seed}: the next poll has room`)
      }
    }
    grant = false
    // One logout clears as much as a reply holds, and the ticket names the rest.
    for (let times = 0; times < 4; times++) await viewer.ask(app, 'DELETE')
    for (const path of seen) {
      t.equal(viewer.cookies(`${mediaUrl}${path}`), '', `seed ${seed}: ${path}`)
    }
  }
  t.ok(largest > 4000, `the largest reply has ${largest} bytes, and ${waits} had to wait`)
})
