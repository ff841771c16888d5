import t from 'tap'
import type { Cdn } from '../../src/cdn/cdn.js'
import { expiredCookies, foreignCookies } from '../../src/cli/broken-cookies.js'
import type { Configuration } from '../../src/cli/configuration.js'
import type { Terminal } from '../../src/cli/terminal.js'
import { cookiePairs } from '../../src/cookies/cookies.js'
import { explain } from '../../src/explain/explain.js'
import { akamai, cloudfront, googleCloudCdn } from '../../src/index.js'
import { openKeyRing } from '../../src/key-ring/key-ring.js'
import { secondOf } from '../../src/cli/terminal.js'
import { quiet } from '../fixtures/key-log.js'
import { everyCdn } from '../fixtures/every-cdn.js'
import { ecPublic } from '../fixtures/keys.js'
import { end, now, signerOf, url } from '../fixtures/situations.js'

const file = new URL(`${url}/u/1/a.png`)
const terminal: Terminal = {
  env: {},
  now: () => now * 1000,
  isTerminal: false,
  out: () => {},
  err: () => {},
  readInput: async () => undefined
}

async function expired (cdns: readonly Cdn[] | undefined, at = file): Promise<string> {
  const configuration: Configuration | undefined = cdns && { cdns, options: {} }
  const made = await expiredCookies(configuration, at, terminal)
  return 'why' in made ? made.why : made.cookies
}

async function codeOf (cdn: Cdn, cookies: string): Promise<string | undefined> {
  const ring = await openKeyRing(cdn, { log: quiet, now: () => secondOf(terminal) })
  t.teardown(() => ring.close())
  const { checks } = await explain(
    { cdns: [cdn], rings: new Map([[cdn.name, ring]]), now: terminal.now },
    { url: file.href, cookies }
  )
  return checks.find(({ ok }) => !ok)?.code
}

t.test('signs what ended a minute ago, and each format refuses it for that alone', async (t) => {
  for (const [name, cdn] of Object.entries(everyCdn)) {
    t.equal(await codeOf(cdn, await expired([cdn])), 'expired', name)
  }
})

t.test('changes signatures so that each format refuses them, and for no other reason', async (t) => {
  const wrong = new Set(['signature-wrong', 'policy-unreadable', 'key-differs', 'malformed'])
  for (const [name, cdn] of Object.entries(everyCdn)) {
    const paths = [name === 'canned' ? '/u/1/a.png' : '/u/1/*']
    const pairs = await signerOf(cdn).cookies({ paths, expiresAt: end })
    const cookies = pairs.map((pair) => pair.join('=')).join('; ')
    t.equal(await codeOf(cdn, cookies), undefined, name)
    const foreign = foreignCookies(cookies)
    t.same(cookiePairs(foreign).map(([own]) => own), pairs.map(([own]) => own), name)
    const code = await codeOf(cdn, foreign)
    t.ok(wrong.has(code!), `${name}: ${code}`)
  }
  t.equal(foreignCookies(''), '')
  t.equal(foreignCookies('id=K2JCJ'), 'id=K2JCJ')
  t.equal(foreignCookies('a=aaaaaaaa0aaaaaaaa'), 'a=aaaaaaaa1aaaaaaaa')
})

t.test('says why there are none, and no key with it', async (t) => {
  t.equal(await expired(undefined), `no key: no CDN at ${url} is configured`)
  const cdn = akamai({ url, key: 'ab'.repeat(16) })
  t.match(await expired([cdn], new URL('https://h/a')), /^no key: no CDN at https:\/\/h /)
  t.equal(
    await expired([cloudfront({ url, keys: [{ keyPairId: 'K1', publicKey: ecPublic }] })]),
    'no key that signs: CDN_ACCESS_VERIFY_ONLY'
  )
  const prefix = googleCloudCdn({ url, keyName: 'k', key: 'nZtRohdNF9m3cKM24IcK4w==' })
  t.match(await expired([prefix]), /^Cloud-CDN-Cookie=/, 'the folder, where a file can\'t be held')
  const narrow = everyCdn['nginx']!
  t.equal(
    await expired([narrow], new URL(`${url}/a`)),
    'its format holds neither this file nor its folder'
  )
})
