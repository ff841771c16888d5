import { join } from 'node:path'
import t from 'tap'
import { explainCommand } from '../../src/cli/explain.js'
import { akamai } from '../../src/index.js'
import { cli } from '../fixtures/command-line.js'
import { end, now, signerOf, url } from '../fixtures/situations.js'

const key = 'ab'.repeat(16)
const edge = signerOf(akamai({ url, key }))
const sent = (await edge.cookies()).map((pair) => pair.join('=')).join('; ')
const env = { CDN_ACCESS_CDN: 'akamai', CDN_ACCESS_URL: url, CDN_ACCESS_PRIVATE_KEY: key }
const file = `${url}/courses/42/a.png`

t.test('runs the CDN\'s checks with its keys', async (t) => {
  t.match(await cli(['explain', file, '--cookie', sent], { env }), {
    code: 0,
    out: /✓ allowed by akamai\n[^]*✓ hmac[^]*Not known here/
  })
  const { code, out } = await cli(['explain', `${url}/courses/43/a`, '--cookie', sent], { env })
  t.equal(code, 1)
  t.match(out, /✗ refused with 403 by akamai/)
  t.match(
    out,
    /✗ acl +The token is good for \/courses\/42\/\*[^\n]*\[path-outside\]\n +expected +\/courses\/42\/\*\n +found +\/courses\/43\/a\n +fix +Grant/
  )
  t.notMatch(out, sent.slice(-30))
})

t.test('says without keys what can be seen', async (t) => {
  t.match(await cli(['explain', file, '--cookie', sent]), {
    code: 0,
    out: /nothing seen that would be refused by akamai, but for the signature/
  })
  t.match(await cli(['explain', file, '--cookie', sent, '--at', String(end)]), {
    code: 1,
    out: /expired/
  })
  t.match(await cli(['explain', file, '--cookie', sent, '--at', '2030-01-01T00:00:00Z']), {
    code: 1
  })
  t.match(await cli(['explain', file, '--cookie', sent, '--at', 'soon']), {
    code: 2,
    err: /--at must be/
  })
})

t.test('says of a file without cookies that they were removed, never that none were sent', async (t) => {
  const har = (more: object): string =>
    JSON.stringify({
      log: {
        entries: [{ request: { method: 'GET', url: file, ...more }, response: { status: 403 } }]
      }
    })
  const { code, out } = await cli(['explain'], { env, input: har({}) })
  t.equal(code, 1)
  t.match(out, /Cookies were removed from this file/)
  t.match(out, /✗ no answer/)
  t.notMatch(out, /No cookie was sent/)
  const signed = `${file}?__token__=exp=1~acl=/*~hmac=${'a'.repeat(64)}`
  t.match(await cli(['explain'], { env, input: har({ url: signed }) }), { out: /signature-wrong/ })
  const headers = [{ name: 'cookie', value: sent }]
  t.match(await cli(['explain'], { env, input: har({ headers }) }), {
    code: 0,
    out: /also +The CDN answered 403\. \[answer-differs\]/
  })
})

t.test('says which cookies of a jar a browser keeps back', async (t) => {
  const [[name, value]] = await edge.cookies() as [[string, string]]
  const lines = [[name, value], ['session', 'x']].map(([own, text]) =>
    ['media.example.com', 'FALSE', '/other/', 'TRUE', end, own, text].join('\t')
  )
  const jar = join(t.testdir({ jar: `# Netscape HTTP Cookie File\n${lines.join('\n')}\n` }), 'jar')
  for (const own of [{}, env]) {
    const { code, out } = await cli(['explain', file, '--cookie-jar', jar], { env: own })
    t.equal(code, 1)
    t.match(out, 'A browser would not send __token__ with this request: its Path is /other/.')
    t.notMatch(out, 'session')
  }
})

t.test('of many requests takes those to a CDN that it knows', async (t) => {
  const entries = [file, 'https://other.example.org/b'].map((own) => ({
    request: { method: 'GET', url: own, headers: [{ name: 'cookie', value: sent }] },
    response: { status: 403 }
  }))
  const input = JSON.stringify({ log: { entries } })
  const { out } = await cli(['explain', '--json'], { env, input })
  t.match(JSON.parse(out), {
    requests: [{ url: file, answered: 403, allowed: true, cdn: 'akamai' }]
  })
  const { requests } = JSON.parse((await cli(['explain', '--json'], { input })).out)
  t.equal(requests.length, 2)
  t.notMatch(out, sent.slice(-30))
})

t.test('shows what each CDN of an address says, and where none has it', async (t) => {
  const module = join(
    t.testdir({
      'two.mjs':
        `const check = (allowed) => async () => ({ allowed, status: 403, checks: [{ name: 'a', ok: allowed, detail: 'x' }] })
        const cdn = (name, allowed) => ({ name, url: '${url}', cookieNames: ['a'], keys: [{}], format: {},
          parseKey: () => ({ id: name, identity: 'abcdefgh', canSign: true }), plan () {}, sign () {}, check: check(allowed) })
        export const cdns = [cdn('one', true), cdn('two', false), cdn('three', true)]`
    }),
    'two.mjs'
  )
  const args = ['--config', module, '--ip', '192.0.2.7']
  const { out } = await cli(['explain', file, ...args])
  t.match(out, /✓ allowed by one\n[^]*✗ two has this address too\n[^]*✓ three has this address too/)
  t.match(await cli(['explain', 'https://h/', ...args]), {
    code: 1,
    out: /✗ no answer\n[^]*address-unserved/
  })
})

t.test('asks for the URL where there is none', async (t) => {
  t.match(await cli(['explain', '--cookie', sent]), { code: 2, err: /Which URL was refused\?/ })
  t.type(explainCommand, 'function')
  t.equal(now, end - 600)
})
