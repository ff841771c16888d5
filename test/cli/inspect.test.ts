import t from 'tap'
import { inspectCommand } from '../../src/cli/inspect.js'
import { akamai } from '../../src/index.js'
import { cli } from '../fixtures/command-line.js'
import { end, now, signerOf, url } from '../fixtures/situations.js'

const edge = signerOf(akamai({ url, key: 'ab'.repeat(16) }))
const sent = (await edge.cookies({ notBefore: now - 5, ip: '192.0.2.7' })).map((pair) =>
  pair.join('=')
).join('; ')

t.test('says who signed what, from when until when, and no signature', async (t) => {
  const { code, out, err } = await cli(['inspect', `${url}/courses/42/a?v=1`, '--cookie', sent])
  t.equal(code, 0)
  t.equal(err, '')
  t.equal(
    out,
    `${url}/courses/42/a?…
akamai: a token
  in        cookies: __token__
  with      sha256
  for       /courses/42/*
  after     2027-01-15T07:59:55Z
  until     2027-01-15T08:10:00Z (in 600 s)
  from      192.0.2.7
`
  )
  t.notMatch(out, sent.slice(-20))
})

t.test('says that a URL carries it', async (t) => {
  const { out } = await cli(['inspect', `${url}/a?${sent}`])
  t.match(out, /in +the URL: __token__/)
})

t.test('says what is odd, with the way out', async (t) => {
  const { out } = await cli(['inspect', '--cookie', `__token__=acl=/*~hmac=${'a'.repeat(64)}`])
  t.match(out, /odd +It has no "exp"\. \[end-missing\]\n +Give it an end/)
  const { out: old } = await cli([
    'inspect',
    '--cookie',
    `t=exp=${end}~acl=/*~hmac=${'a'.repeat(64)}`
  ], {
    now: () => (end + 7) * 1000
  })
  t.match(old, /ended 7 s ago/)
})

t.test('finds nothing, and says whether the file has been cleaned', async (t) => {
  t.match(await cli(['inspect', '--cookie', 'a=b']), { code: 1, out: /no credentials of a CDN/ })
  const input = JSON.stringify({
    log: { entries: [{ request: { url }, response: { status: 403 } }] }
  })
  t.match(await cli(['inspect'], { input }), {
    code: 1,
    out: /Cookies were removed from this file/
  })
})

t.test('prints JSON without a value', async (t) => {
  const { code, out } = await cli(['inspect', '--cookie', sent, '--json'])
  t.equal(code, 0)
  t.match(JSON.parse(out), {
    requests: [{ cookiesRemoved: false, credentials: [{ cdn: 'akamai', endsAt: end }] }]
  })
  t.notMatch(out, 'hmac')
  const { out: named } = await cli(['inspect', `${url}/a?b`, '--cookie', sent, '--json'])
  t.match(JSON.parse(named), { requests: [{ url: `${url}/a?…` }] })
})

t.test('shows text of others without what a terminal obeys', async (t) => {
  const { out } = await cli([
    'inspect',
    '--cookie',
    `t=exp=1~acl=/\u001b[2J*~hmac=${'a'.repeat(64)}`
  ])
  t.match(out, '/\\u{1b}[2J*')
  t.type(inspectCommand, 'function')
})
