import t from 'tap'
import { googleCloudCdn } from '../../../src/cdn/google/cloud-cdn.js'
import {
  ask,
  cloudKey,
  liesBelow,
  opensslHmac,
  outcome,
  randomUrls
} from '../../fixtures/google.js'
import { changedTexts } from '../../fixtures/seeded.js'

const entry = { keyName: 'my-key', key: cloudKey }
const expiresAt = 1_549_751_401
const at = (url: string) => googleCloudCdn({ url, ...entry })
const cdn = at('https://media.example.com')
const strict = googleCloudCdn({
  url: 'https://media.example.com',
  ...entry,
  requireSignature: true
})
const key = cdn.parseKey(entry)
const cookie = async (path: string): Promise<string> =>
  (await cdn.sign({ paths: [path], expiresAt }, key))[0]!.value
const carrying = (...values: string[]) => ({
  cookies: values.map((value): [string, string] => ['Cloud-CDN-Cookie', value])
})

t.test('signs the cookie that Google\'s sample signs', async (t) => {
  const sample = at('http://www.example.com')
  t.strictSame(await sample.sign({ paths: ['/foo/*'], expiresAt }, key), [{
    name: 'Cloud-CDN-Cookie',
    value: 'URLPrefix=aHR0cDovL3d3dy5leGFtcGxlLmNvbS9mb28v:Expires=1549751401:KeyName=my-key:' +
      'Signature=Z9uYAu73YHioRScZDxnP-TnS274=',
    path: '/foo/'
  }])
})

t.test('signs the URLs that Google\'s sample signs', async (t) => {
  const sample = at('http://www.example.com')
  const sign = (path: string, query = '', granted = path) =>
    sample.signUrl!({ path, query }, { paths: [granted], expiresAt }, key)
  t.equal(
    await at('http://35.186.234.33').signUrl!({ path: '/index.html', query: '' }, {
      paths: ['/index.html'],
      expiresAt
    }, key),
    'http://35.186.234.33/index.html?Expires=1549751401&KeyName=my-key&' +
      'Signature=CRFqQnVfFyiUyR63OQf-HRUpIwc='
  )
  t.equal(
    await sign('/'),
    'http://www.example.com/?Expires=1549751401&KeyName=my-key&' +
      'Signature=OqDUFfHpN5Vxga6r80bhsgxKves='
  )
  t.equal(
    await sign('/some/path', 'some=query&another=param'),
    'http://www.example.com/some/path?some=query&another=param&Expires=1549751401&KeyName=my-key&' +
      'Signature=9Q9TCxSju8-W5nUkk5CuTrun2_o='
  )
  t.equal(
    await sign('/some/path', 'some=query&another=param', '/some/*'),
    'http://www.example.com/some/path?some=query&another=param&' +
      'URLPrefix=aHR0cDovL3d3dy5leGFtcGxlLmNvbS9zb21lLw==&Expires=1549751401&KeyName=my-key&' +
      'Signature=3th4ThmpS95I1TAKYyYSCSq3dnQ='
  )
})

t.test('pads prefix and signature, as openssl confirms', async (t) => {
  const value = await cookie('/courses/42/*')
  const text =
    'URLPrefix=aHR0cHM6Ly9tZWRpYS5leGFtcGxlLmNvbS9jb3Vyc2VzLzQyLw==:Expires=1549751401:' +
    'KeyName=my-key'
  t.equal(
    value,
    `${text}:Signature=${
      opensslHmac('sha1', cloudKey, text).toString('base64').replaceAll('+', '-').replaceAll(
        '/',
        '_'
      )
    }`
  )
})

t.test('accepts what it signed, below the prefix alone', async (t) => {
  const sent = carrying(await cookie('/courses/42/*'))
  t.equal(outcome(await cdn.check(ask('/courses/42/a.ts?x=1', sent), [key])), 'allowed')
  t.equal(
    outcome(await cdn.check(ask('/courses/43/a.ts', sent), [key])),
    '403 prefix: Access is for https://media.example.com/courses/42/, ' +
      'which this URL does not start with. They part at "43", where "42" was granted.'
  )
  t.match(
    outcome(await cdn.check(ask('/courses/42/%2e%2e/43/a', sent), [key])),
    /^403 path: The path holds a dot segment/
  )
  t.strictSame(
    (await cdn.check(ask('/courses/42/a.ts', sent), [key])).checks.map(({ name }) => name),
    ['path', 'credentials', 'key', 'signature', 'expiry', 'prefix']
  )
})

t.test('ends access in the second of the expiry', async (t) => {
  const sent = carrying(await cookie('/*'))
  t.equal(outcome(await cdn.check(ask('/a', { ...sent, now: expiresAt - 1 }), [key])), 'allowed')
  t.equal(
    outcome(await cdn.check(ask('/a', { ...sent, now: expiresAt }), [key])),
    '403 expiry: Access ended 0 s ago.'
  )
})

t.test('lets an unsigned request through to the origin, and says so', async (t) => {
  const { allowed, status, checks } = await cdn.check(ask('/a'), [key])
  t.strictSame([allowed, status], [true, 200])
  t.strictSame(checks.at(-1), {
    name: 'credentials',
    ok: true,
    detail: 'The request is not signed: ' +
      'Cloud CDN passes it to the origin, which must refuse it with a 403 that no cache keeps. ' +
      'With "requireSignature: true" explain() and the edge in development answer for both.'
  })
})

t.test('refuses an unsigned request where a signature is demanded', async (t) => {
  t.equal(
    outcome(await strict.check(ask('/a'), [key])),
    '403 credentials: The request has neither a Cloud-CDN-Cookie nor a signed URL\'s Signature: ' +
      'is this path granted, was access issued, and do the cookie\'s Domain and Path cover this request?'
  )
  t.equal(outcome(await strict.check(ask('/a', carrying(await cookie('/*'))), [key])), 'allowed')
  t.strictSame(strict.format, cdn.format)
})

t.test('accepts signed URLs, and reads them before the cookie', async (t) => {
  const exact = new URL(
    await cdn.signUrl!(
      { path: '/a.ts', query: 'x=1' },
      { paths: ['/a.ts'], expiresAt },
      key
    )
  )
  const prefix = new URL(
    await cdn.signUrl!({ path: '/v/a.ts', query: '' }, { paths: ['/v/*'], expiresAt }, key)
  )
  t.equal(outcome(await cdn.check(ask(exact.pathname + exact.search), [key])), 'allowed')
  t.match(outcome(await cdn.check(ask(`/b.ts${exact.search}`), [key])), /^403 signature/)
  t.match(
    outcome(await cdn.check(ask(`/a.ts${exact.search.replace('x=1', 'x=2')}`), [key])),
    /^403 signature/
  )
  t.equal(outcome(await cdn.check(ask(`/v/b.ts${prefix.search}`), [key])), 'allowed')
  t.match(outcome(await cdn.check(ask(`/w/b.ts${prefix.search}`), [key])), /^403 prefix/)
  t.match(
    outcome(await cdn.check(ask('/v/b.ts?Signature=x', carrying(await cookie('/*'))), [key])),
    /^403 credentials: The query does not hold/
  )
})

t.test('accepts every key of the ring, and signs with the one that it is given', async (t) => {
  const next = cdn.parseKey({ keyName: 'next', key: Buffer.alloc(16, 7).toString('base64url') })
  const [signed] = await cdn.sign({ paths: ['/*'], expiresAt }, next)
  t.match(signed!.value, /:KeyName=next:/)
  t.equal(outcome(await cdn.check(ask('/a', carrying(signed!.value)), [key, next])), 'allowed')
  t.match(
    outcome(await cdn.check(ask('/a', carrying(signed!.value)), [key])),
    /^403 key: KeyName is not the name of an accepted key/
  )
})

t.test('refuses every cookie that differs in one byte', async (t) => {
  const value = await cookie('/courses/42/*')
  const accepted = []
  for (const changed of changedTexts(value)) {
    if ((await cdn.check(ask('/courses/42/a', carrying(changed)), [key])).allowed) {
      accepted.push(changed)
    }
  }
  for (const name of changedTexts('Cloud-CDN-Cookie')) {
    if ((await strict.check(ask('/courses/42/a', { cookies: [[name, value]] }), [key])).allowed) {
      accepted.push(name)
    }
  }
  t.strictSame(accepted, [])
})

t.test('agrees with another matcher on 10,000 URLs', async (t) => {
  const sent = carrying(await cookie('/courses/42/*'))
  const differing: string[] = []
  let allowed = 0
  for (const url of randomUrls(10_000)) {
    const answer = await strict.check(ask(url, sent), [key])
    if (answer.allowed) allowed++
    if (answer.allowed !== liesBelow(url, ['courses', '42'])) differing.push(url)
  }
  t.strictSame(differing, [])
  t.ok(allowed > 1000 && allowed < 9000, `${allowed} of them are allowed`)
})

t.test('plans one cookie per prefix, on its own path', async (t) => {
  t.strictSame(cdn.plan({ paths: ['/a/*', '/b/c/*'], expiresAt }), ['/a/', '/b/c/'])
  t.strictSame(
    (await cdn.sign({ paths: ['/a/*', '/b/c/*'], expiresAt }, key)).map(({ path }) => path),
    ['/a/', '/b/c/']
  )
  t.throws(() => cdn.plan({ paths: ['/a/*', '/a/b/*'], expiresAt }), {
    code: 'CDN_ACCESS_PATH_OVERLAP'
  })
  t.throws(() => cdn.plan({ paths: ['/a.png'], expiresAt }), {
    code: 'CDN_ACCESS_PATH_UNSUPPORTED'
  })
})

t.test('refuses by name what the format has no room for', async (t) => {
  for (const [field, value] of [['notBefore', 1], ['ip', '192.0.2.1'], ['claims', {}]] as const) {
    const grant = { paths: ['/*'], expiresAt, [field]: value }
    const error = {
      code: 'CDN_ACCESS_GRANT_UNSUPPORTED',
      message: `The CDN "googleCloudCdn" can't hold "${field}" of a grant: ` +
        'Cloud CDN signs a prefix and an expiry, and nothing else. Leave it out'
    }
    t.throws(() => cdn.plan(grant), error)
    await t.rejects(cdn.signUrl!({ path: '/a', query: '' }, grant, key), error)
  }
})

t.test('refuses keys and names that the backend would not take', async (t) => {
  t.equal(key.identity.length, 43)
  t.strictSame([key.id, key.canSign], ['my-key', true])
  t.match(cdn.parseKey({ ...entry, notBefore: 5, notAfter: new Date(9000) }), {
    notBefore: 5,
    notAfter: 9
  })
  for (
    const bad of [
      undefined,
      '',
      'c2hvcnQ=',
      Buffer.alloc(15).toString('base64url'),
      Buffer.alloc(17).toString('base64url'),
      '++++++++++++++++++++++=='
    ]
  ) {
    t.throws(() => cdn.parseKey({ keyName: 'k', key: bad }), {
      code: 'CDN_ACCESS_KEY_SECRET_INVALID',
      message: /^"key" must be 16 random bytes in base64url/
    })
  }
  for (const bad of [undefined, '', 'a:b', 'a b', 'é', 'k'.repeat(64)]) {
    t.throws(() => cdn.parseKey({ keyName: bad, key: cloudKey }), {
      code: 'CDN_ACCESS_KEY_ID_INVALID'
    })
  }
  t.throws(() => cdn.parseKey({ ...entry, secret: 'x' }), { code: 'CDN_ACCESS_KEY_ENTRY_INVALID' })
})

t.test('refuses options that it does not know', async (t) => {
  const options = { url: 'https://media.example.com', ...entry }
  t.throws(() => googleCloudCdn({ ...options, requireSignature: 'yes' as never }), {
    code: 'CDN_ACCESS_OPTION_INVALID',
    message: 'Option "requireSignature" must be true or false'
  })
  t.throws(() => googleCloudCdn({ ...options, privateKey: 'x' } as never), {
    code: 'CDN_ACCESS_OPTION_UNKNOWN'
  })
  t.strictSame([cdn.name, cdn.cookieNames, cdn.keys], [
    'googleCloudCdn',
    ['Cloud-CDN-Cookie'],
    [entry]
  ])
})
