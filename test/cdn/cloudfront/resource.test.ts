import t from 'tap'
import { resourceCovers } from '../../../src/cdn/cloudfront/resource.js'
import { matchesWildcard } from '../../../src/cdn/format/wildcard.js'
import { seeds } from '../../fixtures/property.js'
import { pickText, seeded } from '../../fixtures/seeded.js'

const covers = (resource: string, url: string, expected: boolean): void => {
  t.equal(resourceCovers(resource, url), expected, `${resource} and ${url}`)
}

t.test('a Resource without wildcards covers its own URL alone', async () => {
  covers('https://h.example/a', 'https://h.example/a', true)
  for (
    const url of [
      'http://h.example/a',
      'https://h.example:8443/a',
      'https://i.example/a',
      'https://h.example/a/',
      'https://h.example/A',
      'https://h.example/a?x=1',
      'https://h.example/'
    ]
  ) covers('https://h.example/a', url, false)
  covers('https://h.example', 'https://h.example/', true)
  covers('https://h.example', 'https://h.example/a', false)
})

t.test('a trailing star covers the query as well, an inner one stays in the path', async () => {
  for (
    const url of [
      'https://h.example/c/',
      'https://h.example/c/a',
      'https://h.example/c/a/b?x=1',
      'https://h.example/c/?x'
    ]
  ) covers('https://h.example/c/*', url, true)
  for (const url of ['https://h.example/c', 'https://h.example/d/a', 'https://h.example/?/c/a']) {
    covers('https://h.example/c/*', url, false)
  }
  covers('https://h.example/hello*world', 'https://h.example/hello-world', true)
  covers('https://h.example/hello*world', 'https://h.example/hello?world', false)
  covers('https://h.example/*zip*', 'https://h.example/game.zip?license=yes', true)
  covers('https://h.example/*.ts', 'https://h.example/a.ts?x=1', false)
})

t.test('the question mark that opens a query is read bare and escaped', async () => {
  for (const resource of ['https://h.example/a?x=1', 'https://h.example/a\\?x=1']) {
    covers(resource, 'https://h.example/a?x=1', true)
    for (
      const url of [
        'https://h.example/a',
        'https://h.example/a?x=2',
        'https://h.example/a?x=1&y=2',
        'https://h.example/a?'
      ]
    ) covers(resource, url, false)
  }
  covers('https://h.example/a*\\?x=*', 'https://h.example/abc?x=7', true)
  covers('https://h.example/a*\\?x=*', 'https://h.example/abc', false)
})

t.test('a bare question mark is also a wildcard, an escaped one is not', async () => {
  covers('https://h.example/seg-?.ts', 'https://h.example/seg-7.ts', true)
  covers('https://h.example/seg-?.ts', 'https://h.example/seg-77.ts', false)
  covers('https://h.example/seg-?.ts?v=1', 'https://h.example/seg-7.ts?v=1', true)
  covers('https://h.example/seg-\\?.ts', 'https://h.example/seg-7.ts', false)
})

t.test('wildcards in scheme and host as AWS describes them', async () => {
  covers('*', 'https://h.example/a?x=1', true)
  covers('*://h.example/*', 'http://h.example/a', true)
  covers('http*://h.example/*', 'https://h.example/a', true)
  covers('https://*', 'https://h.example/a?x=1', true)
  covers('https://*', 'http://h.example/a', false)
  covers('https://*.example/c/*', 'https://h.example/c/a', true)
  covers('https://*.example/c/*', 'https://h.example/d/a', false)
  covers('https://h?.example/*', 'https://h1.example/a', true)
  covers('*h.example/c/*', 'https://www.h.example/c/a', true)
  covers('*h.example/c/*', 'https://h.example.evil/c/a', false)
  covers('https://h.example*', 'https://h.example:8443/a?x', true)
  covers('https://*/c/*', 'https://h.example/d/c/x', false)
})

t.test('what is no URL covers nothing', async () => {
  for (
    const resource of [
      '',
      '/',
      '/c/*',
      'h.example/*',
      'https:/h.example/*',
      'https:///c/*',
      'HTTPS://h.example/*',
      '://h.example/*',
      '?'
    ]
  ) covers(resource, 'https://h.example/c/a', false)
  covers('https://h.example/*', 'nonsense', false)
})

t.test('takes the product of both lengths at most, however many question marks', async (t) => {
  const url = `https://h.example/${'a'.repeat(4000)}?${'a'.repeat(4000)}`
  const start = process.cpuUsage()
  for (const unit of ['?', '*?', '*a?', '?*']) {
    covers(`https://h.example/${unit.repeat(Math.floor(3000 / unit.length))}b`, url, false)
  }
  t.ok(process.cpuUsage(start).user < 8_000_000)
})

t.test('reads a bare question mark in each way, as trying each alone does', async (t) => {
  const differing: string[] = []
  const eachAlone = (target: string, path: string, query: string): boolean =>
    [...target.matchAll(/\?/g)].some(({ index }) =>
      matchesWildcard(target.slice(0, index), path) &&
      matchesWildcard(target.slice(index + 1), query)
    ) || (matchesWildcard(target, path) && (query === '' || target.endsWith('*')))
  for (const seed of seeds(3000)) {
    const next = seeded(seed)
    const target = `/${pickText(next, ['a', 'b', '?', '*', '/'], next(6))}`
    const [path, query] = [
      `/${pickText(next, ['a', 'b', '/'], next(4))}`,
      pickText(next, ['a', 'b', '?'], next(4))
    ]
    const url = `https://h.example${path}${query === '' ? '' : `?${query}`}`
    const covered = resourceCovers(`https://h.example${target}`, url)
    if (covered !== eachAlone(target, path, query)) differing.push(`${target} and ${url}`)
  }
  t.same(differing, [])
})
