import { createHmac } from 'node:crypto'
import t from 'tap'
import type { Cdn, CdnKey, KeyRingReport } from '../../src/index.js'
import { openKeyRing } from '../../src/key-ring/key-ring.js'
import { quiet } from '../fixtures/key-log.js'
import { seeds } from '../fixtures/property.js'
import { seeded } from '../fixtures/seeded.js'

const start = 1_800_000_000
const settle = 600
const life = 100

/** What a source holds of a key. */
interface Entry {
  readonly id: string
  readonly canSign: boolean
  readonly notBefore?: number
  readonly notAfter?: number
}

/** Parses what a source yields as it stands, or refuses it. */
function cdnOf (load: () => unknown): Cdn {
  return {
    name: 'events',
    url: 'https://media.example.com',
    cookieNames: ['a'],
    keys: { load, every: '7d', settle },
    format: {},
    parseKey: (entry) => {
      const { id } = entry as Entry
      if (typeof id !== 'string') throw new TypeError('half an entry')
      const identity = createHmac('sha256', 'x').update(id).digest('base64url')
      return { ...entry as Entry, identity } satisfies CdnKey
    },
    plan: () => ['/'],
    sign: async () => [],
    check: async () => ({ allowed: true, status: 200, checks: [] })
  }
}

/** What the rules say of a ring, told anew from its history alone. */
class Model {
  now = start
  ring: readonly Entry[] = []
  readonly seen = new Map<string, { at: number, load: number }>()
  #loads = 0

  load (entries: readonly Entry[]): void {
    this.#loads++
    for (const id of this.seen.keys()) {
      if (!entries.some((entry) => entry.id === id)) this.seen.delete(id)
    }
    for (const { id } of entries) {
      if (!this.seen.has(id)) this.seen.set(id, { at: this.now, load: this.#loads })
    }
    this.ring = entries
  }

  /** Those that may sign then what lives so long. */
  able (at = this.now): readonly Entry[] {
    return this.ring.filter(({ canSign, notBefore = 0, notAfter = Infinity }) =>
      canSign && notBefore <= at && notAfter >= at + life
    )
  }

  /** Of a ring that can sign now the last second before it can not. */
  end (): number | undefined {
    const ends = this.ring.map(({ notAfter = Infinity }) => notAfter - life)
    return ends.filter((end) => end >= this.now && end < Infinity).toSorted((a, b) => a - b).find((
      end
    ) => this.able(end + 1).length === 0)
  }

  hasSettled ({ id }: Entry): boolean {
    return this.seen.get(id)!.at + settle <= this.now
  }
}

function change (ring: readonly Entry[], now: number, next: (limit: number) => number): Entry[] {
  const entries = [...ring]
  const fresh = (): Entry => ({
    id: `K${next(8)}`,
    canSign: next(5) > 0,
    ...next(6) === 0 ? { notBefore: now + next(900) } : {},
    ...next(6) === 0 ? { notAfter: now + 950 + next(2000) } : {}
  })
  const at = next(entries.length + 1)
  const kind = next(4)
  if (kind === 0 || entries.length === 0) entries.splice(at, 0, fresh())
  else if (kind === 1) entries.splice(at, 1)
  else if (kind === 2) entries.reverse()
  else entries.push(fresh())
  const ids = entries.map(({ id }) => id)
  const unique = entries.filter(({ id }, index) => ids.indexOf(id) === index)
  return unique.length === 0 ? [fresh()] : unique
}

t.test('whatever happens to a ring, the key that may sign does, and keys() says so', async (t) => {
  const counts = { settled: 0, unsettled: 0, none: 0, failed: 0 }
  for (const seed of seeds(150)) {
    const next = seeded(seed)
    const model = new Model()
    let answer: () => unknown = () => []
    const ring = await openKeyRing(cdnOf(() => answer()), {
      log: quiet,
      now: () => model.now,
      ttl: life
    })
    let had = false
    for (let step = 0; step < 40; step++) {
      const event = next(10)
      if (event < 5) {
        const entries = change(model.ring, model.now, next)
        answer = () => entries
        await ring.reload()
        model.load(entries)
        had = true
      } else if (event < 7) {
        const half = [model.ring[0], { id: undefined }]
        answer = event === 5 ? () => half : () => {
          throw new Error('down')
        }
        await ring.reload().catch(() => counts.failed++)
      } else model.now += next(event === 7 ? 3 : 400)
      const fault = faultOf(
        model,
        ring.report(),
        had,
        () => ring.signingKey(model.now, model.now + life).key.id
      )
      if (fault !== undefined) t.fail(`seed ${seed}, step ${step}: ${fault}`)
      const signs = model.able()
      if (signs.length === 0) counts.none++
      else counts[signs.some((entry) => model.hasSettled(entry)) ? 'settled' : 'unsettled']++
    }
    ring.close()
  }
  t.ok(Object.values(counts).every((count) => count > 100), JSON.stringify(counts))
})

/** What a ring does that it should not. */
function faultOf (
  model: Model,
  report: KeyRingReport,
  had: boolean,
  sign: () => string
): string | undefined {
  let id: string | undefined
  try {
    id = sign()
  } catch (error) {
    const { code } = error as { code: string }
    const verifies = had && !model.ring.some(({ canSign }) => canSign)
    const expected = verifies ? 'CDN_ACCESS_VERIFY_ONLY' : 'CDN_ACCESS_KEY_UNAVAILABLE'
    if (code !== expected) return code
  }
  const able = model.able()
  const settled = able.find((entry) => model.hasSettled(entry))
  const first = Math.min(...able.map((entry) => model.seen.get(entry.id)!.load))
  const seenFirst = able.filter((entry) => model.seen.get(entry.id)!.load === first)
  const expected = settled ?? seenFirst.at(-1)
  if (id !== expected?.id) return `${id} signs, and not ${expected?.id}`
  if (able.length > 0 && report.until !== model.end()) {
    return `keys() says until ${report.until}, and not ${model.end()}`
  }
  if (report.signing?.id !== id) return `keys() says that ${report.signing?.id} signs, not ${id}`
  if (report.keys.map((key) => key.id).join() !== model.ring.map((entry) => entry.id).join()) {
    return 'keys() lists others than the last good ring has'
  }
  const odd = report.keys.find((key) =>
    key.signs !== (key.id === id) || key.firstSeenAt !== model.seen.get(key.id)!.at ||
    key.settledAt !== key.firstSeenAt + settle
  )
  return odd === undefined ? undefined : `keys() is wrong of ${odd.id}`
}
