import type { Cdn } from 'fastify-cdn-access'
import type { Test } from 'tap'
import { send } from './request.js'
import { folder, startSite } from './site.js'

/** How many requests each engine is asked. */
const requests = 500

const targets = [
  '/v/1/a.txt',
  '/v/1/a.txt?b=c',
  '/v/1/none.txt',
  '/v/%31/a.txt',
  '/v/1/a%20b',
  '/v/2/secret.txt',
  '/v/12/secret.txt',
  '/img/a.png',
  '/',
  '/v/1/./a.txt',
  '/v/1/../2/secret.txt',
  '/v/1/..%2f2/secret.txt',
  '/v/1/..;/a.txt'
]

const odd = ['A', '_', '-', '0', '.', '%', '~', '%3D']

/** Numbers that look random and are the same in each run. */
function seeded (seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor(state / 2 ** 32 * limit)
  }
}

/** Cookies as they were issued, or changed, cut, left out or doubled. */
function broken (next: (limit: number) => number, header: string): string | undefined {
  const pairs = header.split('; ')
  const at = next(pairs.length)
  const pair = pairs[at]!
  const place = pair.indexOf('=') + 1 + next(pair.length - pair.indexOf('=') - 1)
  const changed = [
    pair.slice(0, place) + odd[next(odd.length)]! + pair.slice(place + 1),
    pair.slice(0, place),
    `${pair}${odd[next(odd.length)]!}`
  ]
  const ways = [
    pairs,
    pairs,
    pairs,
    [...pairs, 'session=x'],
    pairs.with(at, changed[next(changed.length)]!),
    pairs.toSpliced(at, 1),
    [changed[next(changed.length)]!, ...pairs],
    [...pairs, changed[next(changed.length)]!]
  ]
  const sent = ways[next(ways.length)]!.join('; ')
  return sent === '' || next(20) === 0 ? undefined : sent
}

/**
 * Holds `explain` to an engine's answers, for random requests of a viewer whose cookies are good,
 * expired or broken. Where it refuses what the engine serves, it must say so.
 */
export async function checkAgreement (t: Test, cdn: Cdn): Promise<void> {
  const site = await startSite(t, cdn, folder)
  await site.ask()
  const good = site.cookies('/v/1/')
  await site.askForLast(-60)
  const over = site.cookies('/v/1/')
  const next = seeded(1)
  const counts = { served: 0, refused: 0, stricter: 0 }
  for (let index = 0; index < requests; index++) {
    const target = targets[next(2) === 0 ? 0 : next(targets.length)]!
    const expired = next(6) === 0 && over !== ''
    const cookies = broken(next, expired ? over : good)
    const { status } = await send(cdn.url, target, cookies)
    const { allowed, checks } = await site.app.cdnAccess.explain({
      url: cdn.url + target,
      ...(cookies === undefined ? {} : { cookies })
    })
    const served = status === 200 || status === 404
    const stricter = served && !allowed && / stricter than the CDN/.test(checks.at(-1)!.detail)
    counts[stricter ? 'stricter' : served ? 'served' : 'refused']++
    if (served !== allowed && !stricter) {
      t.fail(
        `request ${index}: the engine answers ${status} to ${target}, and explain says ${
          allowed ? 'allowed' : `${checks.at(-1)!.code}: ${checks.at(-1)!.detail}`
        }`
      )
    }
  }
  t.ok(counts.served > requests / 8 && counts.refused > requests / 4, JSON.stringify(counts))
}
