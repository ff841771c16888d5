import t from 'tap'
import {
  folderOf,
  requestsClimbing,
  requestsInside,
  requestsOutside
} from '../../src/testing/requests.js'

t.test('makes requests that a path covers', async (t) => {
  t.same(requestsInside('/a/*'), ['/a/film.bin', '/a/deep/er/film-1.bin', '/a/film.bin?v=1'])
  t.same(requestsInside('/a/b.png'), ['/a/b.png'])
  t.same(requestsInside('/a/*/b-?.png'), ['/a/film/b-q.png'])
})

t.test('makes requests that no path covers', async (t) => {
  t.same(requestsOutside(['/a/b/*']), [
    '/outside-of-the-grant/film.bin',
    '/outside-of-the-grant/film.bin?/a/b/film.bin',
    '/outside-of-the-grant/a/b/film.bin',
    '/a/bb/film.bin',
    '/a/b-/film.bin',
    '/a/b',
    '/a/film.bin',
    '/A/B/film.bin'
  ])
  t.same(requestsOutside(['/a.png']), [
    '/outside-of-the-grant/a.png',
    '/outside-of-the-grant/film.bin?/a.png',
    '/outside-of-the-grant/a.png',
    '/a.pngb',
    '/a.png.outside',
    '/a.png.outside?/a.png',
    '/a.png/film.bin',
    '/a.pn',
    '/a.pnx'
  ])
  t.same(requestsOutside(['/*']), [])
  t.ok(requestsOutside(['/Img/*']).includes('/iMG/film.bin'))
  const glob = requestsOutside(['/img/film-?.png', '/img/*.bin'])
  for (const url of ['/img/film-.png', '/img/film-qq.png', '/img/film-q.pngb']) {
    t.ok(glob.includes(url), url)
  }
  t.notOk(glob.some((url) => url.startsWith('/img/') && url.split('?')[0]!.endsWith('.bin')))
  t.same(requestsOutside(['/a/*'], ['/a/b', '/a?/a/b', '/b']), ['/a?/a/b', '/b'])
})

t.test('makes requests that climb', async (t) => {
  t.same(requestsClimbing('/a/b.png').slice(0, 4), [
    '/a/../secret.bin',
    '/a/a/../../secret.bin',
    '/a/%2e%2e/secret.bin',
    '/a/.%2E/secret.bin'
  ])
  t.equal(requestsClimbing('/a/*').length, 8)
})

t.test('knows the folder of a path', async (t) => {
  t.same(['/*', '/a/*', '/a', '/a/b', '/a/b*c/d', '/a/?'].map(folderOf), [
    '/',
    '/a/',
    '/',
    '/a/',
    '/a/',
    '/a/'
  ])
})
