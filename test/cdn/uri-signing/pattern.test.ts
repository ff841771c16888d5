import t from 'tap'
import {
  exactUriPattern,
  hasAmbiguousEncoding,
  matchesUriPattern,
  normalizeEncoding,
  uriPattern
} from '../../../src/cdn/uri-signing/pattern.js'
import { pickText, seeded } from '../../fixtures/seeded.js'

const origin = 'https://media.example.com'

t.test('writes one path, anchored at both ends', async (t) => {
  t.equal(uriPattern(origin, ['/courses/42/*']), '^https://media\\.example\\.com/courses/42/.*$')
  t.equal(uriPattern(origin, ['/img/a.png']), '^https://media\\.example\\.com/img/a\\.png$')
})

t.test('writes several paths as alternatives', async (t) => {
  t.equal(
    uriPattern('http://[::1]:8080', ['/a/*', '/b/*.png', '/c?/**/d']),
    '^http://\\[::1]:8080(/a/.*|/b/[^?]*\\.png|/c[^?]/[^?]*/d)$'
  )
})

t.test('escapes what an extended regular expression reads, and nothing else', async (t) => {
  t.equal(
    uriPattern(origin, ['/-._~!$&\'()+,=:@']),
    '^https://media\\.example\\.com/-\\._~!\\$&\'\\(\\)\\+,=:@$'
  )
})

t.test('writes a URI with its query', async (t) => {
  t.equal(
    exactUriPattern(`${origin}/a?b=%7e&c={d}|^[e]*\\`),
    '^https://media\\.example\\.com/a\\?b=~&c=\\{d}\\|\\^\\[e]\\*\\\\$'
  )
})

t.test('brings percent-encoding into its normal form', async (t) => {
  t.equal(normalizeEncoding('/%41%7e%2d/%c3%a9%2B%2f%'), '/A~-/%C3%A9%2B%2F%')
})

t.test('tells what edges decode in different ways', async (t) => {
  for (const same of ['/a/*', '/%41%7E', 'a=b']) t.equal(hasAmbiguousEncoding(same), false, same)
  for (const odd of ['/%20', '/%C3%A9', '/%25', '/%40', '/%']) {
    t.equal(hasAmbiguousEncoding(odd), true, odd)
  }
})

t.test('matches a whole URI', async (t) => {
  const matches = (paths: string[], path: string): boolean | undefined =>
    matchesUriPattern(uriPattern(origin, paths), origin + path)
  t.equal(matches(['/courses/42/*'], '/courses/42/a?b=c'), true)
  t.equal(matches(['/courses/42/*'], '/courses/%34%32/a'), true)
  t.equal(matches(['/courses/42/*'], '/courses/43/a'), false)
  t.equal(matches(['/img/a.png'], '/img/a.png?b'), false)
  t.equal(matches(['/img/a.png'], '/img/a-png'), false)
  t.equal(matches(['/img/*.png', '/b'], '/img/secret.txt?a=.png'), false)
  t.equal(matches(['/img/*.png', '/b'], '/img/c/a.png'), true)
  t.equal(matches(['/img/*.png', '/b'], '/b'), true)
  t.equal(matches(['/img/*.png', '/b'], '/bc'), false)
  t.equal(matchesUriPattern(uriPattern(origin, ['/*']), 'https://mediaXexample.com/a'), false)
  t.equal(matchesUriPattern(uriPattern(origin, ['/*']), `https://evil.example/${origin}/a`), false)
})

t.test('reads only patterns of its own kind', async (t) => {
  for (
    const other of [
      '',
      'https://.*',
      '^https://a',
      '^a+$',
      '^a?$',
      '^a{2}$',
      '^\\d$',
      '^[a-z]$',
      '^(?=a)$',
      '^a\\',
      '^a$b$',
      '^^a$',
      '^[^?]+$',
      '^(a|b)c$',
      '^(a(b|c))$',
      '^(a$',
      '^a)$',
      '^a|b$'
    ]
  ) t.equal(matchesUriPattern(other, 'https://a'), undefined, other)
})

t.test('reads a pattern as a regular expression would', async (t) => {
  const next = seeded(7)
  const steps = ['a', 'b', '\\?', '\\.', '\\|', '\\\\', '[^?]', '[^?]*', '.*']
  const differing: string[] = []
  let matched = 0
  for (let round = 0; round < 3000; round++) {
    const [first, second, third] = [0, 1, 2].map(() => pickText(next, steps, next(5)))
    const pattern = next(2) === 0 ? `^${first}$` : `^${first}(${second}|${third})$`
    const text = pickText(next, ['a', 'b', '?', '.', '|', '\\'], next(6))
    const expected = new RegExp(pattern, 's').test(text)
    if (matchesUriPattern(pattern, text) !== expected) differing.push(`${pattern} and ${text}`)
    if (expected) matched++
  }
  t.same(differing, [])
  t.ok(matched > 300 && matched < 2700, `${matched} matched`)
})

t.test('takes no power of the length for several wildcards', async (t) => {
  const text = `${origin}/${'a'.repeat(4000)}`
  const wild = uriPattern(origin, [`/${'*a'.repeat(40)}*b`, '/b'])
  const adjacent = `^https://media\\.example\\.com/${'[^?]*'.repeat(40)}${'.*'.repeat(40)}b$`
  const before = process.cpuUsage().user
  t.equal(matchesUriPattern(wild, text), false)
  t.equal(matchesUriPattern(adjacent, text), false)
  t.equal(matchesUriPattern(wild, `${text}b`), true)
  t.ok(process.cpuUsage().user - before < 20_000_000)
})
