import t from 'tap'
import type { CdnGrant, EdgeRequest } from '../../src/cdn/cdn.js'
import { breachOf, tokenCdn, withValues, type Decisions } from '../fixtures/token-cdn.js'

const course = { grants: [{ paths: ['/courses/42/*'] }] }
const bound = {
  grants: [{ paths: ['/img/*'], notBefore: 1_799_999_000, ip: '203.0.113.7' }]
}
const by = 'with the cookies of {"paths":["/courses/42/*"]}'

function deciding (decisions: Partial<Decisions>, options = course): Promise<string> {
  return breachOf({ decisions }, options)
}

t.test('names what was granted and is refused', async (t) => {
  const granted = '"check" refuses /courses/42/film.bin, which is granted by ' +
    '{"paths":["/courses/42/*"]}, at "paths"'
  t.equal(await deciding({ covers: (_, path) => !path.startsWith('/courses/') }), granted)
  t.equal(
    await deciding({
      covers: (_, path) => !path.startsWith('/courses/') || !path.includes('deep')
    }),
    '"check" refuses /courses/42/deep/er/film-1.bin, which is granted by ' +
      '{"paths":["/courses/42/*"]}, at "paths"'
  )
  t.equal(
    await deciding({ ended: (expiresAt, now) => now >= expiresAt - 1 }),
    '"check" refuses /film.bin, which is granted by {"paths":["/*"]}, at "expiry"',
    'in the last second, too'
  )
  t.equal(
    await breachOf({
      members: (cdn) => ({
        ...withValues(cdn, () => ({ path: '/courses/42/film' })),
        plan: () => ['/courses/42/film'],
        trial: { paths: ['/courses/42/film'] }
      })
    }, course),
    'no browser sends a cookie with /courses/42/film.bin, for the paths of "plan" do not cover ' +
      'it: {"paths":["/courses/42/*"]}'
  )
})

t.test('names what was not granted and is allowed', async (t) => {
  const outside = (url: string): string =>
    `"check" allows a path outside of the grant: ${url} ${by}`
  const covered = (granted: string): string => granted.slice(0, -1)
  t.equal(await deciding({ covers: () => true }), outside('/outside-of-the-grant/film.bin'))
  t.equal(
    await deciding({ covers: (granted, path) => path.includes(covered(granted)) }),
    outside('/outside-of-the-grant/courses/42/film.bin')
  )
  t.equal(
    await deciding({ covers: (granted, path) => path.startsWith(granted.slice(0, -2)) }),
    outside('/courses/42b/film.bin')
  )
  t.equal(
    await deciding({
      covers: (granted, path) => path.startsWith(covered(granted)) || path === granted.slice(0, -2)
    }),
    outside('/courses/42')
  )
  t.equal(
    await deciding({
      covers: (granted, path) => path.toLowerCase().startsWith(covered(granted))
    }),
    outside('/COURSES/42/film.bin')
  )
  const { check } = tokenCdn()
  t.equal(
    await breachOf({
      members: () => ({
        check: async (request: EdgeRequest, keys: never) =>
          check({ ...request, url: request.url.replace(/^.*\?(?=\/)/, '') }, keys)
      })
    }, course),
    outside('/outside-of-the-grant/film.bin?/courses/42/film.bin')
  )
})

t.test('names paths that climb and are allowed', async (t) => {
  const climbs = (url: string): string =>
    `"check" allows a path that climbs out of its folder: /courses/42/${url} ${by}`
  t.equal(await deciding({ climbs: () => false }), climbs('../secret.bin'))
  const dots = (path: string): boolean => path.includes('/../')
  t.equal(await deciding({ climbs: dots }), climbs('%2e%2e/secret.bin'))
  t.equal(
    await deciding({ climbs: (path) => dots(path.replace(/%2e/gi, '.')) }),
    climbs('..%2fsecret.bin')
  )
  t.equal(
    await deciding({ climbs: (path) => dots(path.replace(/%2e/gi, '.').replace(/%2f/gi, '/')) }),
    climbs('..%5Csecret.bin')
  )
  t.equal(
    await deciding({ climbs: (path) => dots(decodeURIComponent(path).replace(/%5c/gi, '/')) }),
    climbs('..%5Csecret.bin')
  )
  t.equal(
    await deciding({ climbs: (path) => /%|\/\.\./.test(path) && !path.includes('\\') }),
    climbs(
      '..\\secret.bin'
    )
  )
})

t.test('names times that are not kept', async (t) => {
  const ended = `"check" allows access that has ended: /courses/42/film.bin ${by}`
  t.equal(await deciding({ ended: () => false }), ended)
  t.equal(await deciding({ ended: (expiresAt, now) => now > expiresAt }), ended)
  t.equal(await deciding({ ended: (expiresAt, now) => now > expiresAt + 3600 }), ended)
  t.equal(
    await deciding({ begun: () => true }, bound),
    '"check" allows access that has not begun: /img/film.bin with the cookies of ' +
      '{"paths":["/img/*"],"notBefore":1799999000,"ip":"203.0.113.7"}'
  )
})

t.test('names addresses that are not kept', async (t) => {
  const address = '"check" allows another address, or one that is not known: /img/film.bin with ' +
    'the cookies of {"paths":["/img/*"],"notBefore":1799999000,"ip":"203.0.113.7"}'
  t.equal(await deciding({ admits: () => true }, bound), address)
  t.equal(await deciding({ admits: (ip, own) => own === ip || own === undefined }, bound), address)
  t.equal(
    await deciding({ admits: (ip, own) => own === ip || own?.includes(':') === true }, bound),
    address
  )
})

t.test('names keys that count although they are not accepted', async (t) => {
  const signing = tokenCdn()
  const keys = (signing.keys as readonly unknown[]).map((entry) => signing.parseKey(entry))
  const check = (wrong: (given: readonly unknown[]) => boolean) => ({
    check: async (request: EdgeRequest, given: readonly unknown[]) =>
      signing.check(request, wrong(given) ? keys : given as never)
  })
  t.equal(
    await breachOf({ members: () => check((given) => given.length === 0) }, course),
    `"check" allows cookies although it accepts no key: /courses/42/film.bin ${by}`
  )
  t.equal(
    await breachOf({ members: () => check((given) => given.length > 0) }, course),
    `"check" allows cookies of a key that it no longer accepts: /courses/42/film.bin ${by}`
  )
})

t.test('names what a request without cookies meets', async (t) => {
  const { check } = tokenCdn()
  const passes = {
    members: () => ({
      check: async (request: EdgeRequest, keys: never) =>
        request.cookies.some(([name]) => name.startsWith('token')) || request.url.includes('?token')
          ? check(request, keys)
          : { allowed: true, status: 200, checks: [{ name: 'none', ok: true, detail: 'None.' }] }
    })
  }
  t.equal(
    await breachOf(passes, course),
    '"check" allows a request without cookies: say { unsigned: "passes" } if the edge does'
  )
  t.equal(await breachOf(passes, { ...course, unsigned: 'passes' }), 'none')
  t.equal(
    await breachOf({}, { ...course, unsigned: 'passes' }),
    '"check" refuses a request without cookies, and { unsigned: "passes" } says otherwise'
  )
})

t.test('asks with each set of cookies alone', async (t) => {
  const members = (): object => ({
    plan: ({ paths }: CdnGrant) => paths.map((path) => path.slice(0, -1)),
    sign: async (grant: CdnGrant, key: never) => {
      const sets = grant.paths.map((path, index) => {
        const { sign } = withValues(tokenCdn(), () => ({ path: path.slice(0, -1) }))
        return sign({ ...grant, paths: [index === 0 ? path : '/*'] }, key)
      })
      return (await Promise.all(sets)).flat()
    }
  })
  t.match(
    await breachOf({ members }, { grants: [{ paths: ['/a/*', '/b/*'] }] }),
    /^"check" allows a path outside of the grant: \/outside-of-the-grant\/film.bin with/
  )
})
