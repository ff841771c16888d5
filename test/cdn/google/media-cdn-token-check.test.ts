import t from 'tap'
import type { EdgeRequest } from '../../../src/cdn/cdn.js'
import { googleMediaCdn } from '../../../src/cdn/google/media-cdn.js'
import {
  ask,
  liesBelow,
  opensslEd25519,
  opensslHmac,
  outcome,
  randomUrls,
  sharedKey,
  tokenKey
} from '../../fixtures/google.js'
import { changedTexts } from '../../fixtures/seeded.js'

const expiresAt = 1_663_070_400
const now = expiresAt - 60
const options = {
  url: 'http://10.20.30.40',
  keyName: 'k',
  privateKey: tokenKey,
  mode: 'token'
} as const
const cdn = googleMediaCdn(options)
const key = cdn.parseKey({ keyName: 'k', privateKey: tokenKey })
const shared = cdn.parseKey({ keyName: 'other', sharedKey })
const check = async (
  url: string,
  token?: string,
  more: Partial<EdgeRequest> = {}
): Promise<string> =>
  outcome(
    await cdn.check(
      ask(url, {
        now,
        cookies: token === undefined ? [] : [['Edge-Cache-Cookie', token]],
        ...more
      }),
      [shared, key]
    )
  )
const proven = (sent: string, signed = sent): string =>
  `${sent}~Signature=${opensslEd25519(tokenKey, signed).toString('base64url')}`
const full = 'PathGlobs=/*~Starts=1663027200~Expires=1663070400~SessionID=test-id~Data=test-data~' +
  'Headers=Foo,BAZ~IPRanges=MjAzLjAuMTEzLjAvMjQsMjAwMTpkYjg6NGE3ZjphNzMyLzY0'
const viewer = { ip: '203.0.113.7', headers: { foo: 'bar', baz: 'quux' } }

t.test('accepts the tokens that Google\'s samples sign', async (t) => {
  const tokens = [
    'PathGlobs=/*~Expires=1663070400~Signature=9pBdD_6O6LB-4V67HZ_SOc2G_jIkSZ_tMsKnVqElmPlwKB_xDi' +
    'W7DKAnv8L8CmweeZquaLFlnLogbMcIV8bNCQ',
    'PathGlobs=/*~Expires=1663070400~hmac=9439ecdd5c4919f76f915dea72afa85a045579794e63d8cda664f5a' +
    '1140c8d93',
    `${full}~Signature=A7u67hveGxGvP8KBWZlUuH0IsqhS4a2lcsXwy3uc4X3zaVuw7LY-2FQT1ZF8UxkSFAsDS3_0LY` +
    'nXwXB2XdepDg',
    `${full}~hmac=dda9c3d6f3b2e867a09fbb76209ea138dd81f8512210f970d1e92f90927bef4b`
  ]
  for (const token of tokens) {
    t.equal(await check('/a/b', token, viewer), 'allowed')
    t.equal(await check(`/a/b?q=1&edge-cache-token=${token}`, undefined, viewer), 'allowed')
  }
  t.match(
    await check(
      '/a',
      'PathGlobs=/*~Expires=1663070400~hmac=c1c446eea24faa31392519f975fea7eefb945625'
    ),
    /^403 token/,
    'HMAC-SHA1'
  )
})

t.test('looks at method, path, token, signature, scope, times, address', async (t) => {
  const answer = await cdn.check(
    ask('/a', {
      now,
      cookies: [[
        'Edge-Cache-Cookie',
        `${full}~hmac=dda9c3d6f3b2e867a09fbb76209ea138dd81f8512210f970d1e92f90927bef4b`
      ]],
      ...viewer
    }),
    [shared]
  )
  t.strictSame(answer.checks.map(({ name }) => name), [
    'method',
    'path',
    'credentials',
    'token',
    'signature',
    'path globs',
    'expiry',
    'start',
    'address'
  ])
})

t.test('refuses no token, and more than one', async (t) => {
  const token = proven('PathGlobs=/*~Expires=1663070400')
  t.equal(
    await check('/a'),
    '403 credentials: The request has neither an Edge-Cache-Cookie nor a parameter ' +
      'edge-cache-token in its URL: ' +
      'is this path granted, was access issued, and do the cookie\'s Domain and Path cover this request?'
  )
  t.equal(
    await check(`/a?edge-cache-token=${token}&edge-cache-token=${token}`),
    '403 credentials: There are 2 tokens, each as parameter edge-cache-token, ' +
      'and which one counts is not documented.'
  )
  t.match(
    await check('/a', undefined, {
      cookies: [['Edge-Cache-Cookie', token], ['Edge-Cache-Cookie', token]]
    }),
    /^403 credentials: There are 2 tokens, each as cookie Edge-Cache-Cookie, .* Domain or Path/
  )
})

t.test('reads the query\'s token before the cookie\'s', async (t) => {
  const token = proven('PathGlobs=/*~Expires=1663070400')
  t.match(await check('/a?edge-cache-token=x', token), /^403 token/)
  t.equal(await check(`/a?edge-cache-token=${token}`, 'x'), 'allowed')
})

t.test('covers the prefix, the listed paths, or the one path', async (t) => {
  const prefix = proven('URLPrefix=aHR0cDovLzEwLjIwLjMwLjQwL3Yv~Expires=1663070400')
  const globs = proven('PathGlobs=/v/*!/w/*,/a.png~Expires=1663070400')
  const path = proven('FullPath~Expires=1663070400', 'FullPath=/v/1~Expires=1663070400')
  t.strictSame([
    await check('/v/1', prefix),
    await check('/v/1', globs),
    await check('/w/1/2', globs),
    await check('/a.png?x', globs),
    await check('/v/1?x', path)
  ], Array(5).fill('allowed'))
  t.match(await check('/w/1', prefix), /^403 prefix/)
  for (const url of ['/a.png/b', '/a.pngx', '/v', '/x']) {
    t.equal(
      await check(url, globs),
      '403 path globs: Access is for /v/*!/w/*,/a.png, which does not cover this path. ' +
        'A "*" counts as a whole last segment alone.'
    )
  }
  for (const url of ['/v/1/', '/v/2', '/v']) t.match(await check(url, path), /^403 signature/)
  t.match(await check('/vx', proven('PathGlobs=/v*~Expires=1663070400')), /^403 path globs/)
  t.equal(
    await check('/v/1', proven('URLPrefix=aHR0cDovLzEwLjIwLjMwLjQwL3Z~Expires=1663070400')),
    '403 prefix: URLPrefix is not base64url without padding.'
  )
})

t.test('takes no path for a path and fields', async (t) => {
  const token = proven(
    'FullPath~Starts=1~Expires=1663070400',
    'FullPath=/a~Starts=1~Expires=1663070400'
  )
  t.equal(await check('/a', token), 'allowed')
  t.match(
    await check('/a~Starts=1', token.replace('~Starts=1', '')),
    /^403 path: The path holds "~"/
  )
})

t.test('begins after the start and ends in the second of the expiry', async (t) => {
  const token = proven('PathGlobs=/*~Starts=1663070000~Expires=1663070400')
  t.equal(await check('/a', token, { now: 1_663_070_000 }), '403 start: Access begins in 1 s.')
  t.equal(await check('/a', token, { now: 1_663_070_001 }), 'allowed')
  t.equal(await check('/a', token, { now: 1_663_070_399 }), 'allowed')
  t.equal(
    await check('/a', token, { now: 1_663_070_400 }),
    '403 expiry: Access ended 0 s ago.'
  )
})

t.test('binds the viewer\'s address, IPv4 and IPv6', async (t) => {
  const token = proven(
    `PathGlobs=/*~Expires=1663070400~IPRanges=${
      Buffer.from('192.0.2.0/24,2001:db8::/32').toString('base64url')
    }`
  )
  t.equal(await check('/a', token, { ip: '192.0.2.9' }), 'allowed')
  t.equal(await check('/a', token, { ip: '2001:db8::9' }), 'allowed')
  t.equal(
    await check('/a', token, { ip: '192.0.3.9' }),
    '403 address: The viewer\'s address, 192.0.3.9, is in none of the token\'s ranges.'
  )
  t.equal(
    await check('/a', token),
    '403 address: The viewer\'s address, which is not known, is in none of the token\'s ranges.'
  )
  for (const ranges of ['192.0.2.0/99', '192.0.2.0/x', 'x', '']) {
    const odd = proven(
      `PathGlobs=/*~Expires=1663070400~IPRanges=${Buffer.from(`${ranges},`).toString('base64url')}`
    )
    t.match(await check('/a', odd, { ip: '192.0.2.0' }), /^403 address/, ranges)
  }
  t.match(
    await check('/a', proven('PathGlobs=/*~Expires=1663070400~IPRanges=AB'), { ip: '192.0.2.0' }),
    /^403 address/
  )
})

t.test('binds headers, as far as they are known', async (t) => {
  const token = proven(
    'PathGlobs=/*~Expires=1663070400~Headers=Foo,BAZ',
    'PathGlobs=/*~Expires=1663070400~Headers=Foo=bar,BAZ=quux'
  )
  t.equal(await check('/a', token, { headers: { foo: 'bar', baz: 'quux' } }), 'allowed')
  t.match(await check('/a', token, { headers: { foo: 'bar', baz: 'quuux' } }), /^403 signature/)
  t.equal(
    await check('/a', token),
    '403 headers: The token is bound to the header Foo, which is not known here.'
  )
  t.match(
    await check('/a', token, { headers: { foo: 'bar' } }),
    /^403 headers: The token is bound to the header BAZ, which the request does not have once/
  )
  t.match(
    await check('/a', token, { headers: { foo: ['bar', 'bar'], baz: 'quux' } }),
    /^403 headers/
  )
  t.match(
    await check('/a', token.replace('Foo,BAZ', 'Foo'), { headers: { foo: 'bar,BAZ=quux' } }),
    /^403 headers/
  )
})

t.test('proves a token with keys of its kind alone', async (t) => {
  const text = 'PathGlobs=/*~Expires=1663070400'
  const hmac = `${text}~hmac=${opensslHmac('sha256', sharedKey, text).toString('hex')}`
  t.equal(await check('/a', hmac), 'allowed')
  t.match(
    outcome(await cdn.check(ask('/a', { now, cookies: [['Edge-Cache-Cookie', hmac]] }), [key])),
    /^403 signature: It does not fit the token and any accepted HMAC-SHA256 key/
  )
  t.match(await check('/a', hmac.toUpperCase()), /^403 token/)
  t.match(
    await check(
      '/a',
      `${text}~Signature=${opensslHmac('sha256', sharedKey, text).toString('base64url')}`
    ),
    /^403 signature/,
    'an HMAC in place of a signature'
  )
})

t.test('refuses every cookie that differs in one byte', async (t) => {
  const globs =
    'PathGlobs=/v/*!/w~Starts=1~Expires=1663070400~SessionID=a~Data=b~IPRanges=MjAzLjAuMTEzLjAvMjQ'
  const accepted = []
  for (
    const token of [
      proven(globs),
      `${globs}~hmac=${opensslHmac('sha256', sharedKey, globs).toString('hex')}`,
      (await cdn.sign({ paths: ['/v/*'], expiresAt }, key))[0]!.value
    ]
  ) {
    t.equal(await check('/v/a', token, viewer), 'allowed')
    for (const changed of changedTexts(token)) {
      if (await check('/v/a', changed, viewer) === 'allowed') accepted.push(changed)
    }
  }
  t.strictSame(accepted, [])
})

t.test('agrees with another matcher on 10,000 URLs', async (t) => {
  const token = proven('PathGlobs=/courses/42/*!/x/*~Expires=1663070400')
  const differing: string[] = []
  for (const url of randomUrls(10_000, 3)) {
    if ((await check(url, token) === 'allowed') !== liesBelow(url, ['courses', '42'])) {
      differing.push(url)
    }
  }
  t.strictSame(differing, [])
})
