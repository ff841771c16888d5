import t from 'tap'
import { everyCdn, keyOf } from '../../fixtures/every-cdn.js'
import { differsInEncodingAlone, encodingHint } from '../../../src/cdn/format/encoding.js'

t.test('tells another spelling of a path from another path', async (t) => {
  for (
    const [granted, requested, alone] of [
      ['/u/O\'Neil/*', '/u/O%27Neil/a', true],
      ['/u/O%27Neil/*', '/u/O\'Neil/a', true],
      ['/u/%C3%BC/*', '/u/%c3%bc/a/b', true],
      ['/u/%2A/*', '/u/*/a', true],
      ['/u/%3F', '/u/?', true],
      ['/a%7Eb.png', '/a~b.png', true],
      ['/*/a%7Eb.png', '/x/a~b.png', true],
      ['/u/%2A/*', '/u/b/a', false],
      ['/u/%2527/*', '/u/%27/a', false],
      ['/u/a', '/u/A', false],
      ['/u/a', '/u/a/b', false],
      ['/u/a/*', '/u/b/a', false]
    ] as const
  ) {
    t.equal(differsInEncodingAlone(granted, requested), alone, `${granted} and ${requested}`)
    const hint = encodingHint(['/other/*', granted], requested)
    t.match(hint, alone ? /^ The two differ in percent-encoding alone, / : /^$/)
  }
  t.equal(encodingHint([], '/a'), '')
})

t.test('each format that compares paths as they are sent says so', async (t) => {
  const formats = ['cloudfront', 'cloud CDN', 'media CDN', 'media CDN, tokens', 'akamai']
  for (const format of formats) {
    const cdn = everyCdn[format]!
    const grant = { paths: ['/u/O\'Neil/*'], expiresAt: 1_800_000_600 }
    const cookies = (await cdn.sign(grant, keyOf(cdn))).map(({ name, value }) =>
      [name, value] as const
    )
    const detail = async (url: string): Promise<string> => {
      const asked = { method: 'GET', url, cookies, now: 1_800_000_000 }
      const { allowed, checks } = await cdn.check(asked, [keyOf(cdn)])
      return allowed ? 'allowed' : checks.at(-1)!.detail
    }
    t.equal(await detail('/u/O\'Neil/a.png'), 'allowed', format)
    t.match(await detail('/u/O%27Neil/a.png'), /differ in percent-encoding alone/, format)
    t.notMatch(await detail('/u/O%27Neill/a.png'), /percent-encoding/, format)
  }
})

t.test('takes no more than the product of both lengths', async (t) => {
  const started = process.cpuUsage()
  t.notOk(differsInEncodingAlone(`${'*a'.repeat(2000)}*b`, 'a'.repeat(8192)))
  t.ok(process.cpuUsage(started).user < 2_000_000)
})
