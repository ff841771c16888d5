import t from 'tap'
import { matchesWildcard } from '../../src/cdn/format/wildcard.js'
import { servingPatterns } from '../../src/cli/path-pattern.js'
import { seeds } from '../fixtures/property.js'
import { pickText, seeded } from '../fixtures/seeded.js'

t.test('serves by the first pattern that matches, whatever path of the grant is asked for', async (t) => {
  const paths = Array.from({ length: 4 }, (_, length) => texts(length)).flat()
  for (const seed of seeds(300)) {
    const next = seeded(seed)
    const pattern = (): string => `/${pickText(next, ['a', 'b', '*', '?'], 1 + next(3))}`
    const patterns = [pattern(), pattern(), '*']
    const granted = pattern()
    const first = paths.filter((path) => matchesWildcard(granted, path)).map((path) =>
      patterns.findIndex((own) => matchesWildcard(own, path))
    )
    const serving = servingPatterns(granted, patterns)
    t.same([...new Set(first)].filter((index) => !serving.includes(index)), [], `${seed}`)
  }
})

t.test('takes no longer than the product of both lengths', async (t) => {
  const granted = `/${'*a'.repeat(400)}*`
  t.same(servingPatterns(granted, [`/${'*b'.repeat(120)}`, `/${'a*'.repeat(120)}`, '*']), [0, 1, 2])
})

function texts (length: number): string[] {
  if (length === 0) return ['/']
  return texts(length - 1).flatMap((text) => ['a', 'b', 'c'].map((letter) => text + letter))
}
