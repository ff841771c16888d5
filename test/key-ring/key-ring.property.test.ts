import { createHmac, generateKeyPairSync } from 'node:crypto'
import t from 'tap'
import { cdnPath, cloudfront, type Cdn, type CdnKey, type KeyLoader } from '../../src/index.js'
import { secretIdentity } from '../../src/keys/secret-key.js'
import { seeds } from '../fixtures/property.js'
import { seeded } from '../fixtures/seeded.js'
import { createViewer, fixedClock, mediaUrl, startApi } from '../fixtures/site.js'

type Next = (limit: number) => number

/** A key as somebody else's CDN may have it: its identity leaves the id out. */
class PassKey implements CdnKey {
  readonly canSign = true
  readonly id: string
  readonly identity: string
  readonly #secret: Buffer

  constructor (id: string, secret: string) {
    this.id = id
    this.#secret = Buffer.from(secret)
    this.identity = secretIdentity(this.#secret)
  }

  pass (expiresAt: string): string {
    const mac = createHmac('sha256', this.#secret).update(expiresAt).digest('base64url')
    return `${this.id}.${expiresAt}.${mac}`
  }
}

function passes (keys: KeyLoader): Cdn {
  const cdn: Cdn<PassKey> = {
    name: 'passes',
    url: mediaUrl,
    cookieNames: ['Pass'],
    keys,
    format: {},
    parseKey: (entry) => {
      const { id, secret } = entry as { id: string, secret: string }
      return new PassKey(id, secret)
    },
    plan: () => ['/'],
    sign: async ({ expiresAt }, key) => [
      { name: 'Pass', value: key.pass(String(expiresAt)), path: '/' }
    ],
    check: async ({ cookies, now }, accepted) => {
      const value = cookies.find(([name]) => name === 'Pass')?.[1] ?? ''
      const [id, expiresAt = ''] = value.split('.')
      const key = accepted.find((each) => each.id === id)
      const allowed = key?.pass(expiresAt) === value && Number(expiresAt) > now
      return { allowed, status: allowed ? 200 : 403, checks: [] }
    }
  }
  return cdn
}

const pairs = Array.from({ length: 3 }, () => generateKeyPairSync('ec', { namedCurve: 'P-256' }))

function cloudFrontEntry (id: string, material: number, signs: boolean): object {
  const { privateKey, publicKey } = pairs[material]!
  return { keyPairId: id, ...signs ? { privateKey } : { publicKey } }
}

function passEntry (id: string, material: number): object {
  return { id, secret: `secret number ${material}` }
}

/** One to three keys: ids and material go together at random, and never two of one id. */
function randomRing (next: Next, entryOf: typeof cloudFrontEntry): object[] {
  const ids = ['K1', 'K2', 'K3', 'K4']
  return Array.from({ length: 1 + next(3) }, (_, index) => {
    const [id] = ids.splice(next(ids.length), 1)
    return entryOf(id!, next(pairs.length), index === 0 || next(2) === 0)
  })
}

t.test('nobody is told that cookies are fresh which the CDN refuses', async (t) => {
  const told: Record<string, number> = { issued: 0, refreshed: 0, fresh: 0 }
  const cdns = [
    [cloudFrontEntry, (keys: KeyLoader) => cloudfront({ url: mediaUrl, keys: keys as never })],
    [passEntry, passes]
  ] as const
  for (const [entryOf, cdnOf] of cdns) {
    for (const seed of seeds(8)) {
      const next = seeded(seed)
      const clock = fixedClock()
      let ring = randomRing(next, entryOf)
      const app = await startApi(clock, {
        cdn: cdnOf({ load: () => ring, every: '1h' }),
        authorize: ({ headers }) => [cdnPath`/u/${String(headers['x-user'])}/*`],
        cacheSize: next(3) * 2
      })
      const viewers = ['ada', 'ada', 'bob', 'cyd'].map((user) => ({
        url: `${mediaUrl}/u/${user}/a.png`,
        browser: createViewer({ 'x-user': user })
      }))
      for (let step = 0; step < 40; step++) {
        if (next(4) === 0) {
          ring = randomRing(next, entryOf)
          await app.cdnAccess.reloadKeys()
        }
        if (next(4) === 0) clock.advance(next(120))
        const { url, browser } = viewers[next(viewers.length)]!
        const { status, body } = await browser.ask(app, next(8) === 0 ? 'POST' : 'GET')
        const { allowed } = await app.cdnAccess.explain({ url, cookies: browser.cookies(url) })
        if (status !== 200 || !allowed) {
          t.fail(`${entryOf.name}, seed ${seed}, step ${step}: ${JSON.stringify(body)}`)
        }
        told[String(body['status'])]!++
      }
      await app.close()
    }
  }
  t.ok(Object.values(told).every((count) => count > 50), JSON.stringify(told))
})
