import t from 'tap'
import { akamai, type AkamaiOptions } from '../../../src/cdn/akamai/akamai.js'
import type { CdnGrant, EdgeRequest, Verdict } from '../../../src/cdn/cdn.js'
import { changedTexts, pickText, seeded } from '../../fixtures/seeded.js'

const now = 1_800_000_000
const hexes = ['000102030405060708090a0b0c0d0e0f', 'f0e1d2c3b4a5968778695a4b3c2d1e0f']
const course: CdnGrant = { paths: ['/courses/42/*'], expiresAt: now + 600 }

function make (options: Partial<AkamaiOptions> = {}) {
  const cdn = akamai({
    url: 'https://media.example.com',
    keys: hexes.map((key) => ({ key })),
    ...options
  } as AkamaiOptions)
  const keys = hexes.map((key) => cdn.parseKey({ key }))
  const token = async (grant: CdnGrant, key = keys[0]!): Promise<string> =>
    (await cdn.sign(grant, key))[0]!.value
  const ask = (request: Partial<EdgeRequest>, accepted = keys): Promise<Verdict> =>
    cdn.check({ method: 'GET', url: '/courses/42/a.mp4', cookies: [], now, ...request }, accepted)
  return {
    cdn,
    keys,
    token,
    ask,
    askWith: (value: string, request: Partial<EdgeRequest> = {}) =>
      ask({ cookies: [['__token__', value]], ...request })
  }
}

function outcome ({ allowed, status, checks }: Verdict): string {
  const { name, detail } = checks.at(-1)!
  return allowed
    ? `200 ${checks.map((check) => check.name).join(' ')}`
    : `${status} ${name}: ${detail}`
}

t.test('allows what was granted', async (t) => {
  const { token, askWith } = make()
  t.equal(outcome(await askWith(await token(course))), '200 path token hmac expiry acl')
  const full = await token({
    ...course,
    notBefore: now - 5,
    ip: '192.0.2.7',
    claims: { id: 'u 7', data: 'gold' }
  })
  t.equal(
    outcome(await askWith(full, { ip: '192.0.2.7' })),
    '200 path token hmac expiry start address acl'
  )
})

t.test('ends access at the second that the grant names, and begins it at the start', async (t) => {
  const { token, askWith } = make()
  const value = await token({ ...course, notBefore: now })
  t.equal(outcome(await askWith(value, { now: now + 599 })), '200 path token hmac expiry start acl')
  t.equal(
    outcome(await askWith(value, { now: now + 600 })),
    '403 expiry: Access ended 0 s ago.'
  )
  t.equal(outcome(await askWith(value, { now })), '200 path token hmac expiry start acl')
  t.equal(outcome(await askWith(value, { now: now - 1 })), '403 start: Access begins in 1 s.')
})

t.test('accepts every key of the ring and no other', async (t) => {
  const { token, keys, askWith, ask } = make()
  const value = await token(course, keys[1])
  t.equal((await askWith(value)).allowed, true)
  t.equal(
    outcome(await ask({ cookies: [['__token__', value]] }, keys.slice(0, 1))),
    '403 hmac: It fits none of the accepted keys with sha256: ' +
      'compare key, algorithm and salt with the property.'
  )
})

t.test('refuses another algorithm and another salt', async (t) => {
  const value = await make().token(course)
  t.match(outcome(await make({ salt: 'pinch' }).askWith(value)), /^403 hmac/)
  t.match(outcome(await make({ algorithm: 'sha1' }).askWith(value)), /^403 hmac/)
})

t.test('says what is missing', async (t) => {
  const { ask, askWith } = make()
  t.equal(
    outcome(await ask({})),
    '403 token: The request has neither a cookie nor a query parameter called __token__: ' +
      'is this path granted, was access issued, and do the cookie\'s Domain and Path cover this request?'
  )
  t.equal(
    outcome(await ask({ url: '/?x=1', cookies: [['__TOKEN__', 'a']] })).slice(0, 10),
    '403 token:'
  )
  t.equal(
    outcome(await askWith('exp%3D1')),
    '403 token: It is not a token with exp, acl and hmac: was the value percent-encoded or cut off?'
  )
})

t.test('takes the token of a signed URL before the cookie', async (t) => {
  const { cdn, keys, ask, token } = make()
  const url = (await cdn.signUrl!({ path: '/courses/42/a.mp4', query: 'a=b' }, course, keys[0]!))
    .slice('https://media.example.com'.length)
  t.equal(outcome(await ask({ url })), '200 path token hmac expiry acl')
  t.match(
    outcome(
      await ask({
        url: '/courses/42/a?__token__=x',
        cookies: [['__token__', await token(course)]]
      })
    ),
    /^403 token/
  )
})

t.test('takes the first of two cookies', async (t) => {
  const { ask, token } = make()
  const good = ['__token__', await token(course)] as const
  const other = ['__token__', await token({ ...course, paths: ['/x/*'] })] as const
  t.equal((await ask({ cookies: [good, other] })).allowed, true)
  t.match(
    outcome(await ask({ cookies: [other, good] })),
    new RegExp(
      '^403 acl: The token is good for /x/\\*, which does not cover this path\\. ' +
        '.*' +
        'The cookie __token__ was sent 2 times, for the browser keeps it with another Domain or ' +
        'Path as well: the first counts here, and Akamai does not say which\\.$'
    )
  )
})

t.test('holds a token to its address', async (t) => {
  const { askWith, token } = make()
  const value = await token({ ...course, ip: '2001:db8::7' })
  t.equal((await askWith(value, { ip: '2001:DB8:0::7' })).allowed, true)
  t.equal(
    outcome(await askWith(value, { ip: '2001:db8::8' })),
    '403 address: The token is good for 2001:db8::7, and the viewer\'s address is 2001:db8::8.'
  )
  t.equal(
    outcome(await askWith(value)),
    '403 address: The token is good for 2001:db8::7, and the viewer\'s address is not known.'
  )
})

t.test('refuses paths that climb, before all else', async (t) => {
  const { askWith, token } = make()
  const value = await token(course)
  for (
    const url of [
      '/courses/42/../43/a',
      '/courses/42/%2e%2e/43/a',
      '/courses/42/..%2f43/a',
      '/courses/42/..\\43',
      '/courses/42/a%00'
    ]
  ) {
    t.match(outcome(await askWith(value, { url })), /^403 path: /)
  }
})

t.test('looks at the path alone, so that no query stands in for it', async (t) => {
  const { askWith, token } = make()
  const value = await token({ ...course, paths: ['/img/*.png'] })
  t.equal((await askWith(value, { url: '/img/a.png?x=1' })).allowed, true)
  t.equal((await askWith(value, { url: '/img/secret.txt?x=.png' })).allowed, false)
})

t.test('refuses every token with one changed byte', async (t) => {
  const { askWith, token } = make()
  const value = await token({
    ...course,
    notBefore: now - 5,
    ip: '192.0.2.7',
    claims: { id: 'u7', data: 'a b' }
  })
  t.equal((await askWith(value, { ip: '192.0.2.7' })).allowed, true)
  const accepted: string[] = []
  for (const changed of changedTexts(value)) {
    if ((await askWith(changed, { ip: '192.0.2.7' })).allowed) accepted.push(changed)
  }
  t.same(accepted, [])
})

t.test('answers 10,000 URLs as an independent matcher does', async (t) => {
  const { askWith, token } = make()
  const paths = ['/a/*', '/a?/b*c', '/*/b.png', '/c']
  const value = await token({ ...course, paths })
  const patterns = paths.map((path) => {
    const parts = path.replaceAll('.', '[.]').replaceAll('?', '[^]').split('*')
    return new RegExp(`^${parts.join('[^]*')}$`)
  })
  const pieces = ['a', 'b', 'c', '/', '/', 'b.png', '.png', '?', '..', '/b', '%2f', '!', '~']
  const next = seeded(7)
  const count = [0, 0]
  for (let round = 0; round < 10_000; round++) {
    const head = ['/', '/a/', '/ab/b', '/c', '/x/'][next(5)]!
    const url = head + pickText(next, pieces, next(6))
    const [path = ''] = url.split('?')
    const wanted = !/%2f/.test(path) && !path.split('/').includes('..') &&
      patterns.some((pattern) => pattern.test(path))
    const { allowed } = await askWith(value, { url })
    count[Number(allowed)]!++
    if (allowed !== wanted) t.equal(allowed, wanted, url)
  }
  t.ok(count.every((number) => number > 1000), count.join(' and '))
})

t.test('reads a list that a signer percent-encoded as a whole', async (t) => {
  const { ask, token } = make()
  const opens = async (acl: string, url: string): Promise<string> => {
    const value = await token({ ...course, paths: [acl] })
    return outcome(await ask({ cookies: [['__token__', value]], url }))
  }
  for (
    const [acl, url] of [
      ['%2f*', '/a/b.png'],
      ['%2Fcourses%2F42%2F%2A', '/courses/42/a'],
      ['%2fa%2f*%21%2fb%2f*', '/b/c'],
      ['%2fa%2f*!%2fb%2f*', '/b/c'],
      ['%2fu%2f%25C3%25BC%2f*', '/u/%C3%BC/a']
    ] as const
  ) t.match(await opens(acl, url), /^200 /, acl)
  for (
    const [acl, url] of [
      ['%2fa%2f*', '/b/c'],
      ['/a%2fb/*', '/a/b/c'],
      ['/a/%2a', '/a/b'],
      ['a%2f*', '/a/b']
    ] as const
  ) t.match(await opens(acl, url), /^403 acl/, acl)
})
