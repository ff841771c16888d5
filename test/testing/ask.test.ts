import t from 'tap'
import type { Check, EdgeRequest, Verdict } from '../../src/cdn/cdn.js'
import { isAllowed } from '../../src/testing/ask.js'
import { signSample } from '../../src/testing/signed.js'
import { openSubject } from '../../src/testing/subject.js'
import { breachOf, tokenCdn } from '../fixtures/token-cdn.js'

/** The breach of a CDN whose verdicts are others. */
function verdicts (change: (verdict: Verdict) => unknown): Promise<string> {
  return breachOf({
    members: ({ check }) => ({
      check: async (...asked: Parameters<typeof check>) => change(await check(...asked))
    })
  })
}

/** The breach of a CDN whose last check is another. */
function lastChecks (change: Partial<Record<keyof Check, unknown>>): Promise<string> {
  return verdicts((verdict) => ({
    ...verdict,
    checks: [...verdict.checks.slice(0, -1), { ...verdict.checks.at(-1)!, ...change } as Check]
  }))
}

/** The breach of a CDN whose details say more. */
function says (words: (request: EdgeRequest) => string): Promise<string> {
  return breachOf({ decisions: { says: words } })
}

t.test('asks as a viewer with these cookies would, or in another way', async (t) => {
  const subject = await openSubject(tokenCdn(), 1_800_000_000)
  const grant = { paths: ['/a/*'], ip: '192.0.2.1' }
  const signed = await signSample(subject, grant, 1_800_000_000)
  t.equal(await isAllowed(subject, signed, '/a/b'), true)
  t.equal(await isAllowed(subject, signed, '/b'), false, 'a browser sends nothing there')
  for (
    const other of [{ now: 0 }, { ip: '192.0.2.2' }, { ip: false }, { keys: [] }, { cookies: [] }]
  ) {
    const { now = 1_800_000_000 } = other as { now?: number }
    const { ip = '192.0.2.1' } = other as { ip?: string | false }
    t.equal(
      await isAllowed(subject, signed, '/a/b', other as object),
      now === 0 && ip === '192.0.2.1',
      JSON.stringify(other)
    )
  }
})

t.test('names what is wrong with a verdict', async (t) => {
  const asked = ', for /film.bin'
  t.equal(
    await verdicts(() => {
      throw new RangeError('lengths differ')
    }),
    '"check" throws for /film.bin, where it must refuse: lengths differ'
  )
  const shape = `"check" gives no { allowed, status, checks } with one check at least${asked}`
  for (const verdict of [{}, { checks: [] }, { checks: 'all' }, { allowed: 1 }]) {
    t.equal(await verdicts((whole) => ({ ...whole, allowed: undefined, ...verdict })), shape)
  }
  t.equal(await verdicts((whole) => ({ ...whole, checks: [] })), shape)
  for (const nameless of [{ name: '' }, { name: undefined }, { detail: '' }, { detail: 7 }]) {
    t.equal(
      await lastChecks(nameless),
      `"check" gives a check without a name or a detail${asked}`
    )
  }
  t.equal(
    await lastChecks({ ok: 1 }),
    `"check" gives a check "paths" whose "ok" is no boolean${asked}`
  )
  const allows =
    `"check" allows with another status than 200, or with a check that is not ok${asked}`
  t.equal(await verdicts((whole) => ({ ...whole, status: 204 })), allows)
  t.equal(await lastChecks({ ok: false }), allows)
  t.equal(
    await verdicts((whole) => ({ ...whole, status: 200 })),
    '"check" refuses with a status that is no error, for /outside-of-the-grant/film.bin'
  )
  t.equal(
    await verdicts((whole) => ({
      ...whole,
      checks: [...whole.checks, { name: 'more', ok: true, detail: 'Fine.' }]
    })),
    '"check" refuses, and the last check is not the one that is not ok, for ' +
      '/outside-of-the-grant/film.bin'
  )
})

t.test('finds what no person may be shown', async (t) => {
  const leak = 'the check "path" shows a part of a cookie\'s value, of a signature or of a key'
  const value = ({ cookies }: EdgeRequest, index: number): string => cookies[index]?.[1] ?? 'None.'
  t.equal(await says((request) => `Read ${value(request, 0)}.`), leak)
  t.equal(await says((request) => `The MAC is ${value(request, 1).slice(0, 20)}.`), leak)
  t.equal(await says(() => 'The key is first-secret-of-the-fixture.'), leak)
  t.equal(
    await says(() => `The key is ${Buffer.from('other-secret-of-the-fixture').toString('hex')}.`),
    leak
  )
  t.equal(
    await breachOf({
      members: ({ check }) => ({
        check: async (...asked: Parameters<typeof check>) => {
          const verdict = await check(...asked)
          const found = asked[0].cookies[1]?.[1]
          const checks = verdict.checks.map((each) => Object.assign(each, { found }))
          return { ...verdict, checks }
        }
      })
    }),
    leak,
    'in further fields, too'
  )
  t.equal(await says(({ url }) => `It is for ${url} at https://media.example.com.`), 'none')
})
