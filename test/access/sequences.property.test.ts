import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import t from 'tap'
import { bytesOf } from '../../src/cookies/line-size.js'
import { cdnPath, cloudfront, type GrantDetails } from '../../src/index.js'
import { seeds } from '../fixtures/property.js'
import { seeded } from '../fixtures/seeded.js'
import {
  createViewer,
  fixedClock,
  mediaUrl,
  startApi,
  startSeconds,
  type Reply,
  type Viewer
} from '../fixtures/site.js'

const pairs = Array.from({ length: 3 }, () => generateKeyPairSync('ec', { namedCurve: 'P-256' }))

/** What can go wrong with a signer that is elsewhere. */
type Fault = 'none' | 'fails' | 'signs something else'

interface Entry {
  keyPairId: string
  privateKey: { publicKey: KeyObject, sign: (data: Uint8Array) => Buffer }
}

t.test('tells nobody that access is fresh or issued which the CDN refuses', async (t) => {
  const said: Record<string, number> = {}
  for (const seed of seeds(10)) {
    const next = seeded(seed * 31)
    const clock = fixedClock()
    let fault: Fault = 'none'
    let grant: GrantDetails | false = false
    let ring: Entry[] = [entryOf(0, () => fault)]
    const app = await startApi(clock, {
      cdn: cloudfront({ url: mediaUrl, keys: { load: () => ring, every: '1h' } }),
      authorize: () => grant
    })
    t.teardown(() => app.close())
    const viewers = [createViewer(), createViewer()]
    for (let step = 0; step < 25; step++) {
      clock.advance(next(4) === 0 ? next(700) : next(60))
      if (next(3) === 0) grant = grantOf(next, Math.floor(clock.now() / 1000))
      if (next(5) === 0) {
        fault = (['none', 'none', 'fails', 'signs something else'] as const)[next(4)]!
      }
      if (next(4) === 0) {
        const before: Fault = fault
        fault = 'none'
        ring = Array.from(
          { length: 1 + next(3) },
          (_, index) => entryOf((index + next(3)) % 3, () => fault)
        ).filter(({ keyPairId }, index, all) =>
          all.findIndex((other) => other.keyPairId === keyPairId) === index
        )
        await app.cdnAccess.reloadKeys()
        fault = before
      }
      const viewer = viewers[next(2)]!
      const reply = await viewer.ask(
        app,
        (['GET', 'GET', 'GET', 'POST', 'DELETE'] as const)[next(5)]
      )
      const status = typeof reply.body['status'] === 'string'
        ? reply.body['status']
        : `${reply.status}`
      said[status] = (said[status] ?? 0) + 1
      const what = `seed ${seed}, step ${step}: ${status}`
      t.ok(bytesOf(reply.setCookie) <= 8192, what)
      if (
        reply.body['status'] !== undefined && grant !== false && fault !== 'signs something else'
      ) {
        for (const path of grant.paths as readonly ReturnType<typeof cdnPath>[]) {
          const url = mediaUrl + path.path.replace('*', 'film')
          const at = Math.max(Math.floor(clock.now() / 1000), Number(grant.notBefore ?? 0) + 1)
          const cookies = viewer.cookies(url)
          const { allowed, checks } = await app.cdnAccess.explain({ url, cookies, at })
          t.ok(allowed, `${what}: ${JSON.stringify(checks.at(-1))}`)
        }
      }
    }
    await holdsNothing(t, viewers, () => app, seed)
  }
  for (const status of ['issued', 'refreshed', 'fresh', '204', '403', '500']) {
    t.ok(said[status]! > 0, `${status}: ${JSON.stringify(said)}`)
  }
})

async function holdsNothing (
  t: { equal: (found: unknown, expected: unknown, message: string) => unknown },
  viewers: readonly Viewer[],
  app: () => Parameters<Viewer['ask']>[0],
  seed: number
): Promise<void> {
  for (const viewer of viewers) {
    let reply: Reply
    do reply = await viewer.ask(app(), 'DELETE')
    while (reply.setCookie.some((line) => line.includes('.remains.')))
    for (const path of ['/a/', '/b/', '/c/', '/d/', '/e/', '/f/']) {
      t.equal(viewer.cookies(`${mediaUrl}${path}x`), '', `seed ${seed}: ${path}`)
    }
  }
}

function entryOf (pair: number, fault: () => Fault): Entry {
  const { privateKey, publicKey } = pairs[pair]!
  return {
    keyPairId: `K${pair}`,
    privateKey: {
      publicKey,
      sign: (data) => {
        if (fault() === 'fails') throw new Error('the signer is out')
        const signed = fault() === 'none' ? data : Buffer.from('something else')
        return sign('sha256', signed, privateKey)
      }
    }
  }
}

function grantOf (next: (limit: number) => number, now: number): GrantDetails | false {
  const names = 'abcdef'.split('').filter(() => next(2) === 0)
  if (names.length === 0) return false
  return {
    paths: names.map((name) => cdnPath`/${name}/*`),
    ...(next(4) === 0 ? { ttl: 60 + next(500) } : {}),
    ...(next(4) === 0 ? { until: now + 30 + next(900) } : {}),
    ...(next(5) === 0 ? { notBefore: Math.max(startSeconds, now - 30 + next(40)) } : {})
  }
}
