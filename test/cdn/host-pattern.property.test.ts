import t from 'tap'
import { answersAt, hostSpan, readHostPattern } from '../../src/cdn/host-pattern.js'
import { seeds } from '../fixtures/property.js'
import { pickText, seeded } from '../fixtures/seeded.js'

const url = 'https://media.example.com'
const parts = [
  'a',
  'media',
  '.',
  '*',
  '?',
  '/',
  '@',
  ':',
  '#',
  '\\',
  'example',
  '443',
  '%2e',
  '[',
  ']'
]
const ends = ['.example.com', '.com', '.example.org', '.media.example.com', '']

function patternOf (next: (limit: number) => number): string | undefined {
  const scheme = ['https', 'http', 'http*', '*'][next(4)]
  const host = `${scheme}://${pickText(next, parts, next(3))}*${ends[next(ends.length)]}`
  try {
    return readHostPattern(host, { name: 'video', url })
  } catch {
    return undefined
  }
}

t.test('no pattern covers a host outside of the domain that ends it', async (t) => {
  let covered = 0
  for (const seed of seeds(3000)) {
    const next = seeded(seed)
    const pattern = patternOf(next)
    if (pattern === undefined) continue
    const cdn = { url, host: pattern }
    const { domain } = hostSpan(cdn)
    if (domain !== 'example.com') t.fail(`${pattern} covers ${domain}, of seed ${seed}`)
    for (let asked = 0; asked < 40; asked++) {
      const origin = `https://${pickText(next, parts, 1 + next(4))}${ends[next(ends.length)]}`
      if (!answersAt(cdn, origin)) continue
      covered++
      if (new URL(origin).origin !== origin || !origin.endsWith('.example.com')) {
        t.fail(`${pattern} covers ${origin}, of seed ${seed}`)
      }
    }
  }
  t.ok(covered > 50, `${covered} were covered`)
})
