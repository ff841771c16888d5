import t from 'tap'
import type { CdnGrant, EdgeRequest, Verdict } from '../../../src/cdn/cdn.js'
import { nginx, type NginxOptions } from '../../../src/cdn/nginx/nginx.js'
import { changedTexts, pickText, seeded } from '../../fixtures/seeded.js'

const now = 1_800_000_000
const secrets = ['Zm9yLXRlc3RzLWFsb25lIQ', 'YW5vdGhlci1zZWNyZXQhIQ']
const video: CdnGrant = { paths: ['/v/42/*'], expiresAt: now + 600 }
type Pair = readonly [name: string, value: string]

function make (options: Partial<NginxOptions> = {}) {
  const cdn = nginx({
    url: 'https://media.example.com',
    scope: '/v/:id/',
    keys: secrets.map((secret) => ({ secret })),
    ...options
  } as NginxOptions)
  const keys = secrets.map((secret) => cdn.parseKey({ secret }))
  return {
    keys,
    cookies: async (grant: CdnGrant, key = keys[0]!): Promise<Pair[]> =>
      (await cdn.sign(grant, key)).map(({ name, value }): Pair => [name, value]),
    link: async (path: string): Promise<string> => {
      const grant = { paths: [path], expiresAt: now + 600 }
      const { pathname, search } = new URL(await cdn.signUrl!({ path, query: '' }, grant, keys[0]!))
      return pathname + search
    },
    ask: (
      cookies: readonly Pair[],
      request: Partial<EdgeRequest> = {},
      accepted = keys
    ): Promise<Verdict> =>
      cdn.check({ method: 'GET', url: '/v/42/a.mp4', cookies, now, ...request }, accepted)
  }
}

function outcome ({ allowed, status, checks }: Verdict): string {
  const { name, detail } = checks.at(-1)!
  return allowed
    ? `200 ${checks.map((check) => check.name).join(' ')}`
    : `${status} ${name}: ${detail}`
}

t.test('allows what was granted, whatever the query', async (t) => {
  const { cookies, ask } = make()
  const pairs = await cookies(video)
  for (
    const url of [
      '/v/42/',
      '/v/42/a.mp4',
      '/v/42/hls/720p/1.ts?x=/v/43/',
      '//v//42/a',
      '/v/%34%32/a'
    ]
  ) t.equal(outcome(await ask(pairs, { url })), '200 path scope cookies hash expiry', url)
})

t.test('ends access at the second that the grant names', async (t) => {
  const { cookies, ask } = make()
  const pairs = await cookies(video)
  t.equal((await ask(pairs, { now: now + 599 })).allowed, true)
  t.equal(
    outcome(await ask(pairs, { now: now + 600 })),
    '403 expiry: Access ended 0 s ago.'
  )
})

t.test('refuses other folders', async (t) => {
  const { cookies, ask } = make()
  const pairs = await cookies(video)
  t.equal(
    outcome(await ask(pairs, { url: '/v/43/a.mp4' })),
    '403 hash: It fits none of the accepted secrets with this expiry and the folder "/v/43/": ' +
      'another folder\'s cookies, another secret or a changed expiry.'
  )
  for (const url of ['/', '/v/42', '/w/42/a', '/V/42/a']) {
    t.equal(
      outcome(await ask(pairs, { url })),
      '403 scope: The path is not below /v/:id/: no location with secure_link answers it.'
    )
  }
  for (const url of ['/v/42/../43/a', '/v/42/%2e%2e/43/a', '/v/42/..%2f43/a']) {
    t.match(outcome(await ask(pairs, { url })), /^403 path: /)
  }
})

t.test('accepts every secret of the ring and no other', async (t) => {
  const { cookies, ask, keys } = make()
  const pairs = await cookies(video, keys[1])
  t.equal((await ask(pairs)).allowed, true)
  t.match(outcome(await ask(pairs, {}, keys.slice(0, 1))), /^403 hash: /)
})

t.test('takes the first cookie of a name, whatever its case', async (t) => {
  const { cookies, ask } = make()
  const [hash, expires] = await cookies(video) as [Pair, Pair]
  const stale: Pair = ['CDN_access_HASH', 'AAAAAAAAAAAAAAAAAAAAAA']
  t.equal((await ask([hash, expires, stale])).allowed, true)
  t.match(outcome(await ask([stale, hash, expires])), /^403 hash: /)
  t.equal(
    (await ask([['CDN_ACCESS_HASH', hash[1]], ['CDN_ACCESS_EXPIRES', expires[1]]])).allowed,
    true
  )
})

t.test('says which cookie is missing or odd', async (t) => {
  const { cookies, ask } = make()
  const [hash, expires] = await cookies(video) as [Pair, Pair]
  t.equal(
    outcome(await ask([])),
    '403 cookies: The request has no cookie cdn_access_hash: ' +
      'is this path granted, was access issued, and do the cookies\' Domain and Path cover this request?'
  )
  t.match(
    outcome(await ask([hash])),
    /The cookie cdn_access_expires is missing beside cdn_access_hash/
  )
  for (const odd of ['', `${hash[1]}==`, hash[1].slice(2), 'é']) {
    t.equal(
      outcome(await ask([[hash[0], odd], expires])),
      '403 cookies: cdn_access_hash is not the 22 characters of an MD5 in base64url.'
    )
  }
  for (const odd of ['', '0', '01', '1e9', '-1', '1,2', '9'.repeat(13)]) {
    t.equal(
      outcome(await ask([hash, [expires[0], odd]])),
      '403 cookies: cdn_access_expires is not a number of seconds.'
    )
  }
})

t.test('holds cookies to the address, where the block hashes it', async (t) => {
  const { cookies, ask } = make({ ip: true })
  const pairs = await cookies({ ...video, ip: '2001:db8::7' })
  t.equal(
    outcome(await ask(pairs, { ip: '2001:DB8:0::7' })),
    '200 path scope cookies address hash expiry'
  )
  t.match(
    outcome(await ask(pairs, { ip: '2001:db8::8' })),
    /^403 hash: .*another secret, another address or/
  )
  t.match(outcome(await ask(pairs)), /^403 address: /)
})

t.test('refuses each cookie with one changed byte', async (t) => {
  const { cookies, ask } = make()
  const pairs = await cookies(video)
  t.equal((await ask(pairs)).allowed, true)
  const accepted: string[] = []
  for (const [index, [name, value]] of pairs.entries()) {
    for (const changed of changedTexts(value)) {
      if ((await ask(pairs.with(index, [name, changed]))).allowed) {
        accepted.push(`${name}=${changed}`)
      }
    }
  }
  t.same(accepted, [])
})

t.test('answers 10,000 URLs as an independent matcher does', async (t) => {
  const { cookies, ask } = make()
  const pairs = await cookies({ ...video, paths: ['/v/4 2/*'] })
  const next = seeded(11)
  const count = [0, 0]
  for (let round = 0; round < 10_000; round++) {
    const head = ['/v/4%202/', '//v/%34%202/', '/v/42/', '/v/', '/'][next(5)]!
    const url = head +
      pickText(next, ['4%202', '/', 'v', 'a', '..', '%2f', '%2E', '?', '.ts', '/v/4%202/'], next(6))
    const [path = ''] = url.split('?')
    const segments = path.split('/').map((segment) => decodeURIComponent(segment))
    const named = segments.filter((segment, index) =>
      segment !== '' || index === segments.length - 1
    )
    const wanted = named[0] === 'v' && named[1] === '4 2' && named.length > 2 &&
      !segments.some((segment) => segment === '.' || segment === '..' || segment.includes('/'))
    const { allowed } = await ask(pairs, { url })
    count[Number(allowed)]!++
    if (allowed !== wanted) t.equal(allowed, wanted, url)
  }
  t.ok(count.every((number) => number > 1000), count.join(' and '))
})

t.test('takes the first of two cookies of one name, and says where two are from', async (t) => {
  const { cookies, ask } = make()
  const [hash, expires] = await cookies(video)
  const twice =
    /The cookie cdn_access_hash was sent 2 times, .* Domain or Path .*: nginx takes the first\.$/
  const first = await ask([hash!, expires!, ['CDN_Access_Hash', 'x']])
  t.equal(first.allowed, true)
  t.match(first.checks.find(({ name }) => name === 'cookies')!.detail, twice)
  const old: [string, string] = [hash![0], Buffer.alloc(16).toString('base64url')]
  const second = await ask([old, hash!, expires!])
  t.match(second.checks.at(-1), { name: 'hash', detail: twice })
})

t.test('judges a link by the file that is asked, and reads it before the cookies', async (t) => {
  const { cookies, ask, link } = make({ links: true })
  const pairs = await cookies(video)
  const target = await link('/v/42/a.mp4')
  t.equal(outcome(await ask([], { url: target })), '200 path scope link hash expiry')
  t.equal(outcome(await ask(pairs, { url: '/v/42/b.mp4' })), '200 path scope cookies hash expiry')
  t.equal(
    outcome(await ask(pairs, { url: target.replace('a.mp4', 'b.mp4') })),
    '403 hash: It fits none of the accepted secrets with this expiry and the file ' +
      '"/v/42/b.mp4": another file\'s link, another secret or a changed expiry.'
  )
  t.match(outcome(await ask([], { url: target, now: now + 600 })), /^403 expiry: /)
  t.match(outcome(await ask([], { url: target.replace('/42/', '/43/') })), /^403 hash: /)
  const cookieOnly = make()
  t.match(outcome(await cookieOnly.ask([], { url: target })), /^403 cookies: /)
})

t.test('says that a path is in a name where the scope ends in one', async (t) => {
  const { ask } = make({ scope: '/hls/:name*' })
  const { checks } = await ask([], { url: '/hls/ab.m3u8' })
  t.match(checks[1], { name: 'scope', detail: 'The path is in a name of the shape /hls/:name*.' })
  t.match(outcome(await ask([], { url: '/hls/ab' })), /^403 scope: The path is not below /)
})
