import { createHmac } from 'node:crypto'
import t from 'tap'
import type { Cdn, EdgeRequest } from '../../src/cdn/cdn.js'
import { breachOf, tokenCdn, type Decisions, type TokenKey } from '../fixtures/token-cdn.js'

const course = { grants: [{ paths: ['/courses/42/*'] }] }
const of = 'of {"paths":["/courses/42/*"]}'

/** The breach that is found, whichever byte it is found at. */
async function deciding (decisions: Partial<Decisions>): Promise<string> {
  return (await breachOf({ decisions }, course)).replace(
    /(?:byte \d+ of \d+|".") was \w+(?: at the end)?/,
    'one byte was changed'
  )
}

t.test('names a cookie that can be changed in one byte', async (t) => {
  const data = `"check" allows a cookie token_data of which one byte was changed, ${of}`
  const mac = `"check" allows a cookie token_mac of which one byte was changed, ${of}`
  t.equal(
    await deciding({ reads: (text) => text.replace(/[^A-Za-z0-9_-]/g, '') }),
    data,
    'what its alphabet lacks is passed over'
  )
  t.equal(
    await deciding({ fits: (expected, text) => text.startsWith(expected) }),
    mac
  )
  t.equal(await deciding({ fits: (expected, text) => text.slice(1) === expected.slice(1) }), mac)
  t.equal(
    await deciding({ fits: (expected, text) => text.slice(0, -1) === expected.slice(0, -1) }),
    mac
  )
  t.equal(
    await deciding({ fits: (expected, text) => text.toLowerCase() === expected.toLowerCase() }),
    mac
  )
  t.equal(
    await deciding({
      fits: (expected, text) =>
        Buffer.from(text, 'base64url').equals(Buffer.from(expected, 'base64url'))
    }),
    mac,
    'base64url has bits that decoders pass over'
  )
})

t.test('says which byte it is', async (t) => {
  t.match(
    await breachOf(
      { decisions: { fits: (expected, text) => text.slice(1) === expected.slice(1) } },
      course
    ),
    /allows a cookie token_mac of which byte 1 of 43 was changed, of/
  )
})

t.test('names parts that are signed side by side without a mark between them', async (t) => {
  const members = ({ parseKey }: Cdn<TokenKey>): Partial<Cdn<TokenKey>> => ({
    cookieNames: ['token'],
    parseKey,
    plan: ({ paths: [path = '', ...more], ...limits }) => {
      const odd = more.length > 0 || Object.keys(limits).length > 1
      if (odd || !path.endsWith('/*')) throw new TypeError('one folder')
      return [path.slice(0, -1)]
    },
    sign: async ({ paths: [path = ''], expiresAt }, { secret }) => {
      const folder = path.slice(0, -2)
      const proof = createHmac('sha256', secret).update(folder + expiresAt).digest('hex')
      return [{ name: 'token', path: path.slice(0, -1), value: `${folder}&${expiresAt}&${proof}` }]
    },
    check: async ({ url, cookies, now }, keys) => {
      const [folder = '', expires = '', proof] = cookies[0]?.[1].split('&') ?? []
      const signed = keys.some(({ secret }) =>
        createHmac('sha256', secret).update(folder + expires).digest('hex') === proof
      )
      const climbs = /%2f|%5c|%2e|\\|\/\.\.?(?:\/|$)/i.test(url)
      const allowed = signed && /^\d+$/.test(expires) && now < Number(expires) && !climbs &&
        url.startsWith(`${folder}/`)
      return {
        allowed,
        status: allowed ? 200 : 403,
        checks: [{ name: 'token', ok: allowed, detail: 'x' }]
      }
    }
  })
  t.match(
    await breachOf({ members: (cdn) => ({ ...members(cdn), signUrl: undefined }) }, {
      grants: [{ paths: ['/courses/42/*'] }]
    }),
    /of which a byte was moved from one part to another/
  )
})

t.test('names a cookie that is not needed', async (t) => {
  t.equal(
    await deciding({ fits: (expected, text) => text === '' || text === expected }),
    `"check" does without the cookie token_mac, ${of}`
  )
})

t.test('names cookies of two grants that go together', async (t) => {
  const proof = (text: string, { secret }: TokenKey): string =>
    `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
  const members = ({ plan }: Cdn<TokenKey>): Partial<Cdn<TokenKey>> => ({
    sign: async (grant, key) => {
      const [path = ''] = plan(grant)
      const folder = Buffer.from(path).toString('base64url')
      return [{ name: 'token_data', value: proof(folder, key), path }, {
        name: 'token_mac',
        value: proof(String(grant.expiresAt), key),
        path
      }]
    },
    check: async ({ url, cookies, now }, keys) => {
      const [folder, expires] = ['token_data', 'token_mac'].map((name) => {
        const value = cookies.find((pair) => pair[0] === name)?.[1] ?? ''
        const text = value.split('.')[0]!
        return keys.some((key) => proof(text, key) === value) ? text : undefined
      })
      const allowed = folder !== undefined && now < Number(expires) && !/%|\\|\/\.\./.test(url) &&
        url.startsWith(Buffer.from(folder, 'base64url').toString())
      const checks = [{ name: 'both', ok: allowed, detail: 'Each is signed by itself.' }]
      return { allowed, status: allowed ? 200 : 403, checks }
    }
  })
  t.equal(
    await breachOf({ members }, { grants: [...course.grants, { paths: ['/courses/43/*'] }] }),
    `"check" allows the cookies ${of} with the token_mac of {"paths":["/courses/43/*"]}`,
    'which ends later'
  )
})

t.test('names a grant whose cookies open another', async (t) => {
  const { check } = tokenCdn()
  const members = () => ({
    check: async (request: EdgeRequest, keys: never) =>
      check({ ...request, url: request.url.replace('/second-course/', '/courses/42/') }, keys)
  })
  t.equal(
    await breachOf({ members }, {
      grants: [{ paths: ['/courses/42/*'] }, { paths: ['/second-course/*'] }]
    }),
    '"check" allows /second-course/film.bin, of {"paths":["/second-course/*"]}, with the cookies ' +
      'of {"paths":["/courses/42/*"]}'
  )
})
