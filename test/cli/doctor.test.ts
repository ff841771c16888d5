import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { doctorCommand } from '../../src/cli/doctor.js'
import { accountOf, startCloudFront } from '../fixtures/aws-cloudfront.js'
import { cli } from '../fixtures/command-line.js'
import { ecPkcs8 } from '../fixtures/keys.js'
import { variablesFor } from '../fixtures/sigv4.js'
import { now, url } from '../fixtures/situations.js'

const env = {
  CDN_ACCESS_CDN: 'akamai',
  CDN_ACCESS_URL: url,
  CDN_ACCESS_PRIVATE_KEY: 'ab'.repeat(16),
  CDN_ACCESS_COOKIE_DOMAIN: 'example.com'
}

t.test('says that all is well, or what is not', async (t) => {
  t.match(await cli(['doctor'], { env }), { code: 0, out: /^✓ healthy\n  ✓ options/, err: '' })
  const { code, out } = await cli(['doctor', '--api', 'https://api.example.org/cdn-access'], {
    env
  })
  t.equal(code, 1)
  t.match(
    out,
    /^✗ 1 of \d checks failed\n[^]*\[domain-unreachable\]\n +expected +example\.com\n +found +api\.example\.org\n +fix +Serve both/
  )
  const ran = await cli(['doctor', '--json'], { env: { ...env, CDN_ACCESS_TTL: '30' } })
  t.match(JSON.parse(ran.out), { healthy: false, checks: [{}, { code: 'ttl-short' }] })
  t.notMatch(ran.out, env.CDN_ACCESS_PRIVATE_KEY)
})

t.test('probes as the viewer whose headers it is given', async (t) => {
  const seen: unknown[] = []
  const server = createServer((request, reply) => {
    seen.push(request.headers['authorization'], request.headers['x-a'])
    reply.writeHead(403).end()
  }).listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => server.close())
  await once(server, 'listening')
  const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}/cdn-access`
  const folder = t.testdir({ headers: 'Authorization: Bearer x\n\nX-A: b\r\n', odd: 'odd' })
  const probe = ['doctor', '--probe', '--api', api, '--file', 'http://127.0.0.1/a']
  const ran = await cli([...probe, '--headers-from', join(folder, 'headers')], { now: Date.now })
  t.match(ran, { code: 1, out: /viewer-denied/ })
  t.match(
    await cli(probe, { env: { CDN_ACCESS_PROBE_HEADERS: 'authorization: y' }, now: Date.now }),
    { code: 1 }
  )
  t.same(seen, ['Bearer x', 'b', 'y', undefined])
  t.match(await cli([...probe, '--headers-from', join(folder, 'odd')]), {
    code: 2,
    err: /is not "name: value"/
  })
  t.match(await cli([...probe, '--headers-from', join(folder, 'none')]), { code: 2, err: /ENOENT/ })
  t.match(await cli([...probe, '--page', 'http://127.0.0.1/', '--json'], { env, now: Date.now }), {
    code: 1
  })
})

t.test('compares with a distribution where it is asked to, and only then', async (t) => {
  const { endpoint, asked, close } = await startCloudFront(accountOf())
  t.teardown(close)
  t.intercept(process, 'env', { value: { ...process.env, ...variablesFor(endpoint) } })
  const own = {
    ...env,
    CDN_ACCESS_CDN: 'cloudfront',
    CDN_ACCESS_KEY_ID: 'KEC',
    CDN_ACCESS_PRIVATE_KEY: ecPkcs8
  }
  t.match(await cli(['doctor'], { env: own }), { code: 0 })
  t.same(asked, [])
  const ran = await cli(['doctor', '--distribution', 'E1'], { env: own })
  t.match(ran, { code: 0, out: /✓ distribution E1 [^]*✓ key KEC of cloudfront/, err: '' })
  const other = { ...own, CDN_ACCESS_KEY_ID: 'K9' }
  t.match(await cli(['doctor', '--distribution', 'E1'], { env: other }), {
    code: 1,
    out:
      /\[key-untrusted\]\n +expected +KRSA, KEC\n +found +K9\n +fix +CloudFront knows this key as KEC/
  })
})

t.test('refuses what it can\'t do', async (t) => {
  const refused = async (...argv: string[]): Promise<string> => (await cli(['doctor', ...argv])).err
  t.match(await refused(), /Nothing to check/)
  t.match(await refused('x'), /options alone/)
  t.match(await refused('--api', 'api.example.com'), /--api must be a whole URL/)
  t.match(await refused('--page', 'https://'), /--page must be a whole URL/)
  t.match(await refused('--distribution', 'E1'), /--distribution needs a configuration/)
  t.match(await refused('--distribution', 'K1'), /--distribution must be the id of a distribution/)
  t.match(await refused('--probe'), /needs --api and --file/)
  t.type(doctorCommand, 'function')
  t.ok(now)
})
