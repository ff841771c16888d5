import { randomBytes } from 'node:crypto'
import { cdnPath, nginx } from 'fastify-cdn-access'
import t from 'tap'
import { pickText, seeded } from '../fixtures/seeded.js'
import { startNginx, writeFiles } from './nginx.js'
import { blocksOf, fillIn } from './page.js'
import { send } from './request.js'
import { startEdge, startSite } from './site.js'

const [block = '', line = '', , , , , refusal = ''] = blocksOf('nginx.md', 'nginx')
const folderLine = block.split('\n', 1)[0]!
const secret = randomBytes(16).toString('base64url')
const files = await writeFiles(t)
const scope = '/hls/:name*'
const granted = [cdnPath.glob`/hls/${'ab'}*`]

/** The block of the page with the line for names in its place. */
const server = (own: string): string =>
  `root ${files}; ${refusal} ${fillIn(block, { [folderLine]: line.trim(), ' SECRET': own })}`

await t.test('opens what begins with the name and ends it, and no longer one', async (t) => {
  const { url } = await startNginx(t, { server: server(` ${secret}`) })
  const cdn = nginx({ url, secret, scope })
  const [site, edge] = [await startSite(t, cdn, granted), await startEdge(t, cdn)]
  await site.ask()
  const cookies = site.cookies('/hls/')
  const rows = {
    '/hls/ab.m3u8': 'list of ab',
    '/hls/ab-0.ts': 'part of ab',
    '/hls/ab.d/0.ts': 'deep part of ab',
    '/hls/%61b.m3u8': 'list of ab',
    '/hls/ab%2Em3u8': 'list of ab',
    '/hls//ab.m3u8?x=/hls/abc.m3u8': 'list of ab',
    '/hls/abc.m3u8': 403,
    '/hls/ab%63.m3u8': 403,
    '/hls/ab_low.m3u8': 403,
    '/hls/ab~x.m3u8': 403,
    '/hls/ab%20c.m3u8': 403,
    '/hls/ab%C3%A9.m3u8': 403,
    '/hls/a.m3u8': 403,
    '/hls/AB.m3u8': 403,
    '/hls/abd/0.ts': 403,
    '/hls/ab/0.ts': 403,
    '/hls/ab': 403,
    '/hls/': 403,
    '/hls/.ab.m3u8': 403,
    '/hls/x/../ab.m3u8': 403,
    '/hls/ab-/../abc.m3u8': 403,
    '/hls/ab.d/..%2fabc.m3u8': 403,
    '/x/hls/ab.m3u8': 403
  }
  for (const [target, wanted] of Object.entries(rows)) {
    const { status, body } = await send(url, target, cookies)
    t.equal(status === 200 ? body : status, wanted, target)
    t.equal((await send(edge, target, cookies)).status === 200, wanted !== 403, `edge: ${target}`)
    t.equal((await send(url, target)).status, 403, `without cookies: ${target}`)
  }
})

await t.test('agrees with the edge plugin on whatever may follow a name', async (t) => {
  const { url } = await startNginx(t, { server: server(` ${secret}`) })
  const cdn = nginx({ url, secret, scope })
  const [site, edge] = [await startSite(t, cdn, granted), await startEdge(t, cdn)]
  await site.ask()
  const cookies = site.cookies('/hls/')
  const parts = [
    'a',
    'b',
    'ab',
    'c',
    '_',
    '-',
    '.',
    '/',
    '~',
    '%2d',
    '%5F',
    '%C3%A9',
    '%20',
    '%0A',
    ',',
    '?'
  ]
  const opened = new Set<boolean>()
  for (let seed = 1; seed <= 400; seed++) {
    const next = seeded(seed)
    const target = `/hls/${['', 'a', 'ab', 'ab', '%61b'][next(5)]}${pickText(next, parts, next(5))}`
    const through = [200, 301, 404].includes((await send(url, target, cookies)).status)
    opened.add(through)
    t.equal((await send(edge, target, cookies)).status === 200, through, target)
  }
  t.equal(opened.size, 2)
})

await t.test('takes no address for a part of a name', async (t) => {
  const bound = server(` $remote_addr ${secret}`)
  const realIp = 'set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For;'
  const { url } = await startNginx(t, { server: `${realIp} ${bound}` })
  const cdn = nginx({ url, secret, scope, ip: true })
  const site = await startSite(t, cdn, { paths: granted, ip: '203.0.113.7' })
  await site.ask()
  const cookies = site.cookies('/hls/')
  const from = async (ip: string, target = '/hls/ab.m3u8'): Promise<number> =>
    (await send(url, target, cookies, { 'x-forwarded-for': ip })).status
  t.equal(await from('203.0.113.7'), 200)
  t.equal(await from('203.0.113.8'), 403)
  t.equal(await from('03.0.113.7', '/hls/ab2.m3u8'), 403)
  t.equal(
    await from('3.0.113.7', '/hls/ab20.m3u8'),
    403,
    'with the same digits one after the other'
  )
})
