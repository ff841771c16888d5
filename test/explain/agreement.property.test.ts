import { isDeepStrictEqual } from 'node:util'
import Fastify from 'fastify'
import t from 'tap'
import cdnEdge from '../../src/edge/edge.js'
import { explain } from '../../src/explain/explain.js'
import { openKeyRing } from '../../src/key-ring/key-ring.js'
import { everyCdn, keyOf } from '../fixtures/every-cdn.js'
import { quiet } from '../fixtures/key-log.js'
import { seeds } from '../fixtures/property.js'
import { pickText, seeded } from '../fixtures/seeded.js'
import { end, now } from '../fixtures/situations.js'

const odd = ['', '%7E', '=', 'A', '%', '~', ':', '_', '0']

/** Cookies that are whole, changed in one place, doubled, cut, or of another CDN. */
function broken (next: (limit: number) => number, sets: readonly string[][]): string {
  const pairs = [...sets[next(sets.length)]!]
  const at = next(pairs.length)
  const place = next(pairs[at]!.length)
  const ways = [
    () => {},
    () => {},
    () => pairs.splice(at, 1),
    () => pairs.unshift(pairs[at]!),
    () => pairs.push(...sets[next(sets.length)]!),
    () =>
      pairs.splice(
        at,
        1,
        pairs[at]!.slice(0, place) + odd[next(odd.length)]! + pairs[at]!.slice(place + 1)
      ),
    () => pairs.splice(at, 1, pairs[at]!.slice(0, place))
  ]
  ways[next(ways.length)]!()
  return pairs.join('; ')
}

t.test('explain says allowed exactly where the edge lets a request through', async (t) => {
  const sets = await Promise.all(
    Object.entries(everyCdn).map(async ([name, cdn]) => {
      const paths = [name === 'canned' ? '/u/1/a.png' : '/u/1/*']
      return (await cdn.sign({ paths, expiresAt: end }, keyOf(cdn))).map((own) =>
        `${own.name}=${own.value}`
      )
    })
  )
  const names = [
    '/u/1/',
    '/u/1/',
    '/u/2/',
    'a.png',
    'a.png',
    '?v=1',
    '..%2f',
    '%5c',
    '?Expires=1',
    '/'
  ]
  let [opened, refused] = [0, 0]
  const differing: string[] = []
  for (const [index, cdn] of Object.values(everyCdn).entries()) {
    let seconds = now
    const app = Fastify()
    await app.register(cdnEdge, { cdn, explain: true, now: () => seconds * 1000 })
    app.get('/*', async () => 'x')
    const ring = await openKeyRing(cdn, { log: quiet, now: () => seconds })
    for (const seed of seeds(60)) {
      const next = seeded(seed * 31 + index)
      seconds = next(4) === 0 ? end + next(3) - 1 : now
      const own = [...Array.from({ length: 20 }, () => sets[index]!), ...sets]
      const cookies = next(8) === 0 ? '' : broken(next, own)
      const target = next(3) > 0
        ? '/u/1/a.png'
        : `/${pickText(next, names, 1 + next(3))}`.replace(/^\/{2,}/, '/')
      const reply = await app.inject({
        url: target,
        headers: cookies === '' ? {} : { cookie: cookies }
      })
      const { allowed, checks, notes } = await explain(
        { cdns: [cdn], rings: new Map([[cdn.name, ring]]), now: () => seconds * 1000 },
        { url: cdn.url + target, cookies, ip: '127.0.0.1' }
      )
      const through = reply.statusCode === 200
      if (through) opened++
      else refused++
      const alike = allowed === through && checks.at(-1)?.ok === allowed &&
        (through || isDeepStrictEqual(reply.json().checks, checks)) &&
        (notes ?? []).every(({ fix }) => fix !== '')
      if (!alike) differing.push(`${cdn.name}, seed ${seed}: ${target}: ${JSON.stringify(checks)}`)
    }
    ring.close()
    await app.close()
  }
  t.same(differing, [])
  t.ok(opened > 60 && refused > 200, `${opened} opened, ${refused} refused`)
})
