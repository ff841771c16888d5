import t from 'tap'
import type { Inspection, SeenRequest } from '../../../src/cdn/inspection.js'
import { inspectCommonAccessToken } from '../../../src/cdn/common-access-token/inspect.js'
import {
  catu,
  ecKey,
  edgeNow,
  goodClaims,
  match,
  secretOne,
  token,
  type Oddness
} from '../../fixtures/edge-tokens.js'

const bare: SeenRequest = {
  origin: 'https://media.example.com',
  path: '/courses/42/a',
  query: '',
  cookies: []
}
const read = (value: string, more: Partial<SeenRequest> = {}): Inspection | undefined =>
  inspectCommonAccessToken({ ...bare, cookies: [['any', value]], ...more })[0]
const codes = (claims: Oddness['claims'] & object): unknown =>
  read(token(secretOne, { claims }))?.oddities.map(({ code, detail }) => `${code}: ${detail}`)

t.test('reads a token in a cookie and in a URL, without any key', async (t) => {
  const value = token(secretOne, { claims: { 5: edgeNow - 9 } })
  t.strictSame(read(value), {
    cdn: 'common-access-token',
    kind: 'a Common Access Token',
    place: 'cookies',
    names: ['any'],
    signer: 'one of https://api.example.com',
    algorithm: 'HS256',
    grants: ['https://media.example.com/courses/42/*'],
    covers: true,
    startsAt: edgeNow - 9,
    endsAt: edgeNow + 600,
    oddities: []
  })
  t.match(inspectCommonAccessToken({ ...bare, query: `v&CAT=${value}` }), [{
    place: 'url',
    names: ['CAT'],
    covers: true
  }])
  t.match(read(token(ecKey)), { algorithm: 'ES256', oddities: [] })
})

t.test('says what it covers, where the request is known', async (t) => {
  t.match(read(token(), { path: '/courses/43/a' }), { covers: false })
  t.match(read(token(), { origin: 'https://other.example.com' }), { covers: false })
  t.match(read(token(), { origin: 'http://media.example.com' }), {
    covers: true,
    grants: ['http://media.example.com/courses/42/*']
  })
  t.notOk('covers' in read(token(), { origin: '' })!)
  const file = token(secretOne, { claims: { 312: catu(match(0, '/a.png')) } })
  t.match(read(file), { grants: ['https://media.example.com/a.png'], covers: false })
})

t.test('names what is odd about a token', async (t) => {
  t.same(codes({ 4: undefined }), ['claim-missing: It has no "exp" (4).'])
  t.same(codes({ 401: 1 }), [
    'claim-refused: It has a claim that the edges of this package refuse: 401.'
  ])
  t.same(codes({ 7: 'x' }), ['claim-refused: Its "cti" is not 16 bytes.'])
  t.same(codes({ 4: 'x' }), ['time-unreadable: A time is no whole number of seconds.'])
  t.same(codes({ 1: 7 }), [])
  t.match(read(token(secretOne, { claims: { 312: 7 } })), {
    grants: ['nothing that is read here: it has no "catu" of one host and one path']
  })
  t.match(read(token(secretOne, { tag: 18 })), { oddities: [{ code: 'algorithm-differs' }] })
  const strange = read(token(secretOne, { id: 4 }))!
  t.match(strange, { oddities: [{ code: 'algorithm-differs' }] })
  t.notOk('algorithm' in strange)
  t.match(read(`${token()}=`), { oddities: [{ code: 'base64-padding' }] })
  t.match(read(`${token()}%3D`), {
    oddities: [{ code: 'percent-encoded' }, { code: 'base64-padding' }]
  })
})

t.test('takes nothing else for a token', async (t) => {
  const odd = ['', 'x', '2D3R', '2D3RhE', `${token()}A`, token(secretOne, { cwt: false })]
  for (const value of odd) t.equal(read(value), undefined)
  t.equal(read(token(secretOne, { payload: Buffer.of(0x80) })), undefined)
  t.ok(Object.keys(goodClaims).length > 0)
})

t.test('a claim that is named by a text is not shown', async (t) => {
  const payload = Buffer.from('a16673656372657401', 'hex')
  const found = read(token(secretOne, { payload }))!
  t.match(found.oddities.at(-1), {
    code: 'claim-refused',
    detail: 'It has a claim that the edges of this package refuse, named by a text.'
  })
  t.equal(found.signer, 'one')
  t.notOk('signer' in read(token(secretOne, { payload, kid: false }))!)
})
