import { createHash } from 'node:crypto'
import t from 'tap'
import type { CdnGrant } from '../../../src/cdn/cdn.js'
import { cdnPath } from '../../../src/cdn/cdn-path.js'
import { nginx, type NginxOptions } from '../../../src/cdn/nginx/nginx.js'

const url = 'https://media.example.com'
const secret = 'Zm9yLXRlc3RzLWFsb25lIQ'
const end = 1_800_000_000
const video: CdnGrant = { paths: ['/v/42/*'], expiresAt: end }

function make (options: Partial<NginxOptions> = {}) {
  const cdn = nginx({ url, secret, scope: '/v/:id/', ...options } as NginxOptions)
  return { cdn, key: cdn.parseKey({ secret }) }
}

t.test('takes the shorthand for one key entry', async (t) => {
  t.match(make().cdn, {
    name: 'nginx',
    url,
    keys: [{ secret }],
    cookieNames: ['cdn_access_hash', 'cdn_access_expires'],
    trial: { paths: ['/v/trial/*'] },
    format: {
      scope: '/v/:id/',
      hashCookie: 'cdn_access_hash',
      expiresCookie: 'cdn_access_expires',
      ip: false
    }
  })
})

t.test('writes two cookies for a folder, good through the second before the end', async (t) => {
  const { cdn, key } = make()
  t.same(cdn.plan(video), ['/v/42/'])
  t.same(await cdn.sign(video, key), [
    { name: 'cdn_access_hash', value: 'V1ogSC8Wi6w2jWMZ-4ZfhA', path: '/v/42/' },
    { name: 'cdn_access_expires', value: '1799999999', path: '/v/42/' }
  ])
})

t.test('writes two cookies for each folder, and hashes the decoded one', async (t) => {
  const { cdn, key } = make({ hashCookie: 'h', expiresCookie: 'e' })
  const grant = { paths: ['/v/42/*', '/v/caf%C3%A9/*'], expiresAt: end }
  t.same(cdn.plan(grant), ['/v/42/', '/v/caf%C3%A9/'])
  t.same(await cdn.sign(grant, key), [
    { name: 'h', value: 'V1ogSC8Wi6w2jWMZ-4ZfhA', path: '/v/42/' },
    { name: 'e', value: '1799999999', path: '/v/42/' },
    { name: 'h', value: 'hvp0yxP6bHQ9NMt5-3mzUw', path: '/v/caf%C3%A9/' },
    { name: 'e', value: '1799999999', path: '/v/caf%C3%A9/' }
  ])
})

t.test('hashes an address as nginx writes it', async (t) => {
  const { cdn, key } = make({ ip: true })
  const [hash] = await cdn.sign({ ...video, ip: '2001:DB8:0:0::7' }, key)
  t.equal(hash!.value, 'sLicLlkIyTu1eWH0cr1DPA')
  t.same(cdn.plan({ ...video, ip: '2001:DB8:0:0::7' }), ['/v/42/'])
})

t.test('refuses paths that the block does not capture', async (t) => {
  for (const path of ['/*', '/v/*', '/v/42/hls/*', '/v/42/a.mp4', '/w/42/*', '/v/4*/*']) {
    t.throws(() => make().cdn.plan({ paths: ['/v/42/*', path], expiresAt: end }), {
      code: 'CDN_ACCESS_PATH_UNSUPPORTED',
      message: `The CDN "nginx" can't hold the path "${path}": nginx captures "/v/:id/" alone. ` +
        `Grant cdnPath\`/v/\${id}/*\`, name such folders in "paths", or change "scope" and the block`
    })
  }
})

t.test('refuses grants that a hash can\'t hold', async (t) => {
  const hashed = 'a hash holds one address and no range. Give a single address'
  for (
    const [ip, field, more, reason] of [
      [false, 'claims', { claims: {} }, 'a hash has room for none. Leave it out'],
      [
        false,
        'notBefore',
        { notBefore: 1 },
        'secure_link knows an end and no start. Issue access when it begins'
      ],
      [
        false,
        'ip',
        { ip: '192.0.2.7' },
        'the block does not hash it. Add $remote_addr to secure_link_md5 and set "ip" to true'
      ],
      [true, 'ip', {}, 'the block hashes the address, as "ip" is true: each grant needs it'],
      [true, 'ip', { ip: '192.0.2.0/24' }, hashed]
    ] as const
  ) {
    t.throws(() => make({ ip }).cdn.plan({ ...video, ...more }), {
      code: 'CDN_ACCESS_GRANT_UNSUPPORTED',
      message: `The CDN "nginx" can't hold "${field}" of a grant: ${reason}`
    })
  }
})

t.test('refuses options by name', async (t) => {
  t.throws(() => make({ scope: '/v/:id' }), { code: 'CDN_ACCESS_OPTION_INVALID' })
  t.throws(() => make({ ip: 'yes' } as never), {
    code: 'CDN_ACCESS_OPTION_INVALID',
    message: 'Option "ip" must be true or false'
  })
  t.throws(() => make({ expiresArgument: 'a-b' }), {
    message: 'Option "expiresArgument" must be 1 to 64 of A-Z a-z 0-9 _: ' +
      'nginx has no variable for other arguments'
  })
  t.throws(() => make({ hashCookie: 'a-b' }), {
    message: /nginx has no variable for other cookies/
  })
  t.throws(() => make({ salt: 'a' } as Partial<NginxOptions>), {
    code: 'CDN_ACCESS_OPTION_UNKNOWN'
  })
})

t.test('writes cookies for a name, on the folder in which it lies', async (t) => {
  const { cdn, key } = make({ scope: '/hls/:name*' })
  t.match(cdn.trial, { paths: ['/hls/trial*'] })
  const grant = { paths: ['/hls/ab*'], expiresAt: end }
  t.same(cdn.plan(grant), ['/hls/'])
  const [hash] = await cdn.sign(grant, key)
  const text = `1799999999/hls/ab ${secret}`
  t.same(hash, {
    name: 'cdn_access_hash',
    value: createHash('md5').update(text).digest('base64url'),
    path: '/hls/'
  })
  t.throws(() => cdn.plan({ paths: ['/hls/ab*', '/hls/cd*'], expiresAt: end }), {
    code: 'CDN_ACCESS_PATH_OVERLAP'
  })
})

t.test('refuses names that could not be told from others', async (t) => {
  const { cdn } = make({ scope: '/hls/:name*' })
  for (const name of ['ab-c', 'ab.c', 'a b', 'ab~', '\u00fcb', 'ab,c']) {
    t.throws(() => cdn.plan({ paths: [cdnPath.glob`/hls/${name}*`.path], expiresAt: end }), {
      code: 'CDN_ACCESS_PATH_UNSUPPORTED',
      message: /Grant cdnPath\.glob`\/hls\/\$\{name\}\*`, .*A name is of A-Z a-z 0-9 _ alone/
    })
  }
  for (const path of ['/hls/*', '/hls/ab/*', '/hls/ab', '/hls/a*b*', '/hls/a?*', '/hls/ab**']) {
    t.throws(() => cdn.plan({ paths: [path], expiresAt: end }), {
      code: 'CDN_ACCESS_PATH_UNSUPPORTED'
    }, path)
  }
})

t.test('a name opens what ends it, and no longer or other one', async (t) => {
  const { cdn, key } = make({ scope: '/hls/:name*' })
  const cookies = (await cdn.sign({ paths: ['/hls/ab*'], expiresAt: end }, key)).map(
    ({ name, value }) => [name, value] as const
  )
  const ask = async (path: string): Promise<string> => {
    const verdict = await cdn.check({ method: 'GET', url: path, cookies, now: end - 60 }, [key])
    return verdict.allowed ? 'allowed' : verdict.checks.at(-1)!.name
  }
  for (
    const path of ['/hls/ab.m3u8', '/hls/ab-1.ts', '/hls/%61b.ts?x=1', '/hls/ab.d/1.ts', '/hls/ab-']
  ) {
    t.equal(await ask(path), 'allowed', path)
  }
  for (
    const path of ['/hls/abc.m3u8', '/hls/ab_low.m3u8', '/hls/ab%63.ts', '/hls/a.ts', '/hls/AB.ts']
  ) {
    t.equal(await ask(path), 'hash', path)
  }
  for (
    const path of [
      '/hls/ab',
      '/hls/ab/1.ts',
      '/hls/ab~x.ts',
      '/hls/ab%20c.ts',
      '/hls/ab%C3%A9.ts',
      '/hls/'
    ]
  ) {
    t.equal(await ask(path), 'scope', path)
  }
})

t.test('signs links where the block reads them', async (t) => {
  const { cdn, key } = make({ links: true })
  const grant = { paths: ['/v/42/a%20b.mp4'], expiresAt: end }
  const hash = createHash('md5').update(`1799999999/v/42/a b.mp4 ${secret}`).digest('base64url')
  const [path = ''] = grant.paths
  t.equal(
    await cdn.signUrl!({ path, query: 'v=1' }, grant, key),
    `${url}${path}?v=1&md5=${hash}&expires=1799999999`
  )
  t.match(cdn.format, { hashArgument: 'md5', expiresArgument: 'expires' })
  t.notOk('hashArgument' in make().cdn.format)
  t.throws(() => make().cdn.planUrl!(grant), {
    code: 'CDN_ACCESS_SIGNED_URL_UNSUPPORTED',
    message: /Set "links" to true, and take the block for both/
  })
})
