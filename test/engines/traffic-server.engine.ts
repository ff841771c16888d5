import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { cdnPath, type UriSigningKeyEntry } from 'fastify-cdn-access'
import t from 'tap'
import { checkAgreement } from './agreement.js'
import { checkPatterns } from './patterns.js'
import { send } from './request.js'
import { folder, startEdge, startSite, testFolder, until } from './site.js'
import { checkBothTables, checkCookies } from './targets.js'
import { keysFile, startPageServer } from './traffic-server-page.js'
import { startTrafficServer } from './traffic-server.js'

const next = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
const nextEntry: UriSigningKeyEntry = { key: next.privateKey, kid: '2026-12' }
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })

const { url, key, config, make } = await startPageServer(t, [
  { ...next.publicKey.export({ format: 'jwk' }), kid: '2026-12', alg: 'ES256' },
  { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'rsa', alg: 'RS256' }
])

await testFolder(t, async () => make())

await t.test('refuses after the end, and renews only where it is told to', async (t) => {
  const [plain, renewing] = await Promise.all([
    startSite(t, make(), folder),
    startSite(t, make({ renewAtEdgeWithoutRevocation: { seconds: 60, segments: 2 } }), folder)
  ])
  const [{ expiresAt }, last] = await Promise.all([plain.askForLast(5), renewing.askForLast(5)])
  const [short, original] = [plain.cookies('/v/1/'), renewing.cookies('/v/1/')]

  const { status: plainStatus, setCookie } = await send(url, '/v/1/a.txt', short)
  t.same([plainStatus, setCookie], [200, []])
  const { status, setCookie: [line = ''] } = await send(url, '/v/1/a.txt', original)
  t.equal(status, 200)
  t.match(line, /^URISigningPackage=[\w-]+\.[\w-]+\.[\w-]+; Path=\/v\/1$/)
  const [renewed = ''] = line.split(';')
  const payload = Buffer.from(renewed.split('.')[1]!, 'base64url').toString()
  const { exp } = JSON.parse(payload) as { exp: number }
  t.ok(exp > last.expiresAt + 30, 'access has become longer')

  t.match(await plain.ask(), { status: /issued|refreshed/ })
  t.equal((await plain.fetch('/v/1/a.txt')).status, 200)
  await until(Math.max(expiresAt, last.expiresAt))
  for (const cookies of [short, original]) {
    const refused = await send(url, '/v/1/a.txt', cookies)
    t.same([refused.status, refused.setCookie], [403, []])
  }
  t.equal((await send(url, '/v/1/a.txt', renewed)).status, 200)
  t.equal((await send(url, '/v/2/secret.txt', renewed)).status, 403)
  t.equal((await plain.fetch('/v/1/a.txt')).status, 200)
})

await t.test('takes cookies of both keys through a rotation', async (t) => {
  let keys: UriSigningKeyEntry[] = [{ key }]
  const site = await startSite(
    t,
    make({ keys: { load: async () => keys, every: '1h', settle: 0 } }),
    folder
  )
  await site.ask()
  const old = site.cookies('/v/1/')
  const { expiresAt } = await site.askForLast(4)
  const short = site.cookies('/v/1/')

  keys = [nextEntry, { key }]
  await site.app.cdnAccess.reloadKeys()
  t.equal((await send(url, '/v/1/a.txt', short)).status, 200)
  await site.ask('POST')
  t.equal(kidOf(site.cookies('/v/1/')), '2026-12')
  t.equal((await site.fetch('/v/1/a.txt')).status, 200)
  t.equal(kidOf(old), '2026-11')
  t.equal((await send(url, '/v/1/a.txt', old)).status, 200)

  keys = [nextEntry]
  await site.app.cdnAccess.reloadKeys()
  t.match(await site.ask(), { status: /^fresh$/ })
  await until(expiresAt)
  t.equal((await send(url, '/v/1/a.txt', short)).status, 403)
  t.equal((await site.fetch('/v/1/a.txt')).status, 200)
})

await t.test('answers each target as the tables say, and the edge plugin with it', async (t) => {
  await checkBothTables(t, 'Traffic Server', make())
})

await t.test('answers paths of patterns as the edge plugin does', async (t) => {
  await checkPatterns(t, make())
})

await t.test('answers each Cookie header as the edge plugin does', async (t) => {
  const cdn = make()
  const [site, foreign, strange, forged, started] = await Promise.all([
    startSite(t, cdn, folder),
    startSite(t, cdn, [cdnPath`/v/${2}/*`]),
    startSite(t, make({ issuer: 'https://other.example.com' }), folder),
    startSite(t, make({ key: { ...key, k: randomBytes(32).toString('base64url') } }), folder),
    startSite(t, cdn, { paths: folder, notBefore: new Date(Date.now() + 300_000) })
  ])
  await Promise.all([site, foreign, strange, forged, started].map((each) => each.ask()))
  const [good, other] = [site.cookies('/v/1/'), foreign.cookies('/v/2/')]
  const [header, payload, signature = ''] = good.split('.')
  const first = signature.startsWith('A') ? 'B' : 'A'
  const changed = `${header}.${payload}.${first}${signature.slice(1)}`
  const junk = 'URISigningPackage=junk'
  await checkCookies(t, { url, edge: await startEdge(t, cdn), target: '/v/1/a.txt' }, [
    ['as issued', good, 200],
    ['none', undefined, 403],
    ['an empty header', '', 403],
    ['an empty value', 'URISigningPackage=', 403],
    ['junk', junk, 403],
    ['a changed signature', changed, 403],
    ['no signature', `${header}.${payload}.`, 403],
    ['cut off', good.slice(0, -1), 403],
    ['of another folder', other, 403],
    ['of another issuer', strange.cookies('/v/1/'), 403],
    ['of another key with the same id', forged.cookies('/v/1/'), 403],
    ['before its start', started.cookies('/v/1/'), 403],
    ['among others', `a=b; ${good}; c=d`, 200],
    ['before one of another folder', `${good}; ${other}`, 200],
    ['after one of another folder', `${other}; ${good}`, 200],
    ['after a changed one', `${changed}; ${good}`, 200],
    ['before junk', `${good}; ${junk}`, 200],
    ['after junk', `${junk}; ${good}`, 403],
    ['in small letters', good.replace('URISigningPackage', 'urisigningpackage'), 403],
    ['in quotes', good.replace('=', '="').concat('"'), 403],
    ['with padding', `${good}=`, 403],
    ['before one with padding', `${good}; ${good}=`, 403],
    ['with a space behind it', `${good} ; a=b`, 403, 200]
  ])
})

await t.test('answers tokens in the URL as the edge plugin does', async (t) => {
  const cdn = make()
  const [site, edge] = await Promise.all([startSite(t, cdn, folder), startEdge(t, cdn)])
  await site.ask()
  const good = site.cookies('/v/1/')
  const signed = (await site.app.cdnAccess.signUrl('/img/a.png')).slice(url.length)
  const rows: Array<[target: string, cookie: string | undefined, wanted: number]> = [
    [signed, undefined, 200],
    [`${signed}x`, undefined, 403],
    [signed.replace('/img/', '/v/1/'), undefined, 403],
    [signed.replace('/img/a.png', '/v/1/a.txt'), good, 200],
    [`/v/1/a.txt?${good}`, undefined, 200],
    [`/v/1/a.txt?b=c&${good}`, undefined, 200],
    [`/v/1/a.txt?${good}&b=c`, undefined, 200],
    [`/v/2/secret.txt?${good}`, undefined, 403],
    ['/v/1/a.txt?URISigningPackage=junk', undefined, 403],
    ['/v/1/a.txt?URISigningPackage=junk', good, 200]
  ]
  for (const [target, cookie, wanted] of rows) {
    t.equal((await send(url, target, cookie)).status, wanted, `the engine answers ${target}`)
    t.equal((await send(edge, target, cookie)).status, wanted, `the edge plugin answers ${target}`)
  }
})

await t.test('compares the audience with the id of the configuration', async (t) => {
  const [own, other] = await Promise.all(
    ['media', 'other'].map((audience) => startSite(t, make({ audience }), folder))
  )
  await Promise.all([own!.ask(), other!.ask()])
  t.equal((await own!.fetch('/v/1/a.txt')).status, 200)
  t.equal((await other!.fetch('/v/1/a.txt')).status, 403)
})

await t.test('accepts keys of each kind but Ed25519, with which it does not start', async (t) => {
  const rsaEntry = { key: rsa.privateKey, kid: 'rsa' }
  for (const entry of [{ key }, nextEntry, rsaEntry, { key: next.privateKey }]) {
    const site = await startSite(t, make({ keys: [entry] }), folder)
    await site.ask()
    t.equal((await site.fetch('/v/1/a.txt')).status, 200)
  }
  const { publicKey } = generateKeyPairSync('ed25519')
  await t.rejects(
    startTrafficServer(t, {
      ...config,
      keys: keysFile(key.k, [{ ...publicKey.export({ format: 'jwk' }), kid: 'ed', alg: 'EdDSA' }])
    }),
    /remap\.config failed to load/
  )
})

/** The key that a token names. */
function kidOf (cookie: string): unknown {
  const [header = ''] = cookie.replace('URISigningPackage=', '').split('.')
  return (JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid?: string }).kid
}

await t.test('decides as explain says, for random requests', async (t) => {
  await checkAgreement(t, make())
})
