import { readFileSync, readdirSync, statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { edgeCommand } from '../../src/cli/edge.js'
import { atMoment } from '../fixtures/at-moment.js'
import { functionEvent, type FunctionAnswer } from '../fixtures/cloudfront-events.js'
import { cli } from '../fixtures/command-line.js'
import { ecPkcs8 } from '../fixtures/keys.js'
import { now as seconds } from '../fixtures/situations.js'

const secret = Buffer.alloc(32, 7).toString('base64url')
const env = {
  CDN_ACCESS_CDN: 'common-access-token',
  CDN_ACCESS_URL: 'https://media.example.com',
  CDN_ACCESS_ISSUER: 'https://api.example.com',
  CDN_ACCESS_KEY_ID: '2026-11',
  CDN_ACCESS_PRIVATE_KEY: secret
}
const page = 'https://www.example.com'
const edge = async (...argv: string[]): ReturnType<typeof cli> => cli(['edge', ...argv], { env })

t.test('prints the file of a runtime, and the steps beside it', async (t) => {
  for (const runtime of ['cloudflare-worker', 'cloudfront-function']) {
    const { code, out, err } = await edge(runtime, '--origin', page)
    t.equal(code, 0)
    t.match(out, /"issuer": "https:\/\/api\.example\.com",\n {2}"host": "media\.example\.com"/)
    t.match(out, `"origins": [\n    "${page}"\n  ]`)
    t.notMatch(out + err, secret, 'no key is printed')
    t.match(err, /^For the keys 2026-11 of commonAccessToken, at https:[^]*\n\n1\. /)
  }
  t.type(edgeCommand, 'function')
})

t.test('what it writes for CloudFront works together', async (t) => {
  const folder = t.testdir()
  const [out, keys, event] = ['f.js', 'k.json', 'e.json'].map((name) => join(folder, name))
  const files = ['--out', out!, '--keys', keys!, '--event', event!]
  const ran = await edge('cloudfront-function', ...files)
  t.match(ran, { code: 0, out: '' })
  for (const name of files.filter((_, index) => index % 2 === 1)) t.match(ran.err, name)
  for (const name of [keys!, event!]) t.equal(statSync(name).mode & 0o777, 0o600)
  const stored = readFileSync(keys!, 'utf8')
  t.same(JSON.parse(stored), { k: [secret], i: ['2026-11'] })

  const module = pathToFileURL(`${process.cwd()}/test/fixtures/cloudfront-module.js`).href
  const text = readFileSync(out!, 'utf8').replace('\'cloudfront\'', JSON.stringify(module))
  await writeFile(join(folder, 'f.mjs'), `${text}\nexport { cf, handler }\n`)
  const { cf, handler } = await import(pathToFileURL(join(folder, 'f.mjs')).href) as {
    cf: { standIn: object }
    handler: (given: object) => Promise<FunctionAnswer>
  }
  Object.assign(cf.standIn, { entries: { keys: stored }, unreadable: [], bytesAs: 'buffer' })
  await atMoment(seconds * 1000, async () => {
    const given = JSON.parse(readFileSync(event!, 'utf8')) as object
    t.match(given, { version: '1.0', context: { eventType: 'viewer-request' } })
    t.same((await handler(given)).cookies, {}, 'it passes, without its cookie')
    t.match(await handler(functionEvent({ url: '/cdn-access-test' })), { statusCode: 403 })
  })
})

t.test('writes the keys of a Worker as JWKs', async (t) => {
  const folder = t.testdir()
  const keys = join(folder, 'keys.json')
  t.match(await edge('cloudflare-worker', '--keys', keys), { code: 0 })
  t.same(JSON.parse(readFileSync(keys, 'utf8')), [{ kty: 'oct', k: secret, kid: '2026-11' }])
})

t.test('puts keys into the file where the runtime has no place for them', async (t) => {
  const folder = t.testdir()
  const out = join(folder, 'lambda.mjs')
  const ran = await edge('lambda-at-edge', '--out', out)
  t.match(ran.err, 'THE KEYS ARE IN THE FILE')
  t.equal(statSync(out).mode & 0o777, 0o600)
  t.match(readFileSync(out, 'utf8'), secret)

  const pair = { ...env, CDN_ACCESS_PRIVATE_KEY: ecPkcs8 }
  const { out: text } = await cli(['edge', 'lambda-at-edge'], { env: pair })
  t.match(text, '"kty": "EC"')
  t.notMatch(text, '"d":', 'a public half is enough')
})

t.test('refuses what can\'t work', async (t) => {
  const refused = async (...argv: string[]): Promise<string> => {
    const { code, out, err } = await edge(...argv)
    t.same([code, out], [2, ''])
    return err
  }
  const names = 'Name one runtime: cloudfront-function, cloudflare-worker, lambda-at-edge'
  t.match(await refused(), names)
  t.match(await refused('constructor'), names)
  t.match(await refused('cloudflare-worker', 'lambda-at-edge'), names)
  t.match(await refused('cloudflare-worker', '--origin', `${page}/`), /--origin must be a scheme/)
  t.match(await refused('cloudflare-worker', '--origin', 'x'), /--origin must be a scheme/)
  t.match(await refused('cloudflare-worker', '--event', 'e'), /--event is for cloudfront-function/)
  t.match(await refused('lambda-at-edge', '--keys', 'k'), /--keys is for a runtime with a place/)

  const folder = t.testdir({ mine: 'mine' })
  t.match(
    await refused('cloudflare-worker', '--out', join(folder, 'mine')),
    /mine is there already and is not written over/
  )
  t.match(
    await refused('cloudflare-worker', '--out', join(folder, 'none', 'x')),
    /can't be written: ENOENT/
  )
  const keys = ['--keys', join(folder, 'k.json')]
  t.match(
    await refused('cloudflare-worker', '--out', join(folder, 'mine'), ...keys),
    /mine is there already and is not written over/
  )
  t.match(await refused('cloudflare-worker', '--out', keys[1]!, ...keys), /k.json is there already/)
  t.same(readdirSync(folder), ['mine'], 'what was written before it is taken away')

  const without = 'There is no CDN of common-access-token'
  t.match(await cli(['edge', 'cloudflare-worker']), { code: 2, err: without })
  const akamai = {
    CDN_ACCESS_CDN: 'akamai',
    CDN_ACCESS_URL: env.CDN_ACCESS_URL,
    CDN_ACCESS_PRIVATE_KEY: 'ab'.repeat(16)
  }
  t.match(await cli(['edge', 'cloudflare-worker'], { env: akamai }), { code: 2, err: without })
  const pair = { ...env, CDN_ACCESS_PRIVATE_KEY: ecPkcs8 }
  t.match(await cli(['edge', 'cloudfront-function'], { env: pair }), {
    code: 2,
    err: /The key 2026-11 is a pair, and CloudFront Functions verify HS256 alone/
  })
})
