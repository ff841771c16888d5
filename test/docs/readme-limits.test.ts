import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { registry } from '../../src/cdn/registry.js'
import { cloudfront, cdnPath, nginx, type Cdn } from '../../src/index.js'
import { everyCdn } from '../fixtures/every-cdn.js'
import { start } from '../fixtures/server.js'

const url = 'https://media.example.com'
const section = readFileSync('README.md', 'utf8').split('\n## Limits\n')[1]!.split('\n## ')[0]!
const rows = [...section.matchAll(/^\| `(\w+)` \| ([^|]+) \| (\d+) \|$/gm)].map(
  ([, factory, key, paths]) => ({ factory: factory!, key: key!, paths: Number(paths) })
)

/** The CDN of a row: where it takes several kinds of key, with the one that the row names. */
function cdnOf ({ factory, key }: typeof rows[number]): Cdn {
  if (factory === 'nginx') {
    return nginx({ url, scope: '/courses/:id/', secret: 'nMMwdOc0Z1eTh5RCdvJ7gQ' })
  }
  if (factory !== 'cloudfront') return Object.values(everyCdn).find(({ name }) => name === factory)!
  const { privateKey } = key.startsWith('RSA')
    ? generateKeyPairSync('rsa', { modulusLength: 2048 })
    : generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return cloudfront({ url, keyPairId: 'K2JCJMDEHXQW5F', privateKey })
}

/** The most paths that fit into one reply. */
async function mostPaths (t: Test, cdn: Cdn): Promise<number> {
  let count = 0
  const authorize = () =>
    Array.from({ length: count }, (_, place) => cdnPath`/courses/${100 + place}/*`)
  const app = await start(t, { cdn, authorize })
  do count += 1
  while ((await app.inject('/cdn-access')).statusCode === 200)
  return count - 1
}

t.test('the README says how many paths of each CDN and key fit into one grant', async (t) => {
  t.same(
    new Set(rows.map(({ factory }) => factory)),
    new Set(registry.map(({ factory }) => factory.name)),
    'a row for each'
  )
  for (const row of rows) {
    t.equal(await mostPaths(t, cdnOf(row)), row.paths, `${row.factory}, ${row.key}`)
  }
})
