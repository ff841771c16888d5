import t from 'tap'
import { commonCookiePath } from '../../../src/cdn/format/cookie-path.js'

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
) {
  t.test(`takes ${why}`, async (t) => {
    t.equal(commonCookiePath(paths), common)
  })
}
