import t from 'tap'
import { isCachingHeader, mayBeKept } from '../../src/server/caching.js'

t.test('knows the headers for caches in front', async (t) => {
  const names = [
    'expires',
    'surrogate-control',
    'edge-control',
    'x-accel-expires',
    'cdn-cache-control',
    'cloudflare-cdn-cache-control',
    'vercel-cdn-cache-control',
    'netlify-cdn-cache-control'
  ]
  t.same(names.filter(isCachingHeader), names)
  t.same(['cache-control', 'etag', 'age', 'vary'].filter(isCachingHeader), [])
})

const kept: Array<Record<string, unknown>> = [
  { 'cache-control': 'public' },
  { 'cache-control': 'max-age=60' },
  { 'cache-control': 'no-cache, s-maxage=60' },
  { 'cache-control': 'Public, Immutable' },
  { expires: 'Thu, 01 Jan 2030 00:00:00 GMT' },
  { 'cache-control': 'no-store', 'cdn-cache-control': 'max-age=60' },
  { 'surrogate-control': 'max-age=60' },
  { 'edge-control': '!no-store, max-age=1h' },
  { 'edge-control': 'cache-maxage=60m' },
  { 'x-accel-expires': '@1893456000' },
  { 'x-accel-expires': 60 }
]

const notKept: Array<Record<string, unknown>> = [
  {},
  { 'content-type': 'text/html', etag: '"public"' },
  { 'cache-control': undefined },
  { 'cache-control': 'no-cache' },
  { 'cache-control': 'private, max-age=60' },
  { 'cache-control': ['no-store', 'public'] },
  { expires: '0' },
  { expires: -1 },
  { expires: 'never' },
  { expires: 'Thu, 01 Jan 2030 00:00:00 GMT', 'cache-control': 'private' },
  { 'cdn-cache-control': 'no-store' },
  { 'surrogate-control': 'max-age=0' },
  { 'x-accel-expires': '0' },
  { 'x-accel-expires': 'off' }
]

t.test('says what a cache may keep', async (t) => {
  for (const headers of kept) t.ok(mayBeKept(headers), JSON.stringify(headers))
  for (const headers of notKept) t.notOk(mayBeKept(headers), JSON.stringify(headers))
})
