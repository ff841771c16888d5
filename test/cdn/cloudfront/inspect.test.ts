import t from 'tap'
import { inspectCloudFront } from '../../../src/cdn/cloudfront/inspect.js'
import { cloudFrontBase64, policyText } from '../../../src/cdn/cloudfront/policy.js'
import type { Inspection } from '../../../src/cdn/inspection.js'

const end = 1_800_000_600
const url = 'https://media.example.com'
const bare = { origin: url, path: '/a', query: '', cookies: [] }

function read (values: Record<string, string>, more = {}): Inspection {
  const cookies = Object.entries(values).map(([name, value]) =>
    [`CloudFront-${name}`, value] as const
  )
  const [found, ...others] = inspectCloudFront({ ...bare, cookies, ...more })
  t.same(others, [])
  return found!
}

const whole = { Signature: 'AAAA', 'Key-Pair-Id': 'K1', 'Hash-Algorithm': 'SHA256' }
const custom = (text: string): Record<string, string> => ({
  Policy: cloudFrontBase64.encode(Buffer.from(text)),
  ...whole
})
const codes = ({ oddities }: Inspection): string[] => oddities.map(({ code }) => code)

t.test('reads a custom policy', async (t) => {
  const text = policyText(`${url}/*`, { expiresAt: end, notBefore: 5, ip: '192.0.2.0/24' })
  t.strictSame(read(custom(text)), {
    cdn: 'cloudfront',
    kind: 'a signature of a custom policy',
    place: 'cookies',
    names: ['Policy', 'Signature', 'Key-Pair-Id', 'Hash-Algorithm'].map((name) =>
      `CloudFront-${name}`
    ),
    signer: 'K1',
    algorithm: 'SHA256',
    grants: [`${url}/*`],
    covers: true,
    startsAt: 5,
    endsAt: end,
    address: '192.0.2.0/24',
    oddities: []
  })
})

t.test('compares nothing where no URL is known', async (t) => {
  const found = read(custom(policyText(`${url}/*`, { expiresAt: end })), { origin: '' })
  t.notOk('covers' in found)
})

t.test('reads a canned policy in cookies and in a URL', async (t) => {
  t.match(read({ Expires: String(end), Signature: 'AAAA', 'Key-Pair-Id': 'K1' }), {
    kind: 'a signature of a canned policy',
    algorithm: 'SHA1',
    grants: [`${url}/a`],
    endsAt: end
  })
  const [signed] = inspectCloudFront({
    ...bare,
    query: `v=1&Expires=${end}&Signature=AA&Key-Pair-Id=K1`
  })
  t.match(signed, { place: 'url', grants: [`${url}/a?v=1`], endsAt: end, signer: 'K1' })
  t.same(inspectCloudFront({ ...bare, query: `Expires=${end}` }), [], 'an app has that name too')
})

t.test('names what others write', async (t) => {
  const all = policyText(`${url}/*`, { expiresAt: end })
  const of = (text: string): string[] => codes(read(custom(text)))
  t.same(of(all.replace(String(end), `${end}000`)), ['time-milliseconds'])
  t.same(of(all.replace(String(end), `"${end}"`)), ['time-unreadable'])
  t.same(of(all.replace(String(end), `${end}.5`)), ['time-unreadable'])
  t.same(of(all.replace(`"Resource":"${url}/*",`, '')), ['policy-open'])
  t.same(of(all.replace('}]}', '},{}]}')), ['policy-unreadable'])
  t.same(of(all.replace(':{', ': {')), ['policy-blanks'])
  t.same(of('x'), ['policy-unreadable'])
  t.same(of('7'), ['policy-unreadable'])
  t.same(of('{"Statement":[{}]}'), ['time-unreadable', 'policy-open'])
  const { Policy = '' } = custom(all)
  t.same(
    codes(
      read({
        ...whole,
        Policy: Buffer.from(`${all}${' '.repeat(all.length % 3 === 2 ? 2 : 1)}`).toString('base64')
      })
    ),
    [
      'base64-standard',
      'policy-blanks'
    ]
  )
  t.same(codes(read({ ...whole, Policy: `${Policy}%3D` })), ['percent-encoded', 'base64-standard'])
  t.same(codes(read({ ...whole, Policy, Signature: 'AA%7EA' })), ['tilde-encoded'])
  t.same(codes(read({ ...whole, Policy, Expires: '1' })), ['kinds-mixed'])
  t.same(codes(read({ Policy, Signature: 'AAAA' })), ['credentials-incomplete'])
  t.same(codes(read({ 'Key-Pair-Id': 'K1' })), ['credentials-incomplete', 'credentials-incomplete'])
  const der = cloudFrontBase64.encode(Buffer.concat([Buffer.of(0x30), Buffer.alloc(70)]))
  t.same(codes(read({ Policy, Signature: der, 'Key-Pair-Id': 'K1' })), ['hash-marker'])
  const cookies = Object.entries({ ...whole, Policy }).map(([name, value]) =>
    [`CloudFront-${name}`, value] as const
  )
  const [twice] = inspectCloudFront({ ...bare, cookies: [...cookies, cookies[0]!] })
  t.same(codes(twice!), ['sent-twice'])
})
