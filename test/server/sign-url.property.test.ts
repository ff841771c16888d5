import t from 'tap'
import { cdnPath, type Cdn, type SignUrlOptions } from '../../src/index.js'
import { openKeyRings } from '../../src/key-ring/key-ring.js'
import { signUrl } from '../../src/server/sign-url.js'
import { everyCdn, keyOf } from '../fixtures/every-cdn.js'
import { quiet } from '../fixtures/key-log.js'
import { seeds } from '../fixtures/property.js'
import { pickText, seeded } from '../fixtures/seeded.js'

const now = 1_800_000_000
const refusal = /^CDN_ACCESS_(?:PATH|GRANT|SIGNED_URL)_UNSUPPORTED$/

/** Every separator of every format, raw and encoded, and what a field or a further path is. */
const marks = '!~,:&+=$\'()@[]'.split('')
const encoded = ['%21', '%7E', '%2C', '%3A', '%26', '%2A', '%3F', '%7C', '%20', '%C3%BC']
const fields = ['exp=9999999999', 'Expires=9999999999', 'acl=', 'edge-cache-token=', 'Policy=']
const parts = ['a', 'film', '-', '.', '/', '/', '/u/2/secret.png', ...marks, ...encoded, ...fields]

const places = [
  { path: 'a/film.png' },
  { path: 'film.png', scope: cdnPath`/u/1/*` },
  { path: 'a/film.png', scope: cdnPath.glob`/u/*/film.png` },
  { path: 'film.png', scope: cdnPath.prefix`/u/1` }
]
const limits: ReadonlyArray<Partial<SignUrlOptions>> = [
  {},
  {},
  { notBefore: now + 60 },
  { ip: '203.0.113.7' },
  { ip: { cidr: '203.0.113.0/28' } },
  { claims: { id: 'viewer-1-of-this-test' } },
  { claims: { id: 'viewer', role: 'admin-of-this-test' } },
  { notBefore: now + 60, ip: '203.0.113.7', claims: { data: 'a~exp=9999999999' } }
]

interface Drawn extends SignUrlOptions {
  readonly path: string
}

function draw (seed: number): Drawn {
  const next = seeded(seed)
  const { path, ...scope } = places[next(places.length)]!
  const name = pickText(next, parts, next(4)).replace(/\/{2,}/g, '/').replace(/^\/|\/$/g, '')
  return {
    path: `/u/1/${
      name.split('/').map((part) => /^\.{1,2}$/.test(part) ? 'x' : part).join('/')
    }${path}`,
    ...scope,
    ...limits[next(limits.length)]
  }
}

/** What of a URL stands where its path stood, with another path in its place. */
function elsewhere (target: string, path: string): string[] {
  const others = path.split(/[!~,:&+=$'()@[\]]|%../).filter((part) => part.startsWith('/')).concat(
    `${path}x`,
    path.slice(0, -1),
    `/u/2${path.slice(4)}`,
    `/u/1/other${path.slice(4)}`
  )
  return others.map((other) => target.replace(path, other)).filter((url) => url !== target)
}

for (const [format, cdn] of Object.entries(everyCdn)) {
  if (cdn.signUrl === undefined) continue
  t.test(`a signed URL opens its own path or scope, within its limits: ${format}`, async (t) => {
    const rings = await openKeyRings([cdn], { log: quiet, now: () => now })
    const counts = { signed: 0, refused: 0 }
    for (const seed of seeds(150)) {
      const { path, ...options } = draw(seed)
      const limits = { ttl: 600, signTimeout: 10, now: () => now * 1000 }
      const context = { cdns: [cdn], rings, revocations: undefined, ...limits }
      const what = `${seed}: ${path} ${JSON.stringify(options)}`
      let url: string
      try {
        url = await signUrl(context, path, options)
      } catch (error) {
        counts.refused++
        const { code } = error as { code: string }
        if (!refusal.test(code)) t.fail(`${what}: ${(error as Error).message}`)
        continue
      }
      counts.signed++
      const target = url.slice(cdn.url.length)
      const from = options.notBefore === undefined ? now : now + 61
      const ask = (asked: string, at: number, ip: string | undefined = '203.0.113.7') =>
        allows(cdn, asked, at, ip)
      if (!await ask(target, from)) t.fail(`${what} is refused`)
      const wrong = [
        await ask(target, now + 600),
        options.notBefore !== undefined && await ask(target, now + 59),
        options.ip !== undefined && await ask(target, from, '203.0.113.99'),
        options.ip !== undefined && await allows(cdn, target, from, undefined),
        options.scope === undefined &&
        (await Promise.all(elsewhere(target, path).map((other) => ask(other, from)))).includes(
          true
        ),
        options.claims !== undefined && !carries(target, Object.values(options.claims))
      ]
      t.same(wrong.filter(Boolean), [], what)
    }
    t.ok(counts.signed > 8 && counts.refused > 20, JSON.stringify(counts))
  })
}

async function allows (
  cdn: Cdn,
  url: string,
  at: number,
  ip: string | undefined
): Promise<boolean> {
  const request = { method: 'GET', url, cookies: [], now: at, ...(ip === undefined ? {} : { ip }) }
  return (await cdn.check(request, [keyOf(cdn)])).allowed
}

/** Whether each claim stands in a URL, as it is, percent-encoded, or in a token's payload. */
function carries (target: string, claims: readonly unknown[]): boolean {
  const payloads = target.split(/[.=~&]/).map((part) => Buffer.from(part, 'base64url').toString())
  const text = [target, decodeURIComponent(target), ...payloads].join(' ')
  return claims.every((claim) => text.includes(String(claim)))
}
