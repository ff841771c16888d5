import { execFileSync } from 'node:child_process'
import t from 'tap'
import { base64Url } from '../../../src/cdn/format/base64.js'
import {
  decodedPath,
  nginxHash,
  readScope,
  hashedAddress,
  remoteAddress
} from '../../../src/cdn/nginx/scope.js'
import type { NginxKey } from '../../../src/cdn/nginx/key.js'

function keyOf (secret: string): NginxKey {
  return { id: 'a', identity: 'a', canSign: true, secret }
}

t.test('hashes what nginx documents, to the value that it publishes', async (t) => {
  t.equal(
    base64Url.encode(nginxHash(
      { expires: 2_147_483_647, signed: '/s/link', address: '127.0.0.1' },
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
      { expires: '1800000000', signed: decodedPath('/v/%c3%A9%20x/'), address: '' },
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

t.test('reads a name at the end of a scope, up to what can be no part of it', async (t) => {
  const scope = readScope('/live.1/:app/:name*')!
  t.match(scope, {
    trial: '/live.1/trial/trial*',
    template: 'cdnPath.glob`/live.1/${app}/${name}*`',
    named: true
  })
  t.match(readScope('/v/:id/'), { template: 'cdnPath`/v/${id}/*`', named: false })
  t.ok(scope.granted.test('/live.1/x/ab_1*'))
  for (
    const other of [
      '/live.1/x/*',
      '/live.1/x/a-b*',
      '/live.1/x/a*b*',
      '/live.1/*/a*',
      '/live11/x/a*'
    ]
  ) {
    t.notOk(scope.granted.test(other), other)
  }
  const captured = (uri: string): string | undefined => scope.captured.exec(uri)?.[0]
  t.equal(captured('/live.1/x/ab_1-0.ts'), '/live.1/x/ab_1')
  t.equal(captured('/live.1/x/ab.m3u8'), '/live.1/x/ab')
  for (const uri of ['ab', 'ab/0.ts', '.ts', '-0.ts', 'ab~0.ts', 'ab\u00e9.ts', 'ab\n.ts']) {
    t.equal(captured(`/live.1/x/${uri}`), undefined, uri)
  }
  for (
    const odd of [
      '/hls/*',
      '/hls/a:name*',
      '/hls/:name-*',
      '/hls/:name*/',
      '/hls/:name**',
      ':name*'
    ]
  ) {
    t.equal(readScope(odd), undefined, odd)
  }
  t.equal(readScope('/:name*')?.captured.exec('/ab.ts')?.[0], '/ab')
})

t.test('keeps an address apart from what stands before it', async (t) => {
  t.equal(hashedAddress(undefined, true), '')
  t.equal(hashedAddress('2001:DB8:0::7', false), '2001:db8::7')
  t.equal(hashedAddress('11.2.3.4', true), ' 11.2.3.4')
  const text = (signed: string, ip: string): Buffer =>
    nginxHash({ expires: 1, signed, address: hashedAddress(ip, true) }, keyOf('secret'))
  t.notSame(text('/hls/a', '11.2.3.4'), text('/hls/a1', '1.2.3.4'))
})
