import t from 'tap'
import { explainWithoutKeys } from '../../src/explain/keyless.js'
import { everyCdn, keyOf } from '../fixtures/every-cdn.js'
import { end, now, url as origin } from '../fixtures/situations.js'

const url = `${origin}/u/1/a.png`

t.test('finds nothing amiss with what each CDN signs, and says that it is unverified', async (t) => {
  for (const [name, cdn] of Object.entries(everyCdn)) {
    const path = name === 'canned' ? '/u/1/a.png' : '/u/1/*'
    const cookies = await cdn.sign({ paths: [path], expiresAt: end }, keyOf(cdn))
    const sent = `Cookie: ${cookies.map((cookie) => `${cookie.name}=${cookie.value}`).join('; ')}`
    const found = explainWithoutKeys({ url, cookies: sent, now })
    t.match(found, { allowed: true, status: 200, unverified: true, unknown: /signature/ }, name)
    t.match(explainWithoutKeys({ url, cookies: sent, now: end }), {
      allowed: false,
      checks: [{}, {}, { code: 'expired' }]
    }, name)
  }
})

t.test('names what can be seen without a key', async (t) => {
  const token = (fields: string): string => `__token__=${fields}~hmac=${'a'.repeat(64)}`
  const code = (request: { cookies?: string, ip?: string, method?: string }): unknown =>
    explainWithoutKeys({ url, now, ...request }).checks.at(-1)?.code
  t.equal(code({}), 'cookies-none')
  t.equal(code({ method: 'OPTIONS' }), 'preflight')
  t.equal(code({ cookies: 'session=x' }), 'access-missing')
  t.equal(code({ cookies: token(`exp=${end}~acl=/v/*`) }), 'path-outside')
  t.equal(code({ cookies: token(`st=${now}~exp=${end}~acl=/*`) }), 'not-begun')
  t.equal(code({ cookies: token(`st=${now - 1}~exp=${end}~acl=/*`) }), undefined)
  const bound = token(`ip=192.0.2.7~exp=${end}~acl=/*`)
  t.equal(code({ cookies: bound }), undefined)
  t.equal(code({ cookies: bound, ip: '192.0.2.7' }), undefined)
  t.equal(code({ cookies: bound, ip: '192.0.2.8' }), 'address-differs')
  t.equal(
    code({ cookies: encodeURIComponent(token(`exp=${end}~acl=/*`)).replace('%3D', '=') }),
    'percent-encoded'
  )
})

t.test('notes what is odd and not refused for it', async (t) => {
  const { allowed, notes } = explainWithoutKeys({
    url,
    cookies: `__token__=acl=/*~hmac=${'a'.repeat(64)}`,
    now
  })
  t.ok(allowed)
  t.match(notes, [{ code: 'end-missing' }])
})

t.test('takes the credentials that would do', async (t) => {
  const cookies = [1, end].map((exp) => `__token__=exp=${exp}~acl=/*~hmac=${'a'.repeat(64)}`)
  t.match(explainWithoutKeys({ url, cookies: cookies.join('; '), now }), { allowed: true })
})
