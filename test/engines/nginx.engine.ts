import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { nginx, type NginxKeyEntry } from 'fastify-cdn-access'
import t from 'tap'
import { checkAgreement } from './agreement.js'
import { startNginx, startOrigin, writeFiles } from './nginx.js'
import { blocksOf, fillIn } from './page.js'
import { scratchFolder, type Engine } from './program.js'
import { send } from './request.js'
import { folder, startEdge, startSite, testFolder, until } from './site.js'
import { checkCookies, checkTargets, folderTargets } from './targets.js'

const blocks = blocksOf('nginx.md', 'nginx')
const [block = '', , , , rotatingBlock = '', previousServer = '', refusal = ''] = blocks
const makeSecret = (): string => randomBytes(16).toString('base64url')
const [secret, newSecret] = [makeSecret(), makeSecret()]
const files = await writeFiles(t)

/** nginx with the block of the page, and the files that it serves itself. */
async function startWithBlock (own: string, more = `root ${files};`): Promise<Engine> {
  return startNginx(t, { server: `${more} ${fillIn(block, { SECRET: own })}` })
}

/** nginx with the blocks of the page that accept two secrets, with what each fills in. */
async function startRotating (
  own: Record<string, string>,
  previous: Record<string, string>,
  more = ''
): Promise<Engine> {
  const socket = { '/run/cdn-access.sock': `${await scratchFolder(t)}/previous.sock` }
  return startNginx(t, {
    server: `root ${files}; ${more} ${fillIn(rotatingBlock, { ...socket, ...own })}`,
    beside: fillIn(previousServer, { ...socket, ...previous })
  })
}

/** Behind a proxy that names the viewer's address. */
const realIp = 'set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For;'

/** The status of a file for cookies that are bound to this address, for given headers. */
async function boundAccess (
  url: string,
  own: string,
  ip: string
): Promise<(headers: Record<string, string>) => Promise<number>> {
  const cdn = nginx({ url, secret: own, scope: '/v/:id/', ip: true })
  const site = await startSite(t, cdn, { paths: folder, ip })
  await site.ask()
  const cookies = site.cookies('/v/1/')
  return async (headers) => (await send(url, '/v/1/a.txt', cookies, headers)).status
}

/**
 * The block before a proxied origin, with `proxy_pass` in the location, as its own files need none.
 */
function proxied (own: string, origin: string): string {
  const start = '{\n  secure_link '
  return fillIn(block, {
    SECRET: own,
    [start]: start.replace('\n', `\n  proxy_pass ${origin};\n`)
  })
}

await testFolder(t, async () => {
  const { url } = await startWithBlock(secret)
  return nginx({ url, secret, scope: '/v/:id/' })
})

await t.test('refuses after the end, and takes both secrets through a rotation', async (t) => {
  const [before, accepting, swapped, after] = await Promise.all([
    startWithBlock(secret),
    startRotating({ SECRET: secret }, { PREVIOUS_SECRET: newSecret }),
    startRotating({ SECRET: newSecret }, { PREVIOUS_SECRET: secret }),
    startWithBlock(newSecret)
  ])
  let keys: NginxKeyEntry[] = [{ secret }]
  const source = { load: async () => keys, every: '1h', settle: 0 } as const
  const site = await startSite(
    t,
    nginx({ url: before.url, scope: '/v/:id/', keys: source }),
    folder
  )
  const answers = async (cookies: string): Promise<number[]> => {
    const engines = [before, accepting, swapped, after]
    const replies = await Promise.all(engines.map(({ url }) => send(url, '/v/1/a.txt', cookies)))
    return replies.map(({ status }) => status)
  }

  const { expiresAt } = await site.askForLast(5)
  const short = site.cookies('/v/1/')
  t.same(await answers(short), [200, 200, 200, 403])
  t.match(await site.ask(), { status: /issued|refreshed/ })
  const old = site.cookies('/v/1/')

  keys = [{ secret }, { secret: newSecret }]
  await site.app.cdnAccess.reloadKeys()
  t.match(await site.ask(), { status: /^fresh$/ })
  keys = keys.toReversed()
  await site.app.cdnAccess.reloadKeys()
  t.match(await site.ask(), { status: /^fresh$/ })
  await site.ask('POST')
  t.same(await answers(site.cookies('/v/1/')), [403, 200, 200, 200])
  t.same(await answers(old), [200, 200, 200, 403])

  await until(expiresAt)
  t.same(await answers(short), [403, 403, 403, 403])
  t.same(await answers(old), [200, 200, 200, 403])
  t.same(await answers(''), [403, 403, 403, 403])
  t.equal((await send(swapped.url, '/v/2/secret.txt', old)).status, 403)
  t.equal((await send(swapped.url, '/cdn-access-previous', old)).status, 404)
})

await t.test('answers each target as the table says, and the edge plugin with it', async (t) => {
  const origin = await startOrigin(t)
  const { url } = await startNginx(t, { server: proxied(secret, origin.url) })
  const cdn = nginx({ url, secret, scope: '/v/:id/' })
  const site = await startSite(t, cdn, folder)
  await site.ask()
  await checkTargets(t, folderTargets, {
    engine: 'nginx',
    url,
    edge: await startEdge(t, cdn),
    cookie: site.cookies('/v/1/')
  })
})

await t.test('passes on what reads in two ways, unless the last block refuses it', async (t) => {
  const seen: string[] = []
  const origin = createServer((request, reply) => {
    seen.push(request.url!)
    reply.end()
  })
  t.teardown(() => origin.close())
  await once(origin.listen(0, '127.0.0.1'), 'listening')
  const address = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`
  const open = await startNginx(t, { server: proxied(secret, address) })
  const careful = await startNginx(t, { server: `${refusal} ${proxied(secret, address)}` })
  const cdn = nginx({ url: open.url, secret, scope: '/v/:id/' })
  const [site, edge] = [await startSite(t, cdn, folder), await startEdge(t, cdn)]
  await site.ask()
  const cookies = site.cookies('/v/1/')

  t.equal((await send(open.url, '/v/2/..%2f1/a.txt', cookies)).status, 200)
  t.same(seen, ['/v/2/..%2f1/a.txt'])
  for (const target of folderTargets.map((row) => row['target']!)) {
    const { status } = await send(careful.url, target, cookies)
    t.equal(status === 200, (await send(edge, target, cookies)).status === 200, target)
  }
})

await t.test('answers each Cookie header as the edge plugin does', async (t) => {
  const { url } = await startWithBlock(secret)
  const cdn = nginx({ url, secret, scope: '/v/:id/' })
  const site = await startSite(t, cdn, folder)
  await site.ask()
  const good = site.cookies('/v/1/')
  const { hash = '', expires = '' } =
    /cdn_access_hash=(?<hash>[^;]+); cdn_access_expires=(?<expires>\d+)/.exec(good)?.groups ?? {}
  const pair = (ownHash: string, ownExpires: string | number): string =>
    `cdn_access_hash=${ownHash}; cdn_access_expires=${ownExpires}`
  const other = pair('A'.repeat(22), expires)
  await checkCookies(t, { url, edge: await startEdge(t, cdn), target: '/v/1/a.txt' }, [
    ['as issued', good, 200],
    ['none', undefined, 403],
    ['an empty header', '', 403],
    ['the hash alone', `cdn_access_hash=${hash}`, 403],
    ['the expiry alone', `cdn_access_expires=${expires}`, 403],
    ['a later expiry', pair(hash, Number(expires) + 1), 403],
    ['an earlier expiry', pair(hash, Number(expires) - 1), 403],
    ['an expiry with a zero before it', pair(hash, `0${expires}`), 403],
    ['another hash', other, 403],
    ['a hash cut off', pair(hash.slice(1), expires), 403],
    ['a hash with padding', pair(`${hash}==`, expires), 200, 403],
    ['in the other order', `cdn_access_expires=${expires}; cdn_access_hash=${hash}`, 200],
    ['in capitals', `CDN_ACCESS_HASH=${hash}; CDN_ACCESS_EXPIRES=${expires}`, 200],
    ['among others', `a=b; ${good}; c=d`, 200],
    ['before another pair', `${good}; ${other}`, 200],
    ['after another pair', `${other}; ${good}`, 403],
    ['in quotes', pair(`"${hash}"`, expires), 403]
  ])
})

await t.test('binds access to the address that the block hashes, behind a proxy too', async (t) => {
  const bound = fillIn(block, { 'scope SECRET': `scope$remote_addr ${secret}` })
  const { url } = await startNginx(t, { server: `root ${files}; ${realIp} ${bound}` })
  const spellings = { '203.0.113.7': '203.0.113.7', '2001:db8::7': '2001:DB8:0::7' }
  for (const [ip, spelling] of Object.entries(spellings)) {
    const statusFrom = await boundAccess(url, secret, ip)
    t.equal(await statusFrom({ 'x-forwarded-for': spelling }), 200)
    t.equal(await statusFrom({ 'x-forwarded-for': '203.0.113.8' }), 403)
    t.equal(await statusFrom({}), 403)
  }
})

await t.test('binds access to an address through a rotation', async (t) => {
  const { url } = await startRotating(
    { 'scope SECRET': `scope$remote_addr ${newSecret}` },
    { 'scope PREVIOUS_SECRET': `scope$http_x_cdn_access_address ${secret}` },
    realIp
  )
  const ip = '203.0.113.7'
  for (const each of [secret, newSecret]) {
    const statusFrom = await boundAccess(url, each, ip)
    const other = { 'x-forwarded-for': '203.0.113.8' }
    t.equal(await statusFrom({ 'x-forwarded-for': ip }), 200)
    t.equal(await statusFrom(other), 403)
    t.equal(await statusFrom({ ...other, 'x-cdn-access-address': ip }), 403)
  }
})

await t.test('decides as explain says, for random requests', async (t) => {
  const { url } = await startWithBlock(secret)
  await checkAgreement(t, nginx({ url, secret, scope: '/v/:id/' }))
})
