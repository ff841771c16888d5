import { createPublicKey, generateKeyPairSync, type JsonWebKey } from 'node:crypto'
import { cdnPath, uriSigning } from 'fastify-cdn-access'
import t from 'tap'
import { checkAgreement } from './agreement.js'
import { startOrigin } from './nginx.js'
import { blocksOf } from './page.js'
import { send } from './request.js'
import { folder, startEdge, startSite, testFolder, until } from './site.js'
import { checkPatterns } from './patterns.js'
import { checkBothTables, checkCookies } from './targets.js'
import { startWorker } from './workerd.js'

const [script = '', ...others] = blocksOf('uri-signing.md', 'js')
const issuer = 'https://api.example.com'
const [key, next] = [makeKey('2026-11'), makeKey('2026-12')]

const origin = await startOrigin(t)
const { url } = await startWorker(t, {
  origin: origin.url,
  script,
  bindings: { ISSUER: issuer, KEYS: [publicJwk(key), publicJwk(next)] }
})
const cdn = uriSigning({ url, issuer, keys: [key] })

await t.test('stands on the page once, on one screen', async (t) => {
  t.same(others, [])
  t.ok(script.split('\n').length <= 40)
})

await testFolder(t, async () => cdn)

await t.test('refuses after the end, and takes cookies of both keys in a rotation', async (t) => {
  let keys = [key]
  const source = { load: async () => keys, every: '1h', settle: 0 } as const
  const site = await startSite(t, uriSigning({ url, issuer, keys: source }), folder)
  await site.ask()
  const old = site.cookies('/v/1/')
  const { expiresAt } = await site.askForLast(5)
  const short = site.cookies('/v/1/')

  keys = [next, key]
  await site.app.cdnAccess.reloadKeys()
  t.equal((await send(url, '/v/1/a.txt', short)).status, 200)
  t.match(await site.ask(), { status: /issued|refreshed/ })
  t.equal((await site.fetch('/v/1/a.txt')).status, 200)
  t.not(site.cookies('/v/1/').split('.')[0], old.split('.')[0], 'the new key has signed')
  t.equal((await send(url, '/v/1/a.txt', old)).status, 200)

  await until(expiresAt)
  t.equal((await send(url, '/v/1/a.txt', short)).status, 403)
  for (const cookies of [old, site.cookies('/v/1/')]) {
    t.equal((await send(url, '/v/1/a.txt', cookies)).status, 200)
  }
})

await t.test('answers each target as the tables say, and the edge plugin with it', async (t) => {
  await checkBothTables(t, 'Worker', cdn)
})

await t.test('answers paths of patterns as the edge plugin does', async (t) => {
  await checkPatterns(t, cdn)
})

await t.test('answers each Cookie header as the edge plugin does', async (t) => {
  const [site, foreign, forged, strange, aimed, started] = await Promise.all([
    startSite(t, cdn, folder),
    startSite(t, cdn, [cdnPath`/v/${2}/*`]),
    startSite(t, uriSigning({ url, issuer, keys: [makeKey('2026-11')] }), folder),
    startSite(t, uriSigning({ url, issuer: 'https://other.example.com', keys: [key] }), folder),
    startSite(t, uriSigning({ url, issuer, keys: [key], audience: 'other' }), folder),
    startSite(t, cdn, { paths: folder, notBefore: new Date(Date.now() + 300_000) })
  ])
  await Promise.all([site, foreign, forged, strange, aimed, started].map((each) => each.ask()))
  const [good, other] = [site.cookies('/v/1/'), foreign.cookies('/v/2/')]
  const [header, payload, signature = ''] = good.split('.')
  const first = signature.startsWith('A') ? 'B' : 'A'
  const changed = `${header}.${payload}.${first}${signature.slice(1)}`
  const unprotected = Buffer.from('{"alg":"none"}').toString('base64url')
  const unsigned = `URISigningPackage=${unprotected}.${payload}.`
  const junk = 'URISigningPackage=junk'
  await checkCookies(t, { url, edge: await startEdge(t, cdn), target: '/v/1/a.txt' }, [
    ['as issued', good, 200],
    ['none', undefined, 403],
    ['an empty header', '', 403],
    ['junk', junk, 403],
    ['a changed signature', changed, 403],
    ['no signature', unsigned, 403],
    ['cut off', good.slice(0, -1), 403],
    ['of another folder', other, 403],
    ['of another key with the same id', forged.cookies('/v/1/'), 403],
    ['of another issuer', strange.cookies('/v/1/'), 403],
    ['with an audience', aimed.cookies('/v/1/'), 403],
    ['before its start', started.cookies('/v/1/'), 403],
    ['among others', `a=b; ${good}; c=d`, 200],
    ['before one of another folder', `${good}; ${other}`, 200],
    ['after one of another folder', `${other}; ${good}`, 200],
    ['before junk', `${good}; ${junk}`, 200],
    ['after junk', `${junk}; ${good}`, 200, 403],
    ['in small letters', good.replace('URISigningPackage', 'urisigningpackage'), 403],
    ['in quotes', good.replace('=', '="').concat('"'), 403]
  ])
})

/** A key as the API holds it. */
function makeKey (kid: string): { kid: string, key: string } {
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'prime256v1',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' }
  })
  return { kid, key: privateKey }
}

/** The same key as the Worker holds it. */
function publicJwk ({ kid, key: pem }: { kid: string, key: string }): JsonWebKey {
  return { ...createPublicKey(pem).export({ format: 'jwk' }), kid }
}

await t.test('decides as explain says, for random requests', async (t) => {
  await checkAgreement(t, cdn)
})
