import t from 'tap'
import { inspectAkamai } from '../../../src/cdn/akamai/inspect.js'
import type { Inspection, SeenRequest } from '../../../src/cdn/inspection.js'

const bare: SeenRequest = { origin: 'https://h', path: '/x/a', query: '', cookies: [] }
const read = (value: string, more: Partial<SeenRequest> = {}): Inspection | undefined =>
  inspectAkamai({ ...bare, cookies: [['hdnts', value]], ...more })[0]
const codes = (found: Inspection | undefined): unknown => found?.oddities.map(({ code }) => code)
const hmac = `hmac=${'a'.repeat(64)}`

t.test('reads a token under any name', async (t) => {
  t.strictSame(read(`ip=192.0.2.7~st=5~exp=9~acl=/x/*!/y~${hmac}`), {
    cdn: 'akamai',
    kind: 'a token',
    place: 'cookies',
    names: ['hdnts'],
    algorithm: 'sha256',
    grants: ['/x/*', '/y'],
    covers: true,
    startsAt: 5,
    endsAt: 9,
    address: '192.0.2.7',
    oddities: []
  })
  const query = `v=1&hdnts=exp=9~acl=/y~hmac=${'a'.repeat(40)}`
  t.match(inspectAkamai({ ...bare, query }), [{ place: 'url', algorithm: 'sha1', covers: false }])
  t.match(read(`exp=9~acl=%2fx%2f*~${hmac}`), { grants: ['/x/*'], covers: true, oddities: [] })
  t.notOk('covers' in read(`exp=9~acl=/x/*~${hmac}`, { origin: '' })!)
  t.notOk('algorithm' in read('exp=9~acl=/*~hmac=ab')!)
})

t.test('takes an encoded list for what it is', async (t) => {
  t.same(codes(read(`exp=9~acl=%2fx%2f*~${hmac}`)), [])
  t.same(codes(read(`exp=9~acl=/x/*~data=a%3db~${hmac}`)), [])
})

t.test('names what others write', async (t) => {
  t.same(codes(read(`exp=9000000000000~acl=/*~${hmac}`)), ['time-milliseconds'])
  t.same(codes(read(`acl=/*~${hmac}`)), ['end-missing'])
  t.same(codes(read(encodeURIComponent(`exp=9~acl=/*~${hmac}`))), ['percent-encoded'])
  t.match(read(`exp=9~${hmac}`), { kind: 'a token of one URL', grants: ['https://h/x/a'] })
  t.match(read(`exp=9~${hmac}`)?.oddities, [{
    code: 'url-token',
    detail: /a cookie goes with many/
  }])
  t.same(inspectAkamai({ ...bare, query: `t=exp=9~${hmac}` })[0]?.oddities, [])
})

t.test('takes no token of Google for one', async (t) => {
  t.same(
    inspectAkamai({ ...bare, cookies: [['a', `PathGlobs=/*~Expires=9~${hmac}`], ['b', 'c']] }),
    []
  )
})
