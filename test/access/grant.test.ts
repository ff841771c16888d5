import t from 'tap'
import { cdnPath, type Authorization } from '../../src/index.js'
import { expiryOf, readGrant, type GrantRules, type Permission } from '../../src/access/grant.js'
import { resolveOptions } from '../../src/config/config.js'
import { clock, media, working } from '../fixtures/server.js'

async function rulesOf (more: Record<string, unknown> = {}): Promise<GrantRules> {
  const { rules } = await resolveOptions(
    working({ ttl: 600, refreshBefore: 120, expiryStep: 30, ...more }),
    undefined
  )
  return rules
}

const two = {
  cdn: [
    media(),
    media({ name: 'files', url: 'https://files.example.org', cookie: { domain: 'example.org' } })
  ]
}
const rules = await rulesOf()

function read (authorization: unknown, own = rules): Permission {
  return readGrant(authorization, own, clock)!
}

function pathsOf (authorization: unknown, own?: GrantRules): Record<string, readonly string[]> {
  return Object.fromEntries(
    read(authorization, own).parts.map((
      { target, grant }
    ) => [target.cdn.name, grant.paths])
  )
}

t.test('denies for every falsy value and for no path', async (t) => {
  for (
    const falsy of [false, null, undefined, '', 0, Number.NaN, 0n, [], { paths: [] }, {
      paths: [],
      ttl: '1m'
    }]
  ) t.equal(readGrant(falsy, rules, clock), undefined)
})

t.test('grants the paths option for true', async (t) => {
  const own = await rulesOf({ ...two, paths: ['/b/*', { path: '/a/*', cdn: 'files' }] })
  t.same(pathsOf(true, own), { cloudfront: ['/b/*'], files: ['/a/*', '/b/*'] })
  t.same(pathsOf({ paths: true, ttl: 60 }, own), { cloudfront: ['/b/*'], files: ['/a/*', '/b/*'] })
})

t.test('grants paths to every CDN, or to the one that they name', async (t) => {
  const own = await rulesOf(two)
  t.same(pathsOf([cdnPath`/u/${7}/*`, '/a.png', { path: '/f/b.png', cdn: 'files' }], own), {
    cloudfront: ['/a.png', '/u/7/*'],
    files: ['/a.png', '/f/b.png', '/u/7/*']
  })
  t.same(
    pathsOf([{ path: cdnPath`/f/*`, cdn: 'files' }], own),
    { files: ['/f/*'] },
    'a CDN without paths has no part'
  )
})

t.test('sorts paths and drops duplicates', async (t) => {
  t.same(pathsOf(['/b', '/a', cdnPath`/b`]), { cloudfront: ['/a', '/b'] })
  t.equal(read(['/b', '/a', '/b']).fingerprint, read(['/a', '/b']).fingerprint)
})

t.test('tells lists apart that a joined string would not', async (t) => {
  t.not(read(['/a,/b']).fingerprint, read(['/a', '/b']).fingerprint)
})

t.test('says with a code of its own what authorize returned', async (t) => {
  const odd: Array<[unknown, string]> = [
    ['/a', 'it returned a string'],
    ['/*', 'it returned a string'],
    [1, 'it returned a number'],
    [1n, 'it returned a bigint'],
    [Symbol('x'), 'it returned a symbol'],
    [() => true, 'it returned a function'],
    [cdnPath`/a/*`, 'it returned a path outside of an array'],
    [{}, '"paths" is neither true nor an array'],
    [{ paths: '/a' }, '"paths" is neither true nor an array'],
    [{ paths: cdnPath`/a/*` }, '"paths" is neither true nor an array'],
    [{ paths: false }, '"paths" is neither true nor an array'],
    [new Date(), '"paths" is neither true nor an array'],
    [{ paths: true, expires: 60 }, 'it has a field "expires"'],
    [{ path: ['/a'] }, 'it has a field "path"'],
    [JSON.parse('{"paths":true,"__proto__":1}'), 'it has a field "__proto__"']
  ]
  for (const [authorization, reason] of odd) {
    t.throws(() => readGrant(authorization, rules, clock), {
      code: 'CDN_ACCESS_GRANT_INVALID',
      message:
        `authorize must return a falsy value, true, an array of paths, or { paths, ttl, until, notBefore, ip, claims }: ${reason}`
    }, reason)
  }
})

t.test('refuses paths that are none, and holes among them', async (t) => {
  for (
    const path of [
      null,
      undefined,
      true,
      1,
      ['/a'],
      {},
      new String('/a'),
      { path: '/a' },
      { path: 1, cdn: 'cloudfront' },
      { path: '/a', cdn: 1 },
      { path: '/a', cdn: 'cloudfront', ttl: 1 },
      { path: '/a/*', toString: () => '/a/*' }
    ]
  ) {
    t.throws(() => readGrant([path], rules, clock), {
      code: 'CDN_ACCESS_GRANT_INVALID',
      message: /a path must be made by cdnPath, a literal string, or { path, cdn }$/
    })
  }
  t.throws(() => readGrant(Array(2), rules, clock), { code: 'CDN_ACCESS_GRANT_INVALID' })
  t.throws(() => readGrant([{ path: '/a', cdn: 'akamai' }], rules, clock), {
    code: 'CDN_ACCESS_CDN_UNKNOWN',
    message: 'No CDN is called "akamai": the names are cloudfront'
  })
})

t.test('takes no wildcard from a plain string', async (t) => {
  for (const path of ['/u/*', '/*', '/a?b', '*']) {
    t.throws(() => readGrant([path], rules, clock), {
      code: 'CDN_ACCESS_PATH_WILDCARD',
      message: /make it with the cdnPath tag/
    }, path)
    t.throws(() => readGrant([{ path, cdn: 'cloudfront' }], rules, clock), {
      code: 'CDN_ACCESS_PATH_WILDCARD'
    }, path)
  }
})

t.test('refuses at once what no cookie and no format holds', async (t) => {
  t.throws(() => readGrant([cdnPath`/a/*`, '/a/b'], rules, clock), {
    code: 'CDN_ACCESS_PATH_OVERLAP'
  })
  t.throws(() => readGrant([`/${'a'.repeat(1001)}`], rules, clock), {
    code: 'CDN_ACCESS_COOKIE_PATH_INVALID',
    message:
      'The cookie path of "cloudfront" must be at most 1000 bytes and hold no ";": grant a shorter prefix'
  })
  t.throws(() => readGrant([`/${'a'.repeat(300)}`], rules, clock), {
    code: 'CDN_ACCESS_TICKET_TOO_LARGE',
    message: /Grant a common prefix$/
  })
  const crowd = Array.from({ length: 501 }, (_, index) => `/${index}`)
  t.throws(() => readGrant(crowd, rules, clock), {
    code: 'CDN_ACCESS_GRANT_INVALID',
    message: /it has 501 paths, and 500 are the most$/
  })
  const many = Array.from({ length: 17 }, (_, index) => `/${index}`)
  t.ok(readGrant(many.slice(1), rules, clock))
  t.throws(() => readGrant(many, rules, clock), { code: 'CDN_ACCESS_TICKET_TOO_LARGE' })
  t.throws(() => readGrant({ paths: true, claims: { sub: 'x' } }, rules, clock), {
    code: 'CDN_ACCESS_GRANT_UNSUPPORTED'
  })
  const wide = { ...media(), plan: () => ['/a;b'] }
  const own = await rulesOf({ cdn: media() })
  t.throws(() => readGrant(true, { ...own, targets: [{ ...own.targets[0]!, cdn: wide }] }, clock), {
    code: 'CDN_ACCESS_COOKIE_PATH_INVALID'
  })
})

t.test('shortens the margins with the life', async (t) => {
  t.match(read(true), { ttl: 600, refreshBefore: 120, expiryStep: 30 })
  t.match(read({ paths: true, ttl: '1m' }), { ttl: 60, refreshBefore: 15, expiryStep: 3 })
  t.match(read({ paths: true, ttl: 5 }), { ttl: 5, refreshBefore: 1, expiryStep: 1 })
  t.match(read({ paths: true, ttl: 600 }), { ttl: 600, refreshBefore: 120, expiryStep: 30 })
})

t.test('refuses a life that is longer, too short, or in milliseconds', async (t) => {
  for (const ttl of [601, '11m', 4, 0]) {
    t.throws(() => readGrant({ paths: true, ttl }, rules, clock), {
      code: 'CDN_ACCESS_GRANT_INVALID',
      message: /"ttl" must be at least 5 s and at most the option's 600 s$/
    })
  }
  t.throws(() => readGrant({ paths: true, ttl: 600_000 }, rules, clock), {
    code: 'CDN_ACCESS_DURATION_MILLISECONDS'
  })
  for (const ttl of [null, '', 'soon', -1, 7.5, Number.NaN]) {
    t.throws(() => readGrant({ paths: true, ttl }, rules, clock), {
      code: 'CDN_ACCESS_DURATION_INVALID'
    })
  }
})

t.test('floors the end to a step, and caps it', async (t) => {
  t.equal(expiryOf(read(true), clock), 1_700_000_580)
  t.equal(expiryOf(read(true), clock + 9), 1_700_000_580)
  t.equal(expiryOf(read(true), clock + 10), 1_700_000_610)
  t.equal(expiryOf(read({ paths: true, until: clock + 77 }), clock), clock + 77)
  t.equal(
    expiryOf(read({ paths: true, until: new Date((clock + 77) * 1000 + 999) }), clock),
    clock + 77
  )
  t.equal(expiryOf(read({ paths: true, until: clock + 6000 }), clock), 1_700_000_580)
  t.ok(
    expiryOf(read({ paths: true, until: clock - 1 }), clock) <= clock,
    'an end in the past leaves nothing'
  )
})

t.test('refuses moments that are none', async (t) => {
  for (
    const moment of [
      null,
      '',
      '2030-01-01',
      -1,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Date.now(),
      new Date(Number.NaN)
    ]
  ) {
    t.throws(() => readGrant({ paths: true, until: moment }, rules, clock), {
      code: 'CDN_ACCESS_GRANT_INVALID'
    }, String(moment))
    t.throws(() => readGrant({ paths: true, notBefore: moment }, rules, clock), {
      code: 'CDN_ACCESS_GRANT_INVALID'
    }, String(moment))
  }
})

t.test('refuses a start that is not before the end', async (t) => {
  const reason =
    /"notBefore" is not before the end of access: deny until the start is nearer than ttl$/
  t.throws(() => expiryOf(read({ paths: true, notBefore: clock + 580 }), clock), {
    code: 'CDN_ACCESS_GRANT_INVALID',
    message: reason
  })
  t.equal(expiryOf(read({ paths: true, notBefore: clock + 579 }), clock), clock + 580)
  t.throws(
    () => expiryOf(read({ paths: true, notBefore: clock + 100, until: clock + 50 }), clock),
    { code: 'CDN_ACCESS_GRANT_INVALID', message: reason }
  )
  t.equal(
    expiryOf(read({ paths: true, notBefore: clock + 100, until: clock - 50 }), clock),
    clock - 50,
    'what has ended is a denial first'
  )
})

t.test('shares what is not bound to one viewer', async (t) => {
  t.equal(read(true).shared, true)
  t.equal(
    read({ paths: true, notBefore: clock, until: clock + 60 } satisfies Authorization).shared,
    true
  )
  t.equal(read({ paths: true, ip: '203.0.113.7' } satisfies Authorization).shared, false)
})
