import { execFileSync } from 'node:child_process'
import t from 'tap'
import { base64Url } from '../../../src/cdn/format/base64.js'
import {
  decodedPath,
  nginxHash,
  readScope,
  remoteAddress,
  type NginxKey
} from '../../../src/cdn/nginx/scope.js'

function keyOf (secret: string): NginxKey {
  return { id: 'a', identity: 'a', canSign: true, secret }
}

t.test('hashes what nginx documents, to the value that it publishes', async (t) => {
  t.equal(
    base64Url.encode(nginxHash(
      { expires: 2_147_483_647, scope: '/s/link', address: '127.0.0.1' },
      keyOf('secret')
    )),
    '_e4Nc3iduzkWRm01TBBNYw'
  )
})

t.test('hashes the bytes of a decoded path, as openssl does', async (t) => {
  const secret = 'correct-horse-battery-staple'
  const wanted = execFileSync('openssl', ['dgst', '-md5', '-binary'], {
    input: `1800000000/v/é x/ ${secret}`
  })
  t.same(
    nginxHash(
      { expires: '1800000000', scope: decodedPath('/v/%c3%A9%20x/'), address: '' },
      keyOf(secret)
    ),
    wanted
  )
})

t.test('decodes once and merges slashes', async (t) => {
  t.equal(decodedPath('/v//a%2541/%41'), '/v/a%41/A')
})

t.test('reads a scope', async (t) => {
  const scope = readScope('/v1.0/:id/hls/:quality/')!
  t.equal(scope.trial, '/v1.0/trial/hls/trial/*')
  t.ok(scope.granted.test('/v1.0/42/hls/720p/*'))
  for (
    const other of [
      '/v1x0/42/hls/720p/*',
      '/v1.0/42/hls/*',
      '/v1.0/42/hls/720p/a/*',
      '/v1.0/42/hls/720p/a',
      '/v1.0/*/hls/720p/*',
      '/x/v1.0/42/hls/720p/*'
    ]
  ) t.notOk(scope.granted.test(other), other)
  t.equal(scope.captured.exec('/v1.0/42/hls/720p/a/b')?.[0], '/v1.0/42/hls/720p/')
  t.equal(scope.captured.exec('/v1.0/42/hls/720p'), null)
})

t.test('reads the whole site as a scope', async (t) => {
  const scope = readScope('/')!
  t.equal(scope.trial, '/*')
  t.ok(scope.granted.test('/*'))
  t.notOk(scope.granted.test('/a/*'))
})

t.test('reads no other scope', async (t) => {
  for (
    const scope of [
      '',
      'v/:id/',
      '/v/:id',
      '/v/:id/*',
      '/v//:id/',
      '/v/../:id/',
      '/v/a:id/',
      '/v/:/',
      '/v/$x/',
      '/v/é/',
      '/v/:id+/'
    ]
  ) t.equal(readScope(scope), undefined, scope)
})

t.test('writes addresses as nginx does', async (t) => {
  t.equal(remoteAddress('192.0.2.7'), '192.0.2.7')
  t.equal(remoteAddress('2001:DB8:0:0:1:0:0:1'), '2001:db8::1:0:0:1')
  t.equal(remoteAddress('::FFFF:192.0.2.7'), '::ffff:192.0.2.7')
})

t.test('takes time in proportion to the path, however many names a scope has', async (t) => {
  const { granted, captured } = readScope(`/${':name/'.repeat(50)}`)!
  const start = process.cpuUsage()
  for (const unit of ['a', 'a/', '/', '%41', 'name/']) {
    const path = `/${unit.repeat(200_000)}`
    granted.test(`${path}*`)
    captured.test(path)
  }
  t.ok(process.cpuUsage(start).user < 2_000_000)
})
