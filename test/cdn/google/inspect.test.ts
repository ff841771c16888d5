import t from 'tap'
import { inspectGoogle } from '../../../src/cdn/google/inspect.js'
import type { Inspection, SeenRequest } from '../../../src/cdn/inspection.js'

const bare: SeenRequest = { origin: 'https://h', path: '/x/a', query: '', cookies: [] }
const prefix = Buffer.from('https://h/x/').toString('base64url')
const codes = (found: Inspection | undefined): unknown => found?.oddities.map(({ code }) => code)
const read = (more: Partial<SeenRequest>): Inspection | undefined =>
  inspectGoogle({ ...bare, ...more })[0]
const cookie = (value: string, name = 'Cloud-CDN-Cookie'): Inspection | undefined =>
  read({ cookies: [[name, value]] })

t.test('reads a prefix in a cookie of either CDN', async (t) => {
  const value = `URLPrefix=${prefix}:Expires=9:KeyName=k:Signature=`
  t.match(cookie(`${value}AAAA`), {
    cdn: 'google-cloud-cdn',
    signer: 'k',
    algorithm: 'HMAC-SHA1',
    grants: ['https://h/x/*'],
    covers: true,
    endsAt: 9
  })
  t.match(cookie(`${value}AAA`, 'Edge-Cache-Cookie'), { cdn: 'google-media-cdn', oddities: [] })
  t.match(read({ path: '/y', cookies: [['Cloud-CDN-Cookie', `${value}AAAA`]] }), { covers: false })
  const unknown = read({ origin: '', path: '/', cookies: [['Cloud-CDN-Cookie', `${value}AAAA`]] })
  t.notOk('covers' in unknown!)
})

t.test('names what others write', async (t) => {
  const value = (end: string, signature: string): string =>
    `URLPrefix=${prefix}:Expires=${end}:KeyName=k:Signature=${signature}`
  t.same(codes(cookie(value('9', 'AAA'))), ['base64-padding'])
  t.same(codes(cookie(value('9', 'A+A='))), ['base64-standard'])
  t.same(codes(cookie(value('1800000000000', 'AAAA'))), ['time-milliseconds'])
  t.same(codes(cookie(value('x', 'AAAA'))), ['time-unreadable'])
  t.same(codes(cookie(encodeURIComponent(value('9', 'AAAA')))), ['percent-encoded'])
  t.same(codes(cookie('Expires=9')), ['credentials-incomplete', 'credentials-incomplete'])
})

t.test('tells the CDNs apart by the length of a query\'s signature', async (t) => {
  const query = (bytes: number): string =>
    `Expires=9&KeyName=k&Signature=${Buffer.alloc(bytes).toString('base64url')}`
  t.match(read({ query: query(64) }), {
    cdn: 'google-media-cdn',
    place: 'url',
    grants: ['https://h/x/a']
  })
  t.match(read({ query: `v=1&${query(20)}` }), {
    cdn: 'google-cloud-cdn',
    grants: ['https://h/x/a?v=1'],
    covers: true
  })
  t.match(read({ query: 'KeyName=k' }), { cdn: 'google-cloud-cdn' })
})

t.test('reads a path component and tokens', async (t) => {
  t.match(read({ path: '/x/edge-cache-token=Expires=9&KeyName=k&Signature=AA/a' }), {
    cdn: 'google-media-cdn',
    grants: ['https://h/x/*'],
    endsAt: 9
  })
  const ranges = Buffer.from('192.0.2.0/24').toString('base64url')
  t.match(
    read({ query: `edge-cache-token=FullPath~Starts=5~Expires=9~IPRanges=${ranges}~Signature=AA` }),
    {
      kind: 'a token',
      algorithm: 'Ed25519',
      grants: ['https://h/x/a'],
      covers: true,
      startsAt: 5,
      endsAt: 9,
      address: '192.0.2.0/24'
    }
  )
  t.match(cookie('PathGlobs=/a,/x/*~hmac=ab', 'Edge-Cache-Cookie'), {
    algorithm: 'HMAC-SHA256',
    grants: ['/a', '/x/*'],
    covers: true
  })
  t.match(cookie(`URLPrefix=${prefix}~Expires=9~Signature=AA`, 'Edge-Cache-Cookie'), {
    covers: true
  })
  t.same(inspectGoogle({ ...bare, cookies: [['other', 'Expires=9']] }), [])
})
