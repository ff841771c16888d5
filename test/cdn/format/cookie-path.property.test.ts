import t from 'tap'
import { separateCookiePaths } from '../../../src/cdn/format/cookie-path.js'
import { matchesWildcard } from '../../../src/cdn/format/wildcard.js'
import { seeds } from '../../fixtures/property.js'
import { pickText, seeded } from '../../fixtures/seeded.js'

t.test('advises no path but one that covers both and opens nothing else', async (t) => {
  const requests = ['', 'a', 'b', '/'].flatMap((first) =>
    ['', 'a', 'b', '/'].flatMap((second) =>
      ['', 'a', 'b'].map((third) => `/${first}${second}${third}`)
    )
  )
  const counts = { advised: 0, neither: 0 }
  const wrong: string[] = []
  for (const seed of seeds(4000)) {
    const next = seeded(seed)
    const draw = (): string => `/${pickText(next, ['a', 'b', '/', '*', '?'], next(4))}`
    const paths = [draw(), draw()]
    let message = ''
    try {
      separateCookiePaths(paths)
      continue
    } catch (error) {
      message = (error as Error).message
    }
    const [, advised] = /Grant "(.*)" alone, which covers both$/.exec(message) ?? []
    counts[advised === undefined ? 'neither' : 'advised']++
    if (advised === undefined) continue
    const granted = (url: string): boolean => paths.some((path) => matchesWildcard(path, url))
    const differing = requests.filter((url) => matchesWildcard(advised, url) !== granted(url))
    if (!paths.includes(advised) || differing.length > 0) {
      wrong.push(`${message}: ${differing.join(' ')}`)
    }
  }
  t.same(wrong, [])
  t.ok(counts.advised > 200 && counts.neither > 200, JSON.stringify(counts))
})
