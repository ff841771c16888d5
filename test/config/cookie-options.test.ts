import t from 'tap'
import type { CookieOptions } from '../../src/index.js'
import { checkCookieDomain, loadSuffixes, resolveCookie } from '../../src/config/cookie-options.js'
import type { CookieAttributes } from '../../src/cookies/cookies.js'
import { media } from '../fixtures/server.js'

const domain = 'example.com'
const http = { url: 'http://media.example.com' }

function resolve (
  shared: unknown,
  { url = 'https://media.example.com', cookie }: { url?: string, cookie?: CookieOptions } = {}
): CookieAttributes {
  return resolveCookie(shared, media({ url, ...(cookie === undefined ? {} : { cookie }) }))
}

t.test('decides every attribute', async (t) => {
  t.same(resolve({ domain }), {
    domain,
    sameSite: 'lax',
    secure: true,
    httpOnly: true,
    partitioned: false,
    lifetime: 'ttl'
  })
  const other = { sameSite: 'none', httpOnly: false, partitioned: true, lifetime: 'session' }
  t.same(resolve({ domain: false, ...other }), { domain: undefined, secure: true, ...other })
  t.ok(Object.isFrozen(resolve({ domain })))
})

t.test('takes undefined for what is left out', async (t) => {
  t.match(resolve({ domain, sameSite: undefined, secure: undefined }), {
    sameSite: 'lax',
    secure: true
  })
  t.throws(() => resolve({ domain: undefined }), { code: 'CDN_ACCESS_COOKIE_DOMAIN_MISSING' })
  t.throws(() => resolve(undefined), { code: 'CDN_ACCESS_COOKIE_DOMAIN_MISSING' })
})

t.test('lays a CDN\'s attributes over the plugin\'s, leaf by leaf', async (t) => {
  t.match(resolve({ domain: 'example.org', sameSite: 'strict' }, { cookie: { domain } }), {
    domain,
    sameSite: 'strict'
  })
  t.match(resolve({ domain }, { cookie: { domain: false } }), { domain: undefined })
  t.match(resolve(undefined, { cookie: { domain } }), { domain })
  t.throws(() => resolve({ domain }, { cookie: { lifetime: 'day' as 'ttl' } }), {
    code: 'CDN_ACCESS_OPTION_INVALID',
    message: 'Option "cookie.lifetime" must be "ttl" or "session"'
  })
})

t.test('leaves Secure out for http, and takes it on the machine itself', async (t) => {
  t.match(resolve({ domain }, http), { secure: false })
  const embed = { secure: true, sameSite: 'none', partitioned: true }
  const own = ['localhost:8080', 'cdn.localhost', '127.0.0.1', '127.1.2.3:81', '[::1]:8080']
  for (const url of own.map((host) => `http://${host}`)) {
    t.match(resolve({ domain: false }, { url }), { secure: false }, url)
    t.match(resolve({ domain: false, ...embed }, { url }), embed, url)
  }
  const others = ['127.example.com', 'localhost.example.com', '128.0.0.1', '[::2]']
  for (const url of others.map((host) => `http://${host}`)) {
    t.throws(() => resolve({ domain: false, secure: true }, { url }), {
      code: 'CDN_ACCESS_COOKIE_SECURE',
      message: 'Option "cookie.secure" is true, but the url of "cloudfront" is http, ' +
        'where browsers send no Secure cookie: use an https url'
    }, url)
  }
})

t.test('leaves Secure out for https where it is told to', async (t) => {
  t.match(resolve({ domain, secure: false }), { secure: false })
  t.throws(() => resolve({ domain, secure: false, partitioned: true }), {
    code: 'CDN_ACCESS_COOKIE_PARTITIONED'
  })
  t.throws(() => resolve({ domain, secure: false, sameSite: 'none' }), {
    code: 'CDN_ACCESS_COOKIE_SAME_SITE'
  })
})

t.test('refuses an attribute that is outside of its set', async (t) => {
  t.throws(() => resolve({ domain, sameSite: 'Lax' }), {
    code: 'CDN_ACCESS_COOKIE_SAME_SITE',
    message: 'Option "cookie.sameSite" must be "lax", "strict" or "none"'
  })
  for (const field of ['secure', 'httpOnly', 'partitioned']) {
    t.throws(() => resolve({ domain, [field]: 'true' }), {
      code: 'CDN_ACCESS_OPTION_INVALID',
      message: `Option "cookie.${field}" must be true or false`
    })
  }
  t.throws(() => resolve({ domain, path: '/' }), { code: 'CDN_ACCESS_OPTION_UNKNOWN' })
  for (const cookie of ['example.com', null, [domain]]) {
    t.throws(() => resolve(cookie), {
      code: 'CDN_ACCESS_OPTION_INVALID',
      message: 'Option "cookie" must be an object such as { domain: "example.com" }'
    })
  }
  t.throws(() => resolve({ domain: 'example.org' }), { code: 'CDN_ACCESS_COOKIE_DOMAIN_MISMATCH' })
})

t.test('reads a domain in its one form', async (t) => {
  t.match(resolve({ domain: '.Example.COM' }), { domain })
  t.match(resolve({ domain: 'media.example.com' }), { domain: 'media.example.com' })
  t.match(resolve({ domain: 'xn--bcher-kva.example' }, { url: 'https://bücher.example' }), {
    domain: 'xn--bcher-kva.example'
  })
})

t.test('refuses what is no domain name', async (t) => {
  const refuses = (odd: unknown): void => {
    const code = 'CDN_ACCESS_COOKIE_DOMAIN_INVALID'
    t.throws(() => resolve({ domain: odd }), { code }, JSON.stringify(odd))
  }
  for (const dots of ['', '.', 'com', '..example.com', 'example.com.', 'example..com']) {
    refuses(dots)
  }
  for (const label of ['-a.example', 'a-.example', '*.example', 'exa mple']) {
    refuses(`${label}.com`)
  }
  for (const rest of [':443', '/', '; Path=/', '\r\nx']) refuses(`example.com${rest}`)
  for (const other of ['10.0.0.1', '[::1]', `${'a'.repeat(250)}.com`, null, 1, {}]) refuses(other)
})

t.test('finds the list of public suffixes beside it, and in a bundle that holds it', async (t) => {
  for (const from of [import.meta.url, 'file:///nowhere/bundle.js']) {
    t.equal((await loadSuffixes(from)).getPublicSuffix('media.example.co.uk'), 'co.uk')
  }
})

t.test('refuses a domain on which browsers take no cookie', async (t) => {
  const check = (domain: string | undefined): Promise<void> =>
    checkCookieDomain({ cdn: media(), attributes: { ...resolve({ domain: false }), domain } })
  const vendors = ['cloudfront.net', 'github.io', 'azureedge.net', 's3.amazonaws.com']
  for (const suffix of ['co.uk', ...vendors]) {
    await t.rejects(check(suffix), {
      code: 'CDN_ACCESS_COOKIE_DOMAIN_PUBLIC',
      message: `Option "cookie.domain" is "${suffix}", a public suffix: ` +
        'browsers refuse such cookies. Put the CDN behind a name under your own domain'
    })
  }
  const names = ['example.com', 'd111.cloudfront.net', 'example.co.uk', 'intranet.corp']
  for (const own of [...names, undefined]) await t.resolves(check(own), String(own))
})

t.test('a domain must span every host of a pattern', async (t) => {
  const cdn = media({ host: 'https://*.example.com' })
  t.equal(resolveCookie({ domain }, cdn).domain, 'example.com')
  t.equal(resolveCookie({ domain: false }, cdn).domain, undefined)
  t.throws(() => resolveCookie({ domain: 'media.example.com' }, cdn), {
    code: 'CDN_ACCESS_COOKIE_DOMAIN_MISMATCH',
    message: /does not span the CDN's host "\*\.example\.com"/
  })
})
