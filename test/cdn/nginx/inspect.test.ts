import t from 'tap'
import type { Inspection, SeenRequest } from '../../../src/cdn/inspection.js'
import { inspectNginx } from '../../../src/cdn/nginx/inspect.js'

const bare: SeenRequest = { origin: 'https://h', path: '/a', query: '', cookies: [] }
const hash = 'a'.repeat(22)
const read = (value: string, end: string): Inspection[] =>
  inspectNginx({ ...bare, cookies: [['cdn_access_hash', value], ['CDN_Access_Expires', end]] })
const codes = ([found]: Inspection[]): unknown => found?.oddities.map(({ code }) => code)

t.test('reads the two cookies, and the usual parameters', async (t) => {
  t.strictSame(read(hash, '8'), [{
    cdn: 'nginx',
    kind: 'a hash of secure_link',
    place: 'cookies',
    names: ['cdn_access_hash', 'CDN_Access_Expires'],
    algorithm: 'MD5',
    grants: ['what its block hashes, which it does not name'],
    endsAt: 9,
    oddities: []
  }])
  t.match(inspectNginx({ ...bare, query: `md5=${hash}&expires=8` }), [{ place: 'url', endsAt: 9 }])
})

t.test('names what others write', async (t) => {
  t.same(codes(read(`+${hash.slice(1)}`, '8')), ['base64-standard'])
  t.same(codes(read(`${hash}%3D%3D`, '8')), ['percent-encoded'])
  t.same(codes(read(hash, 'soon')), ['time-unreadable'])
  t.same(codes(read(hash, '1800000000000')), ['time-milliseconds'])
})

t.test('finds nothing in half of it, or in something else', async (t) => {
  t.same(read('short', '8'), [])
  t.same(inspectNginx({ ...bare, cookies: [['cdn_access_hash', hash]] }), [])
})
