import { generateKeyPairSync } from 'node:crypto'
import { CompactSign } from 'jose'
import t from 'tap'
import type { CdnGrant, EdgeRequest, Verdict } from '../../../src/cdn/cdn.js'
import { uriSigning, type UriSigningOptions } from '../../../src/cdn/uri-signing/uri-signing.js'
import { changedTexts, pickText, seeded } from '../../fixtures/seeded.js'

const now = 1_800_000_000
const url = 'https://media.example.com'
const issuer = 'https://api.example.com'
const secret = Buffer.alloc(32, 1)
const entries = [
  { key: { kty: 'oct', kid: 'one', k: secret.toString('base64url') } },
  { key: { kty: 'oct', k: Buffer.alloc(32, 2).toString('base64url') } }
]
const course: CdnGrant = { paths: ['/courses/42/*'], expiresAt: now + 600 }
const good = {
  iss: issuer,
  exp: now + 600,
  cdniv: 1,
  cdniuc: 'regex:^https://media\\.example\\.com/courses/42/.*$'
}

function make (options: Partial<UriSigningOptions> = {}) {
  const cdn = uriSigning({ url, issuer, keys: entries, ...options } as UriSigningOptions)
  const keys = entries.map((entry) => cdn.parseKey(entry))
  const ask = (
    tokens: readonly string[],
    request: Partial<EdgeRequest> = {},
    accepted = keys
  ): Promise<Verdict> =>
    cdn.check({
      method: 'GET',
      url: '/courses/42/a.mp4',
      cookies: tokens.map((token) => [cdn.cookieNames[0]!, token]),
      now,
      ...request
    }, accepted)
  return {
    cdn,
    keys,
    ask,
    token: async (grant: CdnGrant, key = keys[0]!) => (await cdn.sign(grant, key))[0]!.value
  }
}

/** A token that the factory itself would not write. */
async function odd (claims: object, header: object = {}): Promise<string> {
  const jose = new CompactSign(Buffer.from(JSON.stringify({ ...good, ...claims })))
  return jose.setProtectedHeader({ alg: 'HS256', ...header }).sign(secret)
}

function outcome ({ allowed, status, checks }: Verdict): string {
  const { name, detail } = checks.at(-1)!
  return allowed
    ? `200 ${checks.map((check) => check.name).join(' ')}`
    : `${status} ${name}: ${detail}`
}

t.test('allows what was granted', async (t) => {
  const { token, ask } = make({ audience: 'edge' })
  t.equal(
    outcome(await ask([await token({ ...course, notBefore: now })])),
    '200 path package claims expiry start signature audience uri'
  )
  t.equal(
    outcome(await ask([await token(course)], { url: '/courses/%34%32/a?b=c' })),
    '200 path package claims expiry signature audience uri'
  )
})

t.test('ends access at the second that the grant names, and begins it at the start', async (t) => {
  const { token, ask } = make()
  const tokens = [await token({ ...course, notBefore: now })]
  t.equal((await ask(tokens, { now: now + 599 })).allowed, true)
  t.equal(
    outcome(await ask(tokens, { now: now + 600 })),
    '403 expiry: Access ended 0 s ago.'
  )
  t.equal(outcome(await ask(tokens, { now: now - 1 })), '403 start: Access begins in 1 s.')
})

t.test('takes every key of the ring, by its id or by trial, and no other', async (t) => {
  const { token, ask, keys } = make()
  const [first, second] = [await token(course, keys[0]), await token(course, keys[1])]
  t.match(await ask([first]), {
    checks: [{}, {}, {}, {}, { detail: 'It fits the key one, with HS256.' }, {}]
  })
  t.equal((await ask([second])).allowed, true)
  t.equal(
    outcome(await ask([first], {}, keys.slice(1))),
    '403 key: The "kid" is not one of the accepted keys: ' +
      'is the key in the edge\'s configuration, under this issuer?'
  )
  t.equal(
    outcome(await ask([second], {}, keys.slice(0, 1))),
    '403 signature: It fits none of the accepted keys: ' +
      'was the token changed, or signed with another key?'
  )
})

t.test('never takes a public key for a secret', async (t) => {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const { cdn, ask } = make()
  const jose = new CompactSign(Buffer.from(JSON.stringify(good)))
  const pem = Buffer.from(publicKey.export({ type: 'spki', format: 'pem' }))
  const forged = await jose.setProtectedHeader({ alg: 'HS256' }).sign(pem)
  t.match(outcome(await ask([forged], {}, [cdn.parseKey({ publicKey })])), /^403 signature/)
  const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${forged.split('.')[1]}.`
  t.match(outcome(await ask([unsigned])), /^403 signature/)
})

t.test('tries all cookies of the name in turn, up to one that is no token', async (t) => {
  const { token, ask } = make()
  const [right, wrong] = [await token(course), await token({ ...course, paths: ['/x/*'] })]
  const allowed = await ask([wrong, wrong, right])
  t.match(allowed, {
    allowed: true,
    checks: [{}, { detail: 'A token is in the cookie 3 of the name URISigningPackage.' }]
  })
  t.equal((await ask([right, 'junk'])).allowed, true)
  t.equal(
    outcome(await ask(['junk', right])),
    '403 package: The cookie 1 of the name URISigningPackage holds no JWS in compact form: ' +
      'was the value percent-encoded or cut off? Traffic Server looks at no cookie behind it; ' +
      'for an edge that does, this is stricter than the CDN.'
  )
  t.equal(
    outcome(await ask([wrong])),
    '403 uri: The token is good for ^https://media\\.example\\.com/x/.*$, ' +
      'which does not match this URI.'
  )
  t.equal(
    outcome(await ask([])),
    '403 package: The request has no cookie URISigningPackage: ' +
      'is this path granted, was access issued, and do the cookie\'s Domain and Path cover this request?'
  )
})

t.test('looks into the URI first', async (t) => {
  const { cdn, keys, token, ask } = make()
  const sign = async (path: string, query: string, paths: string[]): Promise<string> =>
    (await cdn.signUrl!({ path, query }, { ...course, paths }, keys[0]!)).slice(url.length)
  const scoped = await sign('/courses/42/a.mp4', 'b=c', course.paths as string[])
  t.match(await ask([], { url: scoped }), {
    allowed: true,
    checks: [{}, { detail: 'A token is in the URI.' }]
  })
  const exact = await sign('/img/a.png', 'b=c', ['/img/a.png'])
  t.equal((await ask([], { url: exact })).allowed, true)
  t.match(outcome(await ask([], { url: exact.replace('b=c', 'b=d') })), /^403 uri/)
  t.match(outcome(await ask([], { url: `${exact}&d=e` })), /^403 uri/)
  const right = await token(course)
  t.equal((await ask([], { url: `/courses/42/a;URISigningPackage=${right}` })).allowed, true)
  t.equal((await ask([], { url: `/courses/42/a?URISigningPackage=${right}&b=c` })).allowed, true)
  t.equal((await ask([right], { url: '/courses/42/a?URISigningPackage=junk' })).allowed, true)
})

t.test('holds an exact path to a URL without query', async (t) => {
  const { token, ask } = make()
  const tokens = [await token({ ...course, paths: ['/img/a.png'] })]
  for (const target of ['/img/a.png', '/img/a.png?']) {
    t.equal((await ask(tokens, { url: target })).allowed, true, target)
  }
  for (const target of ['/img/a.png?b', '/img/a.png/b', '/img/a.png%20b', '/img/a.pngb']) {
    t.match(outcome(await ask(tokens, { url: target })), /^403 uri/, target)
  }
})

t.test('refuses paths that climb, before all else', async (t) => {
  const { token, ask } = make()
  for (
    const target of [
      '/courses/42/../43/a',
      '/courses/42/%2e%2e/43/a',
      '/courses/42/..%2f43/a',
      '/courses/42/..\\43'
    ]
  ) t.match(outcome(await ask([await token(course)], { url: target })), /^403 path: /)
})

t.test('refuses claims that Traffic Server refuses', async (t) => {
  const { ask } = make()
  const noDepth = 'claims: The claim "cdnistd" is no whole number of 0 or more.'
  const noPattern = 'uri: The claim "cdniuc" is no pattern of the kind that is written here.'
  for (
    const [claims, wanted] of [
      [{ iss: 'other' }, 'claims: The issuer is not https://api.example.com.'],
      [{ cdniv: 2 }, 'claims: The version "cdniv" is not 1.'],
      [{ cdniv: '1' }, 'claims: The version "cdniv" is not 1.'],
      [{ jti: 'a' }, 'claims: Traffic Server refuses tokens with "jti".'],
      [{ cdnistt: 2 }, 'claims: The claim "cdnistt" is not 0 or 1.'],
      [{ cdnistt: '1' }, 'claims: The claim "cdnistt" is not 0 or 1.'],
      [{ cdnistd: -2 }, noDepth],
      [{ cdnistd: 2_147_483_648 }, noDepth],
      [{ cdnistd: null }, noDepth],
      [{ exp: undefined }, 'expiry: The token has no "exp" that is a number.'],
      [{ nbf: '0' }, 'start: The claim "nbf" is not a number.'],
      [{ aud: 'edge' }, 'audience: The claim "aud" is not left out.'],
      [{ cdniuc: 'hash:a' }, noPattern],
      [{ cdniuc: 'regex:^https://.+' }, noPattern],
      [{ cdniuc: undefined }, noPattern]
    ] as const
  ) t.equal(outcome(await ask([await odd(claims)])), `403 ${wanted}`)
  for (const claims of [{}, { cdniv: undefined }, { cdniets: 9, cdnistt: 1, cdnistd: 2 }]) {
    t.equal((await ask([await odd(claims)])).allowed, true)
  }
})

t.test('refuses a line end in a URL, before which a pattern may end', async (t) => {
  const { ask, token } = make()
  const tokens = [await token({ ...course, paths: ['/courses/42/a.mp4'] })]
  for (const end of ['%0Ax', '%0a', '?b=c%0Ad']) {
    t.equal(
      outcome(await ask(tokens, { url: `/courses/42/a.mp4${end}` })),
      '403 path: The URL holds an encoded line end: patterns may end before it.'
    )
  }
  const plain = make({ verifier: 'jwt', audience: 'edge' })
  const right = await plain.token({ ...course, paths: ['/*'] })
  t.equal((await plain.ask([right], { url: '/any%0Ax' })).allowed, true)
})

t.test('compares the audience, alone or in a list', async (t) => {
  const { ask } = make({ audience: 'edge' })
  for (const aud of ['edge', ['a', 'edge']]) {
    t.equal((await ask([await odd({ aud })])).allowed, true)
  }
  for (const aud of ['a', [], undefined]) {
    t.equal(outcome(await ask([await odd({ aud })])), '403 audience: The claim "aud" is not edge.')
  }
})

t.test('checks a plain JWT as its verifiers do', async (t) => {
  const { token, ask } = make({ verifier: 'jwt', audience: 'edge' })
  const right = await token({ ...course, paths: ['/*'] })
  t.equal(
    outcome(await ask([right], { url: `/any?URISigningPackage=junk` })),
    '200 path package claims expiry signature audience'
  )
  t.match(outcome(await ask(['junk', right])), /^401 package: /)
  t.match(outcome(await ask([right], { now: now + 600 })), /^401 expiry: /)
  t.match(outcome(await ask([])), /^401 package: The request has no cookie cdn_access_token: /)
})

t.test('refuses every token with one changed byte', async (t) => {
  const accepted: string[] = []
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  for (const { key } of [...entries, { key: privateKey }]) {
    const { cdn, ask } = make()
    const parsed = cdn.parseKey({ key })
    const [cookie] = await cdn.sign(course, parsed)
    t.equal((await ask([cookie!.value], {}, [parsed])).allowed, true)
    await Promise.all(
      changedTexts(cookie!.value).map(async (changed) => {
        if ((await ask([changed], {}, [parsed])).allowed) accepted.push(changed)
      })
    )
  }
  t.same(accepted, [])
})

t.test('answers 10,000 URLs as an independent matcher does', async (t) => {
  const { token, ask } = make()
  const tokens = [await token({ ...course, paths: ['/a/*', '/b?/*c.ts', '/d(e).png'] })]
  const next = seeded(5)
  const count = [0, 0]
  const heads = ['/a/', '/bb/', '/b/', '/%64(e).png', '/']
  const pieces = ['a', 'c.ts', 'c.ts', 'd(e).png', '/', '..', '%2f', '?', '?c.ts', '%63.ts']
  const target = (): string => heads[next(5)]! + pickText(next, pieces, next(4))
  const targets = Array.from({ length: 10_000 }, target)
  await Promise.all(targets.map(async (target) => {
    const [path = '', ...query] = target.split('?').map((part) => decodeURIComponent(part))
    const unasked = query.length === 0 || (query.length === 1 && query[0] === '')
    const listed = path.startsWith('/a/') ||
      (unasked &&
        (path === '/d(e).png' ||
          (path.startsWith('/b') && path[3] === '/' && path.length > 7 && path.endsWith('c.ts'))))
    const wanted = listed && !path.split('/').includes('..') &&
      !target.split('?')[0]!.includes('%2f')
    const { allowed } = await ask(tokens, { url: target })
    count[Number(allowed)]!++
    if (allowed !== wanted) t.equal(allowed, wanted, target)
  }))
  t.ok(count.every((number) => number > 1000), count.join(' and '))
})
