import { randomBytes } from 'node:crypto'
import { nginx, type NginxKeyEntry } from 'fastify-cdn-access'
import t, { type Test } from 'tap'
import { startNginx, writeFiles } from './nginx.js'
import { blocksOf, fillIn } from './page.js'
import { scratchFolder } from './program.js'
import { send } from './request.js'
import { folder, startEdge, startSite, until } from './site.js'

const blocks = blocksOf('nginx.md', 'nginx')
const [block = '', , maps = '', both = '', rotating = '', previous = ''] = blocks
const [secret, newSecret] = [0, 1].map(() => randomBytes(16).toString('base64url')) as [
  string,
  string
]
const files = await writeFiles(t)
const realIp = 'set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For;'

/** nginx with the blocks of the page for cookies and links, and what stands in for it. */
async function start (t: Test, options: { ip?: boolean } = {}) {
  const own = options.ip === true ? `signed $remote_addr ${secret}` : `signed ${secret}`
  const elsewhere = 'location / { return 403; }'
  const server = `root ${files}; ${realIp} ${fillIn(both, { 'signed SECRET': own })} ${elsewhere}`
  const { url } = await startNginx(t, { server, beside: maps })
  const cdn = nginx({ url, secret, scope: '/v/:id/', links: true, ...options })
  const authorization = { paths: folder, ...(options.ip === true ? { ip: '203.0.113.7' } : {}) }
  const site = await startSite(t, cdn, authorization)
  await site.ask()
  const link = async (path: string, more: object = {}): Promise<string> =>
    (await site.app.cdnAccess.signUrl(path, more)).slice(url.length)
  return { url, site, edge: await startEdge(t, cdn), link, cookies: site.cookies('/v/1/') }
}

await t.test('opens one file by its link, and the folder by cookies, as the edge does', async (t) => {
  const { url, edge, link, cookies } = await start(t)
  const own = await link('/v/1/a.txt')
  const { md5 = '', expires = '' } =
    /md5=(?<md5>[^&]+)&expires=(?<expires>\d+)$/.exec(own)?.groups ?? {}
  const query = (hash: string, end: string | number): string =>
    `/v/1/a.txt?md5=${hash}&expires=${end}`
  const rows: Array<[name: string, target: string, cookie: string, engine: number, edge?: number]> =
    [
      ['the link', own, '', 200],
      ['beside good cookies', own, cookies, 200],
      ['cookies alone', '/v/1/a.txt', cookies, 200],
      ['neither', '/v/1/a.txt', '', 403],
      ['another file', own.replace('a.txt', 'b.txt'), '', 403],
      ['the folder', own.replace('a.txt', ''), '', 403],
      ['another folder', own.replace('/v/1/a.txt', '/v/2/secret.txt'), '', 403],
      ['a longer name', own.replace('a.txt', 'a.txt.bak'), '', 403],
      ['spelled in another way', own.replace('a.txt', '%61.txt'), '', 200],
      ['outside of the scope', own.replace('/v/1/a.txt', '/img/a.png'), '', 403],
      ['a query of its own before it', own.replace('?', '?x=1&'), '', 200],
      ['and behind it', `${own}&x=1`, '', 200],
      ['in capitals', own.replace('md5', 'MD5').replace('expires', 'Expires'), '', 200],
      ['in the other order', `/v/1/a.txt?expires=${expires}&md5=${md5}`, '', 200],
      ['a later end', query(md5, Number(expires) + 1), '', 403],
      ['a zero before the end', query(md5, `0${expires}`), '', 403],
      ['no end', `/v/1/a.txt?md5=${md5}`, '', 403],
      ['two ends', query(`${md5},${expires}`, expires), '', 403],
      ['another hash', query('A'.repeat(22), expires), '', 403],
      ['another hash, beside good cookies', query('A'.repeat(22), expires), cookies, 403],
      ['another hash before it', own.replace('?', `?md5=${'A'.repeat(22)}&`), '', 403],
      ['an empty hash, beside good cookies', query('', expires), cookies, 200],
      ['an empty hash', query('', expires), '', 403],
      ['padding behind the hash', query(`${md5}==`, expires), '', 200, 403],
      ['a name that ends alike', own.replace('md5', 'xmd5'), '', 403],
      ['behind a fragment', `/v/1/a.txt?x=#&${own.split('?')[1]}`, '', 403],
      [
        'the hash of a link as a cookie',
        '/v/1/a.txt',
        `cdn_access_hash=${md5}; cdn_access_expires=${expires}`,
        403
      ]
    ]
  for (const [name, target, cookie, wanted, stricter = wanted] of rows) {
    t.equal((await send(url, target, cookie)).status, wanted, `nginx: ${name}`)
    t.equal((await send(edge, target, cookie)).status, stricter, `the edge plugin: ${name}`)
  }
})

await t.test('a link to the folder itself would be the cookie of all, and is not signed', async (t) => {
  const { url, link, cookies } = await start(t)
  await t.rejects(link('/v/1/'), { code: 'CDN_ACCESS_SIGNED_URL_UNSUPPORTED' })
  await t.rejects(link('/img/a.png'), { code: 'CDN_ACCESS_SIGNED_URL_UNSUPPORTED' })
  const [, hash = ''] = /cdn_access_hash=([^;]+)/.exec(cookies) ?? []
  const [, expires = ''] = /cdn_access_expires=(\d+)/.exec(cookies) ?? []
  const { status } = await send(url, `/v/1/?md5=${hash}&expires=${expires}`)
  t.not(status, 404, 'nginx knows the folder')
  t.equal((await send(url, `/v/1/a.txt?md5=${hash}&expires=${expires}`)).status, 403)
})

await t.test('ends when it says', async (t) => {
  const { url, edge, link } = await start(t)
  const end = Math.floor(Date.now() / 1000) + 3
  const target = await link('/v/1/a.txt', { ttl: 3 })
  t.equal((await send(url, target)).status, 200)
  await until(end + 1)
  t.equal((await send(url, target)).status, 403)
  t.equal((await send(edge, target)).status, 403)
})

await t.test('binds cookies and links to the address, which is no part of a name', async (t) => {
  const { url, link, cookies } = await start(t, { ip: true })
  const target = await link('/v/1/a.txt', { ip: '203.0.113.7' })
  const from = async (ip: string, asked: string, cookie = ''): Promise<number> =>
    (await send(url, asked, cookie, { 'x-forwarded-for': ip })).status
  t.equal(await from('203.0.113.7', target), 200)
  t.equal(await from('203.0.113.8', target), 403)
  t.equal(await from('203.0.113.7', '/v/1/a.txt', cookies), 200)
  t.equal(await from('203.0.113.8', '/v/1/a.txt', cookies), 403)
  t.equal(await from('3.0.113.7', target.replace('a.txt', 'a.txt20')), 403)
  await t.rejects(link('/v/1/a.txt'), { code: 'CDN_ACCESS_GRANT_UNSUPPORTED' })
})

await t.test('takes links of both secrets through a rotation', async (t) => {
  const lines = (text: string): string =>
    text.split('\n').filter((line) => line.includes('secure_link')).slice(0, 2).join('\n')
  const swapped = (text: string, from: string, key: string): string =>
    fillIn(text, { [lines(text)]: lines(both).replace('SECRET', from) }).replaceAll(from, key)
  t.equal(lines(rotating), lines(block))
  const socket = `${await scratchFolder(t)}/previous.sock`
  const { url } = await startNginx(t, {
    server: `root ${files}; ${
      swapped(rotating, 'SECRET', newSecret).replaceAll('/run/cdn-access.sock', socket)
    }`,
    beside: `${maps} ${
      swapped(previous, 'PREVIOUS_SECRET', secret).replaceAll('/run/cdn-access.sock', socket)
    }`
  })
  for (const own of [secret, newSecret]) {
    const keys: NginxKeyEntry[] = [{ secret: own }]
    const cdn = nginx({ url, keys, scope: '/v/:id/', links: true })
    const site = await startSite(t, cdn, folder)
    const target = (await site.app.cdnAccess.signUrl('/v/1/a.txt')).slice(url.length)
    t.equal((await send(url, target)).status, 200)
    t.equal((await send(url, target.replace('a.txt', 'b.txt'))).status, 403)
  }
})
