import t from 'tap'
import type { CdnGrant } from '../../../src/cdn/cdn.js'
import { nginx, type NginxOptions } from '../../../src/cdn/nginx/nginx.js'
import { secretIdentity } from '../../../src/keys/secret-key.js'

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

t.test('reads a key entry', async (t) => {
  const identity = secretIdentity(Buffer.from(secret))
  t.match(make().cdn.parseKey({ secret, notBefore: 5, notAfter: 9 }), {
    id: identity.slice(0, 8),
    identity,
    canSign: true,
    notBefore: 5,
    notAfter: 9,
    secret
  })
})

t.test('refuses secrets that can be guessed or that nginx would read otherwise', async (t) => {
  for (
    const bad of [
      '',
      'secret',
      secret.slice(1),
      `${secret}$`,
      `${secret}"`,
      `${secret} `,
      `${secret}é`,
      `${secret}\\`,
      7,
      undefined
    ]
  ) {
    t.throws(() => make().cdn.parseKey({ secret: bad }), {
      code: 'CDN_ACCESS_KEY_SECRET_INVALID',
      message: '"secret" must be at least 22 of A-Z a-z 0-9 - _ . ~ + / =: ' +
        '128 random bits in base64url, and nothing that has a meaning in a file of nginx'
    })
  }
  t.throws(() => make().cdn.parseKey({ secret, id: 'a' }), { code: 'CDN_ACCESS_KEY_ENTRY_INVALID' })
})

t.test('refuses options by name', async (t) => {
  const scope = 'a folder such as "/v/:id/": begin and end with a slash, ' +
    'with segments of A-Z a-z 0-9 . _ ~ - or :name between'
  const cookie = '1 to 64 of A-Z a-z 0-9 _: nginx has no variable for other cookies'
  for (
    const [options, option, rule] of [
      [{ scope: '/v/:id' }, 'scope', scope],
      [{ scope: undefined }, 'scope', scope],
      [{ hashCookie: 'a-b' }, 'hashCookie', cookie],
      [{ expiresCookie: '' }, 'expiresCookie', cookie],
      [{ expiresCookie: 7 }, 'expiresCookie', cookie],
      [
        { hashCookie: 'a', expiresCookie: 'A' },
        'expiresCookie',
        'another name than "hashCookie": nginx ignores case'
      ],
      [{ ip: 'yes' }, 'ip', 'true or false']
    ] as const
  ) {
    t.throws(() => make(options as unknown as Partial<NginxOptions>), {
      code: 'CDN_ACCESS_OPTION_INVALID',
      message: `Option "${option}" must be ${rule}`
    })
  }
  t.throws(() => make({ salt: 'a' } as Partial<NginxOptions>), {
    code: 'CDN_ACCESS_OPTION_UNKNOWN'
  })
})
