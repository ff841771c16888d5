import { join } from 'node:path'
import t from 'tap'
import { captureFromJar, readCookieJar } from '../../src/cli/cookie-jar.js'
import { readCurl } from '../../src/cli/curl.js'
import { signCommand } from '../../src/cli/sign.js'
import { cli } from '../fixtures/command-line.js'
import { end, now, url } from '../fixtures/situations.js'

const file = `${url}/courses/42/a.png`
const env = {
  CDN_ACCESS_CDN: 'akamai',
  CDN_ACCESS_URL: url,
  CDN_ACCESS_PRIVATE_KEY: 'ab'.repeat(16)
}
const cloud = {
  CDN_ACCESS_CDN: 'google-cloud-cdn',
  CDN_ACCESS_URL: 'http://media.example.com',
  CDN_ACCESS_KEY_ID: 'key-1',
  CDN_ACCESS_PRIVATE_KEY: 'nZtRohdNF9m3cKM24IcK4w=='
}
const sign = async (...argv: string[]): Promise<string> => {
  const { code, out, err } = await cli(['sign', ...argv], { env })
  if (code !== 0) throw new Error(err)
  return out
}

t.test('prints cookies in each form, and each opens the file', async (t) => {
  const header = await sign('akamai', '/courses/42/*')
  const curl = await sign('akamai', '/courses/42/*', '--format', 'curl')
  const jar = await sign('akamai', '/courses/42/*', '--format', 'jar')
  const cookies = [
    header,
    readCurl(`curl ${curl} ${file}`).cookies,
    captureFromJar(readCookieJar(jar), file, now).cookies
  ]
  for (const cookie of cookies) {
    t.match(await cli(['explain', file, '--cookie', cookie!], { env }), { code: 0 })
  }
  t.match(JSON.parse(await sign('akamai', '/courses/42/*', '--format', 'json')), {
    cdn: 'akamai',
    url,
    expiresAt: end,
    cookies: [{ name: '__token__', path: '/courses/42/' }]
  })
})

t.test('prints a signed URL that opens the file', async (t) => {
  const signed = await sign(
    'akamai',
    '/courses/42/a.png?v=1',
    '--url',
    '--ttl',
    '1h',
    '--ip',
    '192.0.2.7'
  )
  const asked = ['explain', signed.trim(), '--ip', '192.0.2.7']
  t.match(await cli(asked, { env }), { code: 0 })
  t.match(await cli([...asked, '--at', String(now + 3600)], { env }), { code: 1 })
})

t.test('takes a CDN by its name in the variables too, and an http one is not Secure', async (t) => {
  const ran = await cli(['sign', 'google-cloud-cdn', '/v/*', '--format', 'jar'], { env: cloud })
  t.match(ran, {
    code: 0,
    out: /^# Netscape HTTP Cookie File\n#HttpOnly_media\.example\.com\tFALSE\t\/v\/\tFALSE\t/
  })
})

t.test('refuses what it can\'t sign', async (t) => {
  const refused = async (argv: string[], own: Record<string, string> = env): Promise<string> => {
    const { code, err } = await cli(['sign', ...argv], { env: own })
    t.equal(code, 2)
    return err
  }
  t.match(await refused([]), /Give a CDN and a path/)
  t.match(await refused(['akamai']), /Give a CDN and a path/)
  t.match(await refused(['akamai', '/a', '/b']), /Give a CDN and a path/)
  t.match(await refused(['akamai', '/a', '--format', 'xml']), /--format must be one of/)
  t.match(await refused(['akamai', '/a'], {}), /There is no key/)
  t.match(await refused(['nginx', '/a']), /There is no CDN of this name: there is akamai/)
  t.match(await refused(['akamai', '/a?b=c']), /add --url/)
  t.match(await refused(['akamai', '/a/*', '--url']), /A URL is of one file/)
  t.match(await refused(['akamai', '/a', '--ttl', 'soon']), /CDN_ACCESS_DURATION_INVALID/)
  t.match(await refused(['akamai', 'a']), /CDN_ACCESS_PATH_INVALID/)
  t.match(await refused(['google-cloud-cdn', '/a'], cloud), /CDN_ACCESS_PATH_UNSUPPORTED/)
  const two = join(
    t.testdir({
      'two.mjs':
        `const cdn = (name) => ({ name, url: '${url}', cookieNames: ['a'], keys: [{}], format: {},
        parseKey: () => ({ id: name, identity: 'abcdefgh', canSign: true }), plan () {}, sign () {}, check () {} })
      export const cdns = [cdn('one'), cdn('two')]`
    }),
    'two.mjs'
  )
  t.match(await refused(['three', '/a', '--config', two]), /there is one, two/)
  t.match(await refused(['one', '/a', '--url', '--config', two]), /one has no signed URLs/)
  t.type(signCommand, 'function')
})
