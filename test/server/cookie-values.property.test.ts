import { pathToFileURL } from 'node:url'
import t from 'tap'
import { cdnPath, type CookieValues, type GrantedPath } from '../../src/index.js'
import { valuesType } from '../../src/server/values.js'
import { everyCdn } from '../fixtures/every-cdn.js'
import { seeds } from '../fixtures/property.js'
import { seeded } from '../fixtures/seeded.js'
import { createViewer, fixedClock, mediaUrl, startApi } from '../fixtures/site.js'

type Next = (limit: number) => number

const recipe = pathToFileURL(`${process.cwd()}/examples/node-hls-player/cookie-header.js`).href
const { cookieHeaderFor } = await import(recipe) as {
  cookieHeaderFor(url: string, cookies: readonly CookieValues[]): string
}

const names = ['a', 'ab', 'a b', 'ä', 'o\'k', 'a.b', '7']
const files = ['', 'x', 'x.png', 'x.png?v=1', 'img/x', 'img/', 'a/b/c']

function pick<Item> (next: Next, items: readonly Item[]): Item {
  return items[next(items.length)]!
}

interface Case {
  readonly grant: GrantedPath[]
  readonly requests: string[]
}

/** Formats differ in what they hold: folders, deeper folders, single files, or some of each. */
function draw (next: Next): Case {
  const kinds = [
    (name: string) => cdnPath`/u/${name}/*`,
    (name: string) => cdnPath`/u/${name}/x.png`,
    (name: string) => cdnPath`/u/${name}/img/*`
  ]
  const kind = next(kinds.length + 2)
  const granted = Array.from({ length: 1 + next(3) }, () => pick(next, names))
  const grant = granted.map((name) => (kinds[kind] ?? pick(next, kinds))(name))
  const requests = granted.map((name) => `/u/${encodeURIComponent(name)}/x.png`)
  while (requests.length < 9) {
    const name = encodeURIComponent(pick(next, [...granted, ...granted, ...names]))
    const own = files.map((file) => `/u/${name}/${file}`)
    requests.push(pick(next, [...own, `/u/${name}`, `/u${name}/x`, '/']))
  }
  return { grant, requests }
}

t.test('what the recipe sends opens exactly what a browser\'s cookies open', async (t) => {
  const opened: Record<string, number> = {}
  for (const [mode, cdn] of Object.entries(everyCdn)) {
    for (const seed of seeds(15)) {
      const { grant, requests } = draw(seeded(seed * 131))
      const app = await startApi(fixedClock(), {
        cdn,
        values: () => true,
        authorize: () => grant
      })
      t.teardown(() => app.close())
      const viewer = createViewer()
      const { status } = await viewer.ask(app)
      const headers = { host: 'api.example.com', accept: valuesType }
      const reply = await app.inject({ url: '/cdn-access', headers })
      t.equal(reply.statusCode, status, 'a format refuses the same grants')
      if (status !== 200) continue
      const { cookies } = reply.json<{ cookies: CookieValues[] }>()
      for (const path of requests) {
        const url = mediaUrl + path
        const [ours, browsers] = [cookieHeaderFor(url, cookies), viewer.cookies(url)]
        const what = `${mode}, seed ${seed}, ${path}`
        t.same(ours.split('; ').toSorted(), browsers.split('; ').toSorted(), what)
        const verdicts = [ours, browsers].map((sent) =>
          app.cdnAccess.explain({ url, cookies: sent, at: fixedClock().now() / 1000 })
        )
        const [first, second] = await Promise.all(verdicts)
        t.equal(first!.allowed, second!.allowed, what)
        if (first!.allowed) opened[mode] = (opened[mode] ?? 0) + 1
      }
    }
  }
  for (const mode of Object.keys(everyCdn)) t.ok(opened[mode]! > 0, JSON.stringify(opened))
})

t.test('what the recipe sends goes to the CDN\'s own address alone', async (t) => {
  const entry = { cdn: 'a', url: mediaUrl, path: '/a', header: 'x=1', pairs: [] }
  t.equal(cookieHeaderFor(`${mediaUrl}/a`, [entry]), 'x=1')
  t.equal(cookieHeaderFor(`${mediaUrl}:443/a/b?c`, [entry]), 'x=1')
  for (
    const url of [
      'https://media.example.com.evil.test/a',
      'https://media.example.com@evil.test/a',
      'http://media.example.com/a',
      'https://media.example.com:8443/a',
      'https://img.media.example.com/a',
      `${mediaUrl}/ab`,
      `${mediaUrl}/b/../ab`,
      `${mediaUrl}/`
    ]
  ) {
    t.equal(cookieHeaderFor(url, [entry]), '', url)
  }
})
