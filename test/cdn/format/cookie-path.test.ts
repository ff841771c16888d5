import t from 'tap'
import {
  commonCookiePath,
  cookiePathOf,
  cookiePathsMeet,
  pathMatches,
  separateCookiePaths
} from '../../../src/cdn/format/cookie-path.js'

t.test('a cookie path is the exact path, or the folder before the first wildcard', async (t) => {
  for (
    const [path, cookiePath] of [
      ['/', '/'],
      ['/a/b.png', '/a/b.png'],
      ['/*', '/'],
      ['/courses/42/*', '/courses/42/'],
      ['/a/*/b/*', '/a/'],
      ['/a/seg-?.ts', '/a/']
    ] as const
  ) {
    t.equal(cookiePathOf(path), cookiePath, path)
  }
})

t.test('a cookie goes with its path and what lies below (RFC 6265, section 5.1.4)', async (t) => {
  for (
    const [request, cookie, sent] of [
      ['/a', '/a', true],
      ['/a/', '/a', true],
      ['/a/b', '/a', true],
      ['/a/b', '/a/', true],
      ['/a/b', '/', true],
      ['/a', '/a/', false],
      ['/ab', '/a', false],
      ['/b', '/a', false],
      ['/', '/a', false],
      ['/A', '/a', false]
    ] as const
  ) t.equal(pathMatches(request, cookie), sent, `${request} and ${cookie}`)
})

t.test('two cookie paths meet where one lies below the other', async (t) => {
  t.ok(cookiePathsMeet('/a/', '/a/b/'))
  t.ok(cookiePathsMeet('/a/b/', '/a/'))
  t.ok(cookiePathsMeet('/a', '/a'))
  t.notOk(cookiePathsMeet('/a/', '/b/'))
  t.notOk(cookiePathsMeet('/a', '/ab'))
})

t.test('paths that keep apart get a cookie path each, in their order', async (t) => {
  t.strictSame(separateCookiePaths(['/b/*', '/a/x.png', '/a/y.png', '/c/d*']), [
    '/b/',
    '/a/x.png',
    '/a/y.png',
    '/c/'
  ])
  t.strictSame(separateCookiePaths(['/*']), ['/'])
})

t.test('paths whose cookies would meet are refused with both and the place', async (t) => {
  for (
    const [first, second, place, wider] of [
      ['/a/*', '/a/b/*', '/a/b/', '/a/*'],
      ['/a/b/*', '/a/*', '/a/b/', '/a/*'],
      ['/*', '/a.png', '/a.png', '/*'],
      ['/a/*', '/a/b/*.ts', '/a/b/', '/a/*'],
      ['/a/*.ts', '/a/b-*.ts', '/a/', '/a/*.ts'],
      ['/a/?.ts', '/a/7.ts', '/a/7.ts', '/a/?.ts'],
      ['/a', '/a/*', '/a/', undefined],
      ['/a/?', '/a/*', '/a/', '/a/*'],
      ['/a/?b', '/a/*b', '/a/', '/a/*b'],
      ['/a/?*', '/a/*', '/a/', '/a/*'],
      ['/a/?*', '/a/b*', '/a/', undefined],
      ['/hls/cam1*', '/hls/cam2*', '/hls/', undefined],
      ['/a/*.ts', '/a/*.m3u8', '/a/', undefined],
      ['/a', '/a', '/a', '/a'],
      ['/', '/x/*', '/x/', undefined]
    ] as const
  ) {
    t.throws(() => separateCookiePaths([first, second]), {
      code: 'CDN_ACCESS_PATH_OVERLAP',
      message: `The paths "${first}" and "${second}" overlap at "${place}": ` +
        'a viewer would send two cookies of one name, and which one counts is not defined. ' +
        (wider === undefined
          ? 'Neither covers the other: grant one of them at a time, ' +
            'or give them names of which neither lies in the folder of the other'
          : `Grant "${wider}" alone, which covers both`)
    }, `${first} and ${second}`)
  }
})

t.test('an overlap is found between any two of many', async (t) => {
  t.throws(() => separateCookiePaths(['/a/*', '/b/*', '/c/*', '/b/x/*']), {
    code: 'CDN_ACCESS_PATH_OVERLAP',
    message: /"\/b\/\*" and "\/b\/x\/\*" overlap at "\/b\/x\/"/
  })
})

t.test('one cookie path covers all granted paths, as narrowly as can be', async (t) => {
  for (
    const [paths, common, why] of [
      [['/img/a.png'], '/img/a.png', 'an exact path as it is'],
      [['/courses/42/*'], '/courses/42/', 'the folder of a prefix'],
      [['/courses/42/*', '/courses/43/*'], '/courses/', 'the folder that both are in'],
      [['/courses/42/*', '/courses/421/*'], '/courses/', 'no half of a segment'],
      [
        ['/courses/42', '/courses/42/*'],
        '/courses/42',
        'no slash at the end where a file has the folder\'s name'
      ],
      [['/courses/4*/a', '/courses/42/*'], '/courses/', 'what stands before a wildcard'],
      [['/a/*', '/b/*'], '/', 'the root where nothing is common'],
      [['/*', '/b/c/*'], '/', 'the root where all is granted']
    ] as const
  ) t.equal(commonCookiePath(paths), common, why)
})
