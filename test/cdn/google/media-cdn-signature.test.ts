import t from 'tap'
import { googleMediaCdn } from '../../../src/cdn/google/media-cdn.js'
import {
  ask,
  liesBelow,
  opensslEd25519,
  outcome,
  pathKey,
  randomUrls,
  signatureKey,
  tokenKey
} from '../../fixtures/google.js'
import { changedTexts } from '../../fixtures/seeded.js'

const entry = { keyName: 'my-key', privateKey: signatureKey }
const expiresAt = 1_650_848_400
const now = expiresAt - 60
const at = (url: string) => googleMediaCdn({ url, ...entry })
const cdn = at('https://media.example.com')
const inPath = googleMediaCdn({ url: 'https://media.example.com', ...entry, urlStyle: 'path' })
const key = cdn.parseKey(entry)
const cookie = async (path: string): Promise<string> =>
  (await cdn.sign({ paths: [path], expiresAt }, key))[0]!.value
const grant = (path: string) => ({ paths: [path], expiresAt })
const signInPath = (path: string, granted: string, query = '') =>
  inPath.signUrl!({ path, query }, grant(granted), key)
const carrying = (...values: string[]) => ({
  now,
  cookies: values.map((value): [string, string] => ['Edge-Cache-Cookie', value])
})

t.test('signs the cookie that Google\'s sample signs', async (t) => {
  t.strictSame(await at('http://www.example.com').sign({ paths: ['/foo/*'], expiresAt }, key), [{
    name: 'Edge-Cache-Cookie',
    value: 'URLPrefix=aHR0cDovL3d3dy5leGFtcGxlLmNvbS9mb28v:Expires=1650848400:KeyName=my-key:' +
      'Signature=I0BnupL1tKbXklf1rK50nlC9JMh4HBLogTKByatOFRvALofT159BegB26Z2WmrI-ZAgAp8Q-1__bWt' +
      'FdMAqCAA',
    path: '/foo/'
  }])
})

t.test('signs the URLs that Google\'s samples sign, without padding', async (t) => {
  const sample = at('http://www.example.com')
  const address = at('http://35.186.234.33')
  t.equal(
    await address.signUrl!({ path: '/index.html', query: '' }, grant('/index.html'), key),
    'http://35.186.234.33/index.html?Expires=1650848400&KeyName=my-key&' +
      'Signature=16-oE9GZ5U9S_LYrW8RplZhvMfI7RGtGRY0C-Ahh6YAwiJ0UaEi6rQuPxfm6R-cBPfs8MwRGiu2fAoS1' +
      'JOoKCA'
  )
  t.equal(
    await sample.signUrl!(
      { path: '/some/path', query: 'some=query&another=param' },
      grant('/some/path'),
      key
    ),
    'http://www.example.com/some/path?some=query&another=param&Expires=1650848400&KeyName=my-key&' +
      'Signature=Li_D6rxUh1Kj54JbmUuAms2wmjJHJUcMXJHgYxjL4LqYH02wSX-4gCayXgklNSDpfBfSHnbdC_wvcdyX' +
      'vADGDw'
  )
  t.equal(
    await address.signUrl!({ path: '/index.html', query: '' }, grant('/*'), key),
    'http://35.186.234.33/index.html?URLPrefix=aHR0cDovLzM1LjE4Ni4yMzQuMzMv&Expires=1650848400&' +
      'KeyName=my-key&Signature=mR4jNsWVn39ofSC5425SXwZVzHAAixemdcRGHgPuO1V1Fl7lJs2Ws5aPOGp-MhbDi' +
      'nFYUkutHh-I9c5Du4jtAA'
  )
})

t.test('signs the path component that Google\'s sample signs', async (t) => {
  const sample = googleMediaCdn({
    url: 'https://example.com',
    keyName: 'test-key',
    privateKey: pathKey,
    urlStyle: 'path'
  })
  t.equal(
    await sample.signUrl!({ path: '/test-filename', query: '' }, {
      paths: ['/*'],
      expiresAt: 1_663_070_400
    }, sample.parseKey({ keyName: 'test-key', privateKey: pathKey })),
    'https://example.com/edge-cache-token=Expires=1663070400&KeyName=test-key&' +
      'Signature=2hvmMKXW_e0bY3ViJNDSgoXDGvNj2L-UYTseTgtj96Va0S4FYxehka1k4hzWo2_87B9zqr_Ne4MMEdRf' +
      'HUMUBw/test-filename'
  )
})

t.test('agrees with openssl', async (t) => {
  const text =
    'URLPrefix=aHR0cHM6Ly9tZWRpYS5leGFtcGxlLmNvbS9jb3Vyc2VzLzQyLw:Expires=1650848400:KeyName=my-key'
  t.equal(
    await cookie('/courses/42/*'),
    `${text}:Signature=${opensslEd25519(signatureKey, text).toString('base64url')}`
  )
})

t.test('accepts what it signed, below the prefix alone and in time', async (t) => {
  const sent = carrying(await cookie('/courses/42/*'))
  t.equal(outcome(await cdn.check(ask('/courses/42/a.ts?x=1', sent), [key])), 'allowed')
  t.match(outcome(await cdn.check(ask('/courses/43/a.ts', sent), [key])), /^403 prefix/)
  t.match(outcome(await cdn.check(ask('/courses/42/..%2f43/a', sent), [key])), /^403 path/)
  t.match(
    outcome(await cdn.check(ask('/courses/42/a.ts', { ...sent, now: expiresAt }), [key])),
    /^403 expiry/
  )
  t.strictSame(
    (await cdn.check(ask('/courses/42/a.ts', sent), [key])).checks.map(({ name }) => name),
    ['method', 'path', 'credentials', 'key', 'signature', 'expiry', 'prefix']
  )
})

t.test('refuses an unsigned request', async (t) => {
  t.equal(
    outcome(await cdn.check(ask('/a'), [key])),
    '403 credentials: The request has neither an Edge-Cache-Cookie nor a signature in its URL: ' +
      'is this path granted, was access issued, and do the cookie\'s Domain and Path cover this request?'
  )
})

t.test('tries every key of a name, and no key of another', async (t) => {
  const older = cdn.parseKey({ keyName: 'my-key', privateKey: tokenKey })
  const named = cdn.parseKey({ keyName: 'other', privateKey: signatureKey })
  const sent = carrying(await cookie('/*'))
  t.equal(outcome(await cdn.check(ask('/a', sent), [older, key])), 'allowed')
  t.match(outcome(await cdn.check(ask('/a', sent), [older])), /^403 signature/)
  t.match(outcome(await cdn.check(ask('/a', sent), [named])), /^403 key/)
})

t.test('accepts its own path component, which opens the folder before it', async (t) => {
  const signed = new URL(
    await inPath.signUrl!({ path: '/v/1/main.m3u8', query: 'q=1' }, {
      paths: ['/v/1/*'],
      expiresAt
    }, key)
  )
  const other = (path: string): string => signed.pathname.replace('main.m3u8', path)
  t.match(
    signed.pathname,
    /^\/v\/1\/edge-cache-token=Expires=1650848400&KeyName=my-key&Signature=[\w-]{86}\/main\.m3u8$/
  )
  t.equal(signed.search, '?q=1')
  for (const style of [cdn, inPath]) {
    t.equal(outcome(await style.check(ask(signed.pathname, { now }), [key])), 'allowed')
    t.equal(outcome(await style.check(ask(other('s/1.ts?x'), { now }), [key])), 'allowed')
  }
  t.match(
    outcome(await cdn.check(ask(signed.pathname.replace('/v/1/', '/v/2/'), { now }), [key])),
    /^403 signature/
  )
  t.match(
    outcome(await cdn.check(ask(signed.pathname.replace('/v/1/', '/v/'), { now }), [key])),
    /^403 signature/
  )
})

t.test('refuses a broken path component, and two signatures in one URL', async (t) => {
  const { pathname } = new URL(
    await inPath.signUrl!({ path: '/v/a', query: '' }, { paths: ['/v/*'], expiresAt }, key)
  )
  const sent = carrying(await cookie('/*'))
  for (
    const url of [
      pathname.slice(0, -2),
      '/v/edge-cache-token=/a',
      '/v/edge-cache-token=URLPrefix=aHR0cHM6Ly9tZWRpYS5leGFtcGxlLmNvbS8&Expires=1650848400&' +
      'KeyName=my-key&Signature=AA/a'
    ]
  ) {
    t.match(outcome(await cdn.check(ask(url, sent), [key])), /^403 credentials: The path/, url)
  }
  for (
    const url of [
      `${pathname}?Signature=x`,
      `${pathname}?a=1&Signature=x`,
      `/x${pathname.slice(0, -2)}${pathname}`
    ]
  ) {
    t.equal(
      outcome(await cdn.check(ask(url, sent), [key])),
      '403 credentials: The URL carries two signatures, and which one counts is not documented.',
      url
    )
  }
})

t.test('refuses to put into a path what it can\'t sign there', async (t) => {
  await t.rejects(signInPath('/v/a', '/v/a'), {
    code: 'CDN_ACCESS_SIGNED_URL_UNSUPPORTED',
    message: 'The CDN "googleMediaCdn" can\'t sign this URL: ' +
      'a signature in the path opens the folder before it. ' +
      'Grant the folder with "/*" at the end, or set "urlStyle" to "query"'
  })
  await t.rejects(signInPath('/v/a', '/v/*', 'Signature=1'), {
    code: 'CDN_ACCESS_SIGNED_URL_UNSUPPORTED'
  })
  t.match(await signInPath('/v/', '/v/*'), /\/v\/edge-cache-token=.*\/$/)
})

t.test('refuses every cookie that differs in one byte', async (t) => {
  const value = await cookie('/courses/42/*')
  const accepted = []
  for (const changed of changedTexts(value)) {
    if ((await cdn.check(ask('/courses/42/a', carrying(changed)), [key])).allowed) {
      accepted.push(changed)
    }
  }
  for (const name of changedTexts('Edge-Cache-Cookie')) {
    if ((await cdn.check(ask('/courses/42/a', { now, cookies: [[name, value]] }), [key])).allowed) {
      accepted.push(name)
    }
  }
  t.strictSame(accepted, [])
})

t.test('agrees with another matcher on 10,000 URLs', async (t) => {
  const sent = carrying(await cookie('/courses/42/*'))
  const differing: string[] = []
  for (const url of randomUrls(10_000, 2)) {
    if ((await cdn.check(ask(url, sent), [key])).allowed !== liesBelow(url, ['courses', '42'])) {
      differing.push(url)
    }
  }
  t.strictSame(differing, [])
})

t.test('plans one cookie per prefix, and refuses what the format has no room for', async (t) => {
  t.strictSame(cdn.plan({ paths: ['/a/*', '/b/*'], expiresAt }), ['/a/', '/b/'])
  t.throws(() => cdn.plan({ paths: ['/*', '/b/*'], expiresAt }), {
    code: 'CDN_ACCESS_PATH_OVERLAP'
  })
  t.throws(() => cdn.plan({ paths: ['/a.png'], expiresAt }), {
    code: 'CDN_ACCESS_PATH_UNSUPPORTED'
  })
  for (const [field, value] of [['notBefore', 1], ['ip', '192.0.2.1'], ['claims', {}]] as const) {
    const error = {
      code: 'CDN_ACCESS_GRANT_UNSUPPORTED',
      message: `The CDN "googleMediaCdn" can't hold "${field}" of a grant: ` +
        'a Media CDN signature is for a prefix and an expiry. ' +
        'Leave it out, or set "mode" to "token"'
    }
    t.throws(() => cdn.plan({ paths: ['/*'], expiresAt, [field]: value }), error)
    await t.rejects(
      cdn.signUrl!({ path: '/a', query: '' }, { paths: ['/*'], expiresAt, [field]: value }, key),
      error
    )
  }
})

t.test('refuses a path that every request would seem to be signed in', async (t) => {
  const odd = '/a/edge-cache-token=x/*'
  const words = 'it holds "/edge-cache-token=", which the CDN reads as a signature in the path. ' +
    'Use another name'
  for (const refuse of [cdn.plan, cdn.planUrl!, inPath.planUrl!]) {
    t.throws(() => refuse(grant(odd)), {
      code: 'CDN_ACCESS_PATH_UNSUPPORTED',
      message: `The CDN "googleMediaCdn" can't hold the path "${odd}": ${words}`
    })
  }
  for (const signing of [cdn, inPath]) {
    const url = { path: '/a/edge-cache-token=x/b', query: '' }
    await t.rejects(signing.signUrl!(url, grant('/a/*'), key), {
      code: 'CDN_ACCESS_SIGNED_URL_UNSUPPORTED',
      message: /its path holds "\/edge-cache-token=", which the CDN reads as a signature/
    })
  }
  t.same(cdn.plan(grant('/a/my-edge-cache-token=x/*')), ['/a/my-edge-cache-token=x/'])
})

t.test('a URL holds an exact path, which a cookie can\'t', async (t) => {
  t.equal(cdn.planUrl!(grant('/a.png')), undefined)
  t.throws(() => cdn.plan(grant('/a.png')), { code: 'CDN_ACCESS_PATH_UNSUPPORTED' })
  t.throws(() => inPath.planUrl!(grant('/a.png')), { code: 'CDN_ACCESS_SIGNED_URL_UNSUPPORTED' })
})

t.test('takes padded signatures and prefixes, as Google\'s Python sample writes them', async (t) => {
  const [before, signature] = (await cookie('/a/*')).split(':Signature=')
  const opens = async (value: string) =>
    outcome(await cdn.check(ask('/a/b', carrying(value)), [key]))
  t.equal(await opens(`${before}:Signature=${signature}==`), 'allowed')
  t.match(await opens(`${before}:Signature=${signature}=`), /^403 credentials/)
  t.match(await opens(`${before}:Signature=${signature}===`), /^403 credentials/)
  const prefix = Buffer.from('https://media.example.com/ab/').toString('base64')
  t.match(prefix, /=$/)
  const text = `URLPrefix=${prefix}:Expires=${expiresAt}:KeyName=my-key`
  const padded = (await key.signText!(text)).toString('base64').replace(/\+/g, '-').replace(
    /\//g,
    '_'
  )
  const sent = carrying(`${text}:Signature=${padded}`)
  t.equal(outcome(await cdn.check(ask('/ab/c', sent), [key])), 'allowed')
  t.match(outcome(await cdn.check(ask('/a/c', sent), [key])), /^403 prefix/)
  const url = await cdn.signUrl!({ path: '/a/b', query: '' }, grant('/a/*'), key)
  const target = `${url.slice('https://media.example.com'.length)}==`
  t.equal(outcome(await cdn.check(ask(target, { now }), [key])), 'allowed')
})
