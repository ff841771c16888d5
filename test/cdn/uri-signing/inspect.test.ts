import t from 'tap'
import type { Inspection, SeenRequest } from '../../../src/cdn/inspection.js'
import { inspectUriSigning } from '../../../src/cdn/uri-signing/inspect.js'

const bare: SeenRequest = { origin: 'https://h', path: '/x/a', query: '', cookies: [] }
const token = (claims: unknown, header: unknown = { alg: 'ES256', kid: 'k1' }): string =>
  [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join(
    '.'
  ) + '.AA'
const read = (value: string, name = 'URISigningPackage', more = {}): Inspection | undefined =>
  inspectUriSigning({ ...bare, cookies: [[name, value]], ...more })[0]
const codes = (found: Inspection | undefined): unknown => found?.oddities.map(({ code }) => code)
const claims = { iss: 'example', exp: 9, nbf: 5, cdniv: 1, cdniuc: 'regex:^https://h/x/.*$' }

t.test('reads a package in a cookie and in a URL', async (t) => {
  t.strictSame(read(token(claims)), {
    cdn: 'uri-signing',
    kind: 'a package of URI Signing',
    place: 'cookies',
    names: ['URISigningPackage'],
    signer: 'k1 of example',
    algorithm: 'ES256',
    grants: ['regex:^https://h/x/.*$'],
    covers: true,
    startsAt: 5,
    endsAt: 9,
    oddities: []
  })
  t.match(read(token(claims), 'other'), { names: ['other'] })
  t.match(read(token(claims), undefined, { path: '/y', query: 'v=1' }), { covers: false })
  t.match(inspectUriSigning({ ...bare, query: `URISigningPackage=${token(claims)}` }), [{
    place: 'url'
  }])
  t.notOk('covers' in read(token(claims), undefined, { origin: '' })!)
})

t.test('reads a plain JWT under its own name alone', async (t) => {
  t.match(read(token({ sub: 'me' }, { alg: 7 }), 'cdn_access_token'), {
    kind: 'a JWT',
    grants: ['everything: it names no path'],
    oddities: [{ code: 'end-missing' }]
  })
  t.same(read(token({ sub: 'me' }), 'session'), undefined)
  t.same(read('a.b.c'), undefined)
  t.same(read(token(7)), undefined)
})

t.test('names what others write', async (t) => {
  t.same(codes(read(token({ ...claims, cdniv: undefined }))), ['version-missing'])
  t.same(codes(read(token({ ...claims, jti: 'x' }))), ['claim-refused'])
  t.same(codes(read(token({ ...claims, exp: '9' }))), ['time-unreadable'])
  t.same(codes(read(token({ ...claims, exp: undefined, cdniuc: undefined }))), [
    'end-missing',
    'claim-missing'
  ])
  t.same(codes(read(`${token(claims)}=`)), ['base64-padding'])
  t.same(codes(read(token(claims).replaceAll('.', '%2E'))), ['percent-encoded'])
  t.match(read(token({ cdniv: 1 })), { grants: ['nothing: it has no "cdniuc"'] })
})
