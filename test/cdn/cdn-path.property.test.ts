import t from 'tap'
import { cdnPath } from '../../src/cdn/cdn-path.js'
import { pathMatches } from '../../src/cdn/format/cookie-path.js'
import { everyCdn, keyOf } from '../fixtures/every-cdn.js'
import { seeds } from '../fixtures/property.js'
import { pickText, seeded } from '../fixtures/seeded.js'

const now = 1_800_000_000
const printableAscii = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index))
const controls = [' ', '\t', '\n', '\u007f', '\u0085', '\u202e']
const letters = ['ü', 'ß', 'Ж', '日', '😀', 'e\u0301']
const others = [...controls, ...letters]
const parts = [...printableAscii, ...others, 'name', '42'].filter((part) => !/[/\\]/.test(part))

/** Names as people have them, and as they would never. */
function randomNames (seed: number): string[] {
  const next = seeded(seed)
  return Array.from({ length: 40 }, () => pickText(next, parts, 1 + next(8))).concat(
    'O\'Neil',
    'a (1)',
    'Hello!',
    '~me',
    'a*b',
    'Jörg Müller',
    '100%',
    '%2e%2e',
    'a,b;c'
  ).filter((name) => !/^\.{1,2}$/.test(name))
}

/** How a browser asks for a file in the folder that a page wrote with `encodeURIComponent`. */
function requested (name: string): string {
  const segment = encodeURIComponent(name).replaceAll('*', '%2A')
  return new URL(`https://media.example.com/u/${segment}/a.png`).pathname
}

t.test('a name in a path is spelled as a browser asks for it', async (t) => {
  const names = seeds(20).flatMap(randomNames)
  const differing = names.filter((name) =>
    cdnPath`/u/${name}/a.png`.path !== requested(name) ||
    cdnPath`/u/${name}/*`.path !== requested(name).replace(/a\.png$/, '*')
  )
  t.same(differing, [])
})

for (const [format, cdn] of Object.entries(everyCdn)) {
  t.test(`what is granted for a name opens its files, or is refused: ${format}`, async (t) => {
    const key = keyOf(cdn)
    const counts = { held: 0, refused: 0 }
    const wrong: string[] = []
    for (const name of seeds(5).flatMap(randomNames)) {
      const granted = format === 'canned' ? cdnPath`/u/${name}/a.png` : cdnPath`/u/${name}/*`
      const grant = { paths: [granted.path], expiresAt: now + 600 }
      try {
        cdn.plan(grant)
      } catch (error) {
        counts.refused++
        t.match(error, { code: 'CDN_ACCESS_PATH_UNSUPPORTED' }, name)
        continue
      }
      counts.held++
      const url = requested(name)
      const cookies = (await cdn.sign(grant, key)).filter(({ path }) => pathMatches(url, path)).map(
        ({ name: cookie, value }) => [cookie, value] as const
      )
      const ask = async (path: string): Promise<boolean> =>
        (await cdn.check({ method: 'GET', url: path, cookies, now }, [key])).allowed
      if (!await ask(url)) wrong.push(`${url} is not opened`)
      if (await ask(`/u/other${url.slice(2)}`)) wrong.push(`something beside ${url} is`)
    }
    t.same(wrong, [])
    t.ok(counts.held > 30, JSON.stringify(counts))
  })
}

t.test('a refusal names what somebody wrote, never how it is encoded', async (t) => {
  for (const name of ['a~b', 'a!b', 'a\'b', 'a*b', 'ü', 'a b', 'a,b', 'a&b', 'a(b)']) {
    for (const cdn of [everyCdn['akamai']!, everyCdn['media CDN, tokens']!]) {
      const paths = [cdnPath`/u/${name}/*`.path, '/z/*']
      let message = ''
      try {
        cdn.plan({ paths, expiresAt: now })
      } catch (error) {
        message = (error as Error).message
      }
      const [, words] = message.split(`can't hold the path "${paths[0]}": `)
      t.notMatch(words, /%[0-9A-F]{2}/, message)
      const odd = name.replace(/[a-z]/g, '')[0]!
      if (message !== '') t.ok(words!.includes(odd === ' ' ? 'U+0020' : `"${odd}"`), message)
    }
  }
})
