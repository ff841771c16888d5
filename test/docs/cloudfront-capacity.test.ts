import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { cloudfront, cdnPath } from '../../src/index.js'
import t from 'tap'
import { start } from '../fixtures/server.js'

const page = readFileSync(`${process.cwd()}/docs/cdns/cloudfront.md`, 'utf8')
const row = /^\| `(https:[^`]+)`, `([^`]+)` \| `(\/[^`]*)a\/\*` \| (\d+) \| (\d+) \|$/gm
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey

t.test('says how many paths fit into a reply', async (t) => {
  const rows = [...page.matchAll(row)]
  t.equal(rows.length, 3)
  for (const [, url, domain, folder, ...counts] of rows) {
    for (const [index, privateKey] of [rsa, ec].entries()) {
      let count = 0
      const app = await start(t, {
        cdn: cloudfront({ url: url!, keyPairId: 'K2JCJMDEHXQW5F', privateKey }),
        cookie: { domain },
        authorize: () =>
          Array.from({ length: count }, (_, place) => pathOf(`${folder}${'abcdefghijkl'[place]}/*`))
      })
      const fits = async (paths: number): Promise<number> => {
        count = paths
        return (await app.inject('/cdn-access')).statusCode
      }
      const most = Number(counts[index])
      t.equal(await fits(most), 200, `${url} ${most}`)
      t.equal(await fits(most + 1), 500, `${url} ${most + 1}`)
    }
  }
})

t.test('tells at a request, and at start where it is known, how many would fit', async (t) => {
  const paths = Array.from('abcdefgh', (name) => `/courses/${name}/*`)
  const cdn = cloudfront({ url: 'https://media.example.com', keyPairId: 'K1', privateKey: rsa })
  const message = new RegExp(
    'It has 8 paths, and about 7 of them fit\\. EC P-256 keys take less room\\. Grant one common'
  )
  await t.rejects(start(t, { cdn, paths }), { code: 'CDN_ACCESS_COOKIES_TOO_LARGE', message })
  const app = await start(t, { cdn, authorize: () => paths.map(pathOf) })
  t.match((await app.inject('/cdn-access')).json(), { code: 'CDN_ACCESS_COOKIES_TOO_LARGE' })
  const many = Array.from('abcdefghijkl', (name) => `/courses/${name}/*`)
  await t.rejects(start(t, { paths: many }), {
    message: /It has 12 paths, and about \d of them fit\. Grant one common/
  }, 'who has EC keys is not advised to take some')
})

t.test('leaves what fails for another reason to a request', async (t) => {
  const load = async (): Promise<never> => {
    throw new Error('not yet')
  }
  const cdn = cloudfront({ url: 'https://media.example.com', keys: { load, every: '1h' } })
  const app = await start(t, { cdn, paths: ['/a/*'] })
  t.equal((await app.inject('/cdn-access')).statusCode, 503)
})

function pathOf (path: string): ReturnType<typeof cdnPath> {
  return cdnPath(Object.assign([path], { raw: [path] }))
}
