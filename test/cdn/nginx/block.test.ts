import t from 'tap'
import { blockRules, isSpaced, readBlock } from '../../../src/cdn/nginx/block.js'

const url = 'https://media.example.com'
const read = (more: object) => readBlock({ url, scope: '/v/:id/', ...more })

t.test('fills in what nginx\' documentation has', async (t) => {
  t.match(read({}), {
    scope: '/v/:id/',
    hashCookie: 'cdn_access_hash',
    expiresCookie: 'cdn_access_expires',
    ip: false,
    links: undefined
  })
  t.same(read({ links: true }).links, { hashArgument: 'md5', expiresArgument: 'expires' })
  t.same(read({ links: true, hashArgument: 'st', expiresArgument: 'e' }).links, {
    hashArgument: 'st',
    expiresArgument: 'e'
  })
})

t.test('sets the address apart wherever it could be taken for a part of a name', async (t) => {
  t.equal(isSpaced(read({})), false)
  t.equal(isSpaced(read({ links: true })), true)
  t.equal(isSpaced(read({ scope: '/hls/:name*' })), true)
})

t.test('refuses what no block can be set to', async (t) => {
  const scope = 'a folder such as "/v/:id/": begin and end with a slash, with segments of ' +
    'A-Z a-z 0-9 . _ ~ - or :name between. Or a name in one, such as "/hls/:name*"'
  for (
    const [options, option, rule] of [
      [{ scope: '/v/:id' }, 'scope', scope],
      [{ scope: undefined }, 'scope', scope],
      [
        { hashCookie: 'a', expiresCookie: 'A' },
        'expiresCookie',
        'another name than "hashCookie": nginx ignores case'
      ],
      [
        { links: true, hashArgument: 'EXPIRES' },
        'expiresArgument',
        'another name than "hashArgument": nginx ignores case'
      ],
      [{ hashArgument: 'st' }, 'hashArgument', 'left out, or "links" true, which reads it'],
      [{ expiresArgument: 'e' }, 'expiresArgument', 'left out, or "links" true, which reads it']
    ] as const
  ) {
    t.throws(() => read(options), {
      code: 'CDN_ACCESS_OPTION_INVALID',
      message: `Option "${option}" must be ${rule}`
    })
  }
})

t.test('takes names that a variable of nginx can have', async (t) => {
  for (const option of ['hashCookie', 'expiresCookie', 'hashArgument', 'expiresArgument']) {
    const { holds } = blockRules[option]!
    for (const good of ['a', 'MD5', 'a_1', 'a'.repeat(64)]) t.equal(holds(good), true, good)
    for (const odd of ['', 'a-b', 'a b', 'a'.repeat(65), 7, '\u00e9']) t.equal(holds(odd), false)
  }
})
