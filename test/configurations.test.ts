import t, { type Test } from 'tap'
import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import cookie from '@fastify/cookie'
import Fastify, { type FastifyInstance } from 'fastify'
import { cdnAccess, cdnPath } from '../src/index.js'
import { media, privateKey, publicKey, working } from './fixtures/server.js'

/** What is wrong, the code, and the words of the message that say the way out. */
type Wrong = [what: string, code: string, remedy: string, options: () => Record<string, unknown>]

const pem = { type: 'pkcs8', format: 'pem' } as const
const key = privateKey.export(pem).toString()
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
const encrypted = privateKey.export({ ...pem, cipher: 'aes-256-cbc', passphrase: 'right' })
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
const plain = { domain: 'example.com' }

const cdn = (more: object) => () => ({ cdn: media(more) })
const withKey = (privateKey: unknown, more: object = {}) => cdn({ privateKey, ...more })
const url = (value: unknown) => cdn({ url: value })
const cookies = (more: object) => () => ({ cookie: { ...plain, ...more } })
const insecure = (more: object) => () => ({
  cdn: media({ url: 'http://media.example.com' }),
  cookie: { ...plain, ...more }
})
const option = (more: Record<string, unknown>) => () => more
const env = (data: Record<string, string>, more: Record<string, unknown> = {}) => () => ({
  cdn: undefined,
  env: { data },
  ...more
})
const variables = {
  CDN_ACCESS_CDN: 'cloudfront',
  CDN_ACCESS_URL: 'https://media.example.com',
  CDN_ACCESS_KEY_ID: 'K1'
}

const other = {
  cdn: media({ url: 'https://files.example.org' }),
  cookie: { domain: 'example.org' },
  route: false
}

const wrong: Record<string, Wrong[]> = {
  options: [
    [
      'no authorize',
      'AUTHORIZE_MISSING',
      'must be a function of the request',
      option({ authorize: undefined })
    ],
    [
      'authorize that is no function',
      'AUTHORIZE_MISSING',
      'must be a function of the request',
      option({ authorize: true })
    ],
    [
      'an unknown option',
      'OPTION_UNKNOWN',
      'it takes cdn, cookie, authorize',
      option({ domain: 'example.com' })
    ],
    [
      'refreshOnRequest that is no boolean',
      'OPTION_INVALID',
      '"refreshOnRequest" must be true or false',
      option({ refreshOnRequest: 'yes' })
    ],
    ['a negative cacheSize', 'OPTION_INVALID', '0 for none', option({ cacheSize: -1 })],
    [
      'a cacheSize that no memory holds',
      'OPTION_INVALID',
      'at most 1000000',
      option({ cacheSize: 1e12 })
    ],
    ['a cacheSize that is text', 'OPTION_INVALID', '0 for none', option({ cacheSize: '100' })],
    [
      'now that is no function',
      'OPTION_INVALID',
      'a function like Date.now',
      option({ now: 1_700_000_000 })
    ],
    ['a name with a space', 'NAME_INVALID', 'A-Z a-z 0-9 _ -', option({ name: 'two words' })],
    ['an empty name', 'NAME_INVALID', '1 to 64', option({ name: '' })],
    [
      'a prefix without a slash',
      'OPTION_INVALID',
      'a path with a leading slash',
      option({ prefix: 'api' })
    ]
  ],
  route: [
    [
      'a route that is a string',
      'ROUTE_INVALID',
      'an object such as { url: "/cdn-access" }',
      option({ route: '/access' })
    ],
    [
      'a route with a schema for a body',
      'ROUTE_INVALID',
      'check requests in a hook',
      option({ route: { schema: { body: { type: 'object' } } } })
    ],
    [
      'a route that is true',
      'ROUTE_INVALID',
      'must be false or an object',
      option({ route: true })
    ],
    [
      'a route that is null',
      'ROUTE_INVALID',
      'must be false or an object',
      option({ route: null })
    ],
    [
      'a route that is an array',
      'ROUTE_INVALID',
      'must be false or an object',
      option({ route: ['/access'] })
    ],
    [
      'a route with a method',
      'ROUTE_INVALID',
      'has "method", which the plugin sets itself',
      option({ route: { method: 'PUT' } })
    ],
    [
      'a route with a handler',
      'ROUTE_INVALID',
      'has "handler", which the plugin sets itself',
      option({ route: { handler: () => '' } })
    ],
    [
      'a route url without a slash',
      'ROUTE_INVALID',
      'a leading slash',
      option({ route: { url: 'access' } })
    ],
    [
      'a route url that is a number',
      'ROUTE_INVALID',
      'a leading slash',
      option({ route: { url: 1 } })
    ]
  ],
  CDNs: [
    [
      'no CDN',
      'CDN_MISSING',
      'pass "cdn", for instance cloudfront({ url, keyPairId, privateKey })',
      option({ cdn: undefined })
    ],
    [
      'no CDN, where variables are read',
      'CDN_MISSING',
      'set CDN_ACCESS_CDN and CDN_ACCESS_URL',
      option({ cdn: undefined, env: {} })
    ],
    ['an empty list of CDNs', 'CDN_MISSING', 'pass "cdn"', option({ cdn: [] })],
    [
      'a CDN that is a string',
      'CDN_INVALID',
      'made by a CDN factory',
      option({ cdn: 'cloudfront' })
    ],
    ['a CDN that is null', 'CDN_INVALID', 'made by a CDN factory', option({ cdn: null })],
    [
      'a factory in place of a CDN',
      'CDN_INVALID',
      'it has no function "parseKey"',
      option({ cdn: media })
    ],
    [
      'a CDN without a name',
      'CDN_INVALID',
      'its "name" must be',
      () => ({ cdn: { ...media(), name: undefined } })
    ],
    [
      'a CDN with a path in its url',
      'CDN_INVALID',
      'its "url" must be a scheme, a host and a port',
      () => ({ cdn: { ...media(), url: 'https://media.example.com/' } })
    ],
    [
      'a CDN without cookie names',
      'CDN_INVALID',
      'must list every cookie',
      () => ({ cdn: { ...media(), cookieNames: [] } })
    ],
    [
      'a CDN with a cookie name that is none',
      'CDN_INVALID',
      'must list every cookie',
      () => ({ cdn: { ...media(), cookieNames: ['a;b'] } })
    ],
    [
      'two CDNs of one name',
      'CDN_NAME_TAKEN',
      'another "name"',
      () => ({ cdn: [media(), media({ url: 'https://files.example.com' })] })
    ],
    [
      'an unknown factory option',
      'OPTION_UNKNOWN',
      'it takes url, name, keys, cookie',
      cdn({ keypairId: 'K1' })
    ],
    ['a CDN name with a dot', 'NAME_INVALID', 'A-Z a-z 0-9 _ -', cdn({ name: 'my.cdn' })],
    ['an unknown policy', 'OPTION_INVALID', '"custom" or "canned"', cdn({ policy: 'wide' })],
    ['an unknown hash', 'OPTION_INVALID', '"SHA256" or "SHA1"', cdn({ hash: 'MD5' })],
    [
      'cookies that overwrite each other at the default paths',
      'COOKIE_CONFLICT',
      'grant each its own paths with { path, cdn }',
      () => ({ cdn: [media(), media({ name: 'files', url: 'https://files.example.com' })] })
    ]
  ],
  urls: [
    [
      'a url with a path',
      'URL_INVALID',
      'belongs in the granted paths',
      url('https://media.example.com/videos')
    ],
    ['a url with a query', 'URL_INVALID', 'it has a query', url('https://media.example.com?v=1')],
    [
      'a url with a fragment',
      'URL_INVALID',
      'it has a query or a fragment',
      url('https://media.example.com#a')
    ],
    ['a url with a user', 'URL_INVALID', 'it has a user name', url('https://me@media.example.com')],
    [
      'a url of another scheme',
      'URL_INVALID',
      'must be https or http',
      url('ftp://media.example.com')
    ],
    [
      'a url without a scheme',
      'URL_INVALID',
      'such as https://media.example.com',
      url('media.example.com')
    ],
    [
      'a url that is no string',
      'URL_INVALID',
      'it is not a string',
      url(new URL('https://media.example.com'))
    ],
    ['no url', 'URL_INVALID', 'such as https://media.example.com', url(undefined)]
  ],
  keys: [
    ['no key', 'KEYS_MISSING', 'or "keys" with at least one entry', cdn({ keys: [] })],
    ['no key pair id', 'KEY_ID_INVALID', 'such as K2JCJMDEHXQW5F', cdn({ keyPairId: undefined })],
    [
      'a key pair id with a hyphen',
      'KEY_ID_INVALID',
      'letters and digits',
      cdn({ keyPairId: 'K-1' })
    ],
    [
      'an id without a key',
      'KEY_ENTRY_INVALID',
      'neither "privateKey" nor "publicKey"',
      withKey(undefined)
    ],
    ['an empty key', 'KEY_UNREADABLE', 'is the environment variable set?', withKey('')],
    [
      'a key that is a number',
      'KEY_UNREADABLE',
      'must be PEM text, a Buffer, a JWK or a KeyObject',
      withKey(7)
    ],
    ['PEM that is cut off', 'KEY_UNREADABLE', 'it is cut off', withKey(key.slice(0, 80))],
    [
      'PEM with a damaged body',
      'KEY_UNREADABLE',
      'compare its length with the file',
      withKey(key.replace(/\n.{20}/, '\n'))
    ],
    ['text that is no PEM', 'KEY_UNREADABLE', 'neither PEM, nor a JWK', withKey('not a key')],
    [
      'a key in OpenSSH form',
      'KEY_UNREADABLE',
      'ssh-keygen -p -m PEM',
      withKey('-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----')
    ],
    ['broken JSON', 'KEY_UNREADABLE', 'it starts like JSON but is not', withKey('{"kty"')],
    [
      'an incomplete JWK',
      'KEY_UNREADABLE',
      'the JWK is incomplete',
      withKey({ kty: 'EC', d: 'AAAA' })
    ],
    [
      'a public key',
      'KEY_PUBLIC',
      'give it as "publicKey"',
      withKey(publicKey.export({ type: 'spki', format: 'pem' }))
    ],
    ['a public KeyObject', 'KEY_PUBLIC', 'signing needs the private key', withKey(publicKey)],
    [
      'a certificate',
      'KEY_PUBLIC',
      'is a certificate: signing needs the private key',
      withKey('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----')
    ],
    [
      'an encrypted key without its passphrase',
      'KEY_ENCRYPTED',
      '"passphrase" is missing',
      withKey(encrypted)
    ],
    [
      'an encrypted key with another passphrase',
      'KEY_ENCRYPTED',
      '"passphrase" is wrong',
      withKey(encrypted, { passphrase: 'other' })
    ],
    [
      'RSA-1024',
      'KEY_TYPE',
      'takes RSA-2048 and EC P-256',
      withKey(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey)
    ],
    [
      'EC P-384',
      'KEY_TYPE',
      'takes RSA-2048 and EC P-256',
      withKey(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey)
    ],
    [
      'Ed25519',
      'KEY_TYPE',
      'takes RSA-2048 and EC P-256',
      withKey(generateKeyPairSync('ed25519').privateKey)
    ],
    ['EC with SHA-1', 'KEY_ALGORITHM', 'leave "hash" out', withKey(privateKey, { hash: 'SHA1' })],
    [
      'a pair that is none',
      'KEY_MISMATCH',
      'are not a pair',
      cdn({ keys: [{ keyPairId: 'K1', privateKey, publicKey: createPublicKey(rsa) }] })
    ],
    [
      'an unknown field of an entry',
      'KEY_ENTRY_INVALID',
      'it takes keyPairId, privateKey',
      cdn({ keys: [{ keyPairId: 'K1', privateKey, id: 'K1' }] })
    ],
    [
      'a bare key among the entries',
      'KEY_ENTRY_INVALID',
      'must be an object',
      cdn({ keys: [key] })
    ],
    [
      'two keys of one id',
      'KEY_ID_TAKEN',
      'each key of a ring needs its own',
      cdn({ keys: [{ keyPairId: 'K1', privateKey }, { keyPairId: 'K1', privateKey: stranger }] })
    ],
    [
      'keys beside the shorthand',
      'OPTION_INVALID',
      'left out beside keyPairId',
      cdn({ keys: [{ keyPairId: 'K1', privateKey }], keyPairId: 'K2' })
    ],
    [
      'keys that are text',
      'KEY_SOURCE_INVALID',
      '{ file, every } or { load, every }',
      cdn({ keys: key })
    ],
    [
      'a source without file and load',
      'KEY_SOURCE_INVALID',
      '{ file, every } or { load, every }',
      cdn({ keys: { every: '5m' } })
    ],
    [
      'a source of a wrong interval',
      'DURATION_INVALID',
      '"keys.every" must be a duration',
      cdn({ keys: { file: 'keys.json', every: 'often' } })
    ],
    [
      'a source without an interval',
      'KEY_SOURCE_INVALID',
      'at least 1 second',
      cdn({ keys: { file: 'keys.json', every: 0 } })
    ],
    [
      'a signer that signs something else',
      'KEY_PROOF_FAILED',
      'the key, or the sign function, is not what it says',
      withKey({ publicKey, sign: () => sign('sha256', Buffer.from('other'), privateKey) })
    ]
  ],
  cookies: [
    [
      'no cookie option',
      'COOKIE_DOMAIN_MISSING',
      'or false for a cookie of the API\'s own host alone',
      option({ cookie: undefined })
    ],
    [
      'no cookie domain',
      'COOKIE_DOMAIN_MISSING',
      'name the parent domain',
      cookies({ domain: undefined })
    ],
    [
      'a cookie option that is text',
      'OPTION_INVALID',
      'an object such as { domain: "example.com" }',
      option({ cookie: 'example.com' })
    ],
    [
      'a cookie option that is an array',
      'OPTION_INVALID',
      'an object such as { domain: "example.com" }',
      option({ cookie: [] })
    ],
    [
      'an unknown cookie option',
      'OPTION_UNKNOWN',
      'it takes domain, sameSite',
      cookies({ path: '/' })
    ],
    [
      'an unknown cookie option of a CDN',
      'OPTION_UNKNOWN',
      'cookie of "cloudfront" has no option "maxAge"',
      cdn({ cookie: { maxAge: 1 } })
    ],
    [
      'a domain beside the CDN',
      'COOKIE_DOMAIN_MISMATCH',
      'Use a parent domain of both',
      cookies({ domain: 'example.org' })
    ],
    [
      'a domain that only ends alike',
      'COOKIE_DOMAIN_MISMATCH',
      'Use a parent domain of both',
      cookies({ domain: 'a.example.com' })
    ],
    [
      'a public suffix of a vendor',
      'COOKIE_DOMAIN_PUBLIC',
      'Put the CDN behind a name under your own domain',
      () => ({
        cdn: media({ url: 'https://d111.cloudfront.net' }),
        cookie: { domain: 'cloudfront.net' }
      })
    ],
    [
      'a public suffix of a registry',
      'COOKIE_DOMAIN_PUBLIC',
      'under your own domain',
      () => ({ cdn: media({ url: 'https://media.co.uk' }), cookie: { domain: 'co.uk' } })
    ],
    [
      'a domain that is an address',
      'COOKIE_DOMAIN_INVALID',
      'takes false',
      () => ({ cdn: media({ url: 'https://127.0.0.1:8443' }), cookie: { domain: '127.0.0.1' } })
    ],
    [
      'a domain of one label',
      'COOKIE_DOMAIN_INVALID',
      'takes false',
      () => ({ cdn: media({ url: 'http://localhost:8080' }), cookie: { domain: 'localhost' } })
    ],
    [
      'a domain with a scheme',
      'COOKIE_DOMAIN_INVALID',
      'without scheme, port or path',
      cookies({ domain: 'https://example.com' })
    ],
    ['a domain that is true', 'COOKIE_DOMAIN_INVALID', 'or false', cookies({ domain: true })],
    [
      'SameSite=None without Secure',
      'COOKIE_SAME_SITE',
      'use an https url',
      insecure({ sameSite: 'none' })
    ],
    [
      'an unknown sameSite',
      'COOKIE_SAME_SITE',
      'must be "lax", "strict" or "none"',
      cookies({ sameSite: 'Lax' })
    ],
    [
      'partitioned without Secure',
      'COOKIE_PARTITIONED',
      'needs "cookie.secure"',
      insecure({ partitioned: true })
    ],
    ['Secure for http', 'COOKIE_SECURE', 'use an https url', insecure({ secure: true })],
    [
      'Secure for http at a name that looks like an address',
      'COOKIE_SECURE',
      'use an https url',
      () => ({ cdn: media({ url: 'http://127.example.com' }), cookie: { ...plain, secure: true } })
    ],
    [
      'secure that is text',
      'OPTION_INVALID',
      '"cookie.secure" must be true or false',
      cookies({ secure: 'false' })
    ],
    [
      'httpOnly that is a number',
      'OPTION_INVALID',
      '"cookie.httpOnly" must be true or false',
      cookies({ httpOnly: 0 })
    ],
    ['an unknown lifetime', 'OPTION_INVALID', '"ttl" or "session"', cookies({ lifetime: '1h' })]
  ],
  times: [
    ['a ttl under 5 s', 'TTL_TOO_SHORT', '10 minutes is a good start', option({ ttl: 4 })],
    [
      'a ttl in milliseconds',
      'DURATION_MILLISECONDS',
      'durations are seconds',
      option({ ttl: 600_000 })
    ],
    ['a ttl that cookies can\'t have', 'OPTION_INVALID', 'at most 400d', option({ ttl: '401d' })],
    [
      'a ttl with an unknown unit',
      'DURATION_INVALID',
      '("90s", "10m", "1h", "7d")',
      option({ ttl: '10 min' })
    ],
    ['a ttl that is a fraction', 'DURATION_INVALID', 'whole seconds', option({ ttl: 90.5 })],
    ['a ttl that is null', 'DURATION_INVALID', '"ttl" must be a duration', option({ ttl: null })],
    [
      'refreshBefore as long as ttl',
      'REFRESH_BEFORE_TOO_LONG',
      'leave it out for a quarter of ttl',
      option({ ttl: '10m', refreshBefore: '10m' })
    ],
    [
      'refreshBefore of nothing',
      'OPTION_INVALID',
      'at least 1 second',
      option({ refreshBefore: 0 })
    ],
    [
      'refreshBefore in milliseconds',
      'DURATION_MILLISECONDS',
      '"refreshBefore" is a bare number over 86400',
      option({ refreshBefore: 120_000 })
    ],
    [
      'an expiryStep of nothing',
      'EXPIRY_STEP_INVALID',
      'leave it out for a twentieth of ttl',
      option({ expiryStep: 0 })
    ],
    [
      'an expiryStep over a quarter of ttl',
      'EXPIRY_STEP_INVALID',
      'at most a quarter of ttl',
      option({ ttl: 100, expiryStep: 26 })
    ]
  ],
  paths: [
    ['no path', 'OPTION_INVALID', 'an array of at least one path', option({ paths: [] })],
    [
      'a path outside of an array',
      'OPTION_INVALID',
      'an array of at least one path',
      option({ paths: '/*' })
    ],
    [
      'a path that is a number',
      'OPTION_INVALID',
      'strings, what cdnPath makes, or { path, cdn }',
      option({ paths: [1] })
    ],
    [
      'a hole among the paths',
      'OPTION_INVALID',
      'strings, what cdnPath makes, or { path, cdn }',
      option({ paths: Array(2) })
    ],
    [
      'a misspelt field beside a path',
      'OPTION_INVALID',
      '{ path, cdn }',
      option({ paths: [{ path: '/a/*', cnd: 'cloudfront' }] })
    ],
    ['a wildcard inside a path', 'PATH_INVALID', 'use cdnPath.glob', option({ paths: ['/*/a'] })],
    [
      'a path without a slash',
      'PATH_INVALID',
      'must start with a slash',
      option({ paths: ['a/*'] })
    ],
    [
      'an unknown CDN',
      'CDN_UNKNOWN',
      'the names are cloudfront',
      option({ paths: [{ path: '/*', cdn: 'akamai' }] })
    ],
    [
      'a CDN that is no name',
      'CDN_UNKNOWN',
      'the names are cloudfront',
      option({ paths: [{ path: '/*', cdn: 1n }] })
    ],
    [
      'paths that overlap',
      'PATH_OVERLAP',
      'Grant the wider one alone',
      () => ({ paths: ['/*', cdnPath`/a/*`] })
    ],
    [
      'a wildcard in a canned policy',
      'PATH_UNSUPPORTED',
      'Leave "policy" out',
      () => ({ cdn: media({ policy: 'canned' }), paths: ['/a/*'] })
    ],
    [
      'a path that no cookie holds',
      'COOKIE_PATH_INVALID',
      'grant a shorter prefix',
      option({ paths: [`/${'a'.repeat(1000)}/*`] })
    ]
  ],
  environment: [
    [
      'env that is true',
      'OPTION_INVALID',
      'false or an object with prefix, dotenv, data',
      option({ env: true })
    ],
    [
      'env that is an array',
      'OPTION_INVALID',
      'false or an object with prefix, dotenv, data',
      option({ env: [] })
    ],
    [
      'env that is null',
      'OPTION_INVALID',
      'false or an object with prefix, dotenv, data',
      option({ env: null })
    ],
    [
      'an unknown field of env',
      'OPTION_UNKNOWN',
      'it takes prefix, dotenv, data',
      option({ env: { file: '.env' } })
    ],
    [
      'a prefix in lower case',
      'OPTION_INVALID',
      'upper-case letters',
      option({ env: { prefix: 'media_' } })
    ],
    [
      'dotenv that is text',
      'OPTION_INVALID',
      'true, false or { path }',
      option({ env: { dotenv: '.env' } })
    ],
    [
      'dotenv with an unknown field',
      'OPTION_UNKNOWN',
      'it takes path',
      option({ env: { dotenv: { file: '.env' } } })
    ],
    [
      'data that is text',
      'OPTION_INVALID',
      '"env.data" must be an object of strings',
      option({ env: { data: 'CDN_ACCESS_TTL=600' } })
    ],
    [
      'a number among the data',
      'OPTION_INVALID',
      '"env.data" must be an object of strings',
      option({ env: { data: { CDN_ACCESS_TTL: 600 } } })
    ],
    [
      'an unknown CDN',
      'ENV_INVALID',
      'CDN_ACCESS_CDN must be one of cloudfront',
      env({ CDN_ACCESS_CDN: 'CloudFront' })
    ],
    [
      'an unknown sameSite',
      'ENV_INVALID',
      'CDN_ACCESS_COOKIE_SAME_SITE must be one of lax, strict, none',
      env({ ...variables, CDN_ACCESS_COOKIE_SAME_SITE: 'Lax' })
    ],
    [
      'a duration that is none',
      'ENV_INVALID',
      'CDN_ACCESS_TTL must be',
      env({ ...variables, CDN_ACCESS_TTL: 'soon' })
    ],
    [
      'a CDN without its url',
      'ENV_INVALID',
      'CDN_ACCESS_URL is missing beside CDN_ACCESS_CDN',
      env({ CDN_ACCESS_CDN: 'cloudfront' })
    ],
    [
      'a key and a key file',
      'ENV_INVALID',
      'give CDN_ACCESS_PRIVATE_KEY or CDN_ACCESS_PRIVATE_KEY_FILE, not both',
      env({ ...variables, CDN_ACCESS_PRIVATE_KEY: key, CDN_ACCESS_PRIVATE_KEY_FILE: 'key.pem' })
    ],
    [
      'a key file that is not there',
      'ENV_INVALID',
      'CDN_ACCESS_PRIVATE_KEY_FILE can\'t be read (ENOENT)',
      env({ ...variables, CDN_ACCESS_PRIVATE_KEY_FILE: '/nowhere/key.pem' })
    ],
    [
      'a CDN without a key',
      'KEY_ENTRY_INVALID',
      'neither "privateKey" nor "publicKey"',
      env(variables)
    ],
    [
      'a path without a slash',
      'PATH_INVALID',
      'must start with a slash',
      env({ CDN_ACCESS_PATHS: '/a/*,' }, { cdn: media() })
    ],
    [
      'a route without a slash',
      'ROUTE_INVALID',
      'a leading slash',
      env({ CDN_ACCESS_ROUTE: 'access' }, { cdn: media() })
    ]
  ]
}

for (const [subject, rows] of Object.entries(wrong)) {
  t.test(`refuses wrong ${subject}`, async (t) => {
    for (const [what, code, remedy, options] of rows) {
      await refuses(t, what, code, remedy, async (app) => {
        await app.register(cdnAccess, working(options()))
      })
    }
  })
}

t.test('refuses what does not fit its server', async (t) => {
  await refuses(
    t,
    'twice in one scope',
    'ALREADY_REGISTERED',
    'give one registration an array of CDNs',
    async (app) => {
      await app.register(cdnAccess, working())
      await app.register(cdnAccess, working({ ...other, name: 'files' }))
    }
  )
  await refuses(
    t,
    'a ticket of another scope',
    'NAME_TAKEN',
    'give this one its own "name"',
    async (app) => {
      await app.register(cdnAccess, working())
      await app.register(async (child) => {
        await child.register(cdnAccess, working(other))
      })
    }
  )
  await refuses(
    t,
    'cookies that overwrite those of another scope',
    'COOKIE_CONFLICT',
    'different values of "cookie.domain"',
    async (app) => {
      await app.register(async (child) => {
        await child.register(cdnAccess, working())
      })
      await app.register(async (child) => {
        await child.register(cdnAccess, working({ name: 'files', route: false }))
      })
    }
  )
  await refuses(
    t,
    'a route that is taken',
    'ROUTE_TAKEN',
    'set "route.url" to another address',
    async (app) => {
      app.get('/cdn-access', async () => '')
      await app.register(cdnAccess, working())
    }
  )
})

t.test('refuses a server without @fastify/cookie, in Fastify\'s words', async (t) => {
  const app = Fastify()
  t.teardown(() => app.close())
  const register = async (): Promise<void> => {
    await app.register(cdnAccess, working())
  }
  await t.rejects(register(), {
    code: 'FST_ERR_PLUGIN_DEPENDENCY_NOT_REGISTERED',
    message: /The dependency '@fastify\/cookie' of plugin 'fastify-cdn-access' is not registered/
  })
})

async function refuses (
  t: Test,
  what: string,
  code: string,
  remedy: string,
  register: (app: FastifyInstance) => Promise<void>
): Promise<void> {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(cookie)
  const error = await register(app).then(() => app.ready()).then(
    () => new Error('it was taken'),
    (thrown: unknown) => thrown as Error
  )
  t.match(error, { code: `CDN_ACCESS_${code}` }, `${what}: ${error.message}`)
  t.ok(error.message.includes(remedy), `${what}: ${error.message}`)
}
