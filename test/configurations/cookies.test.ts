import t from 'tap'
import { refuses, refusesCdn } from '../fixtures/refusals.js'
import { media } from '../fixtures/server.js'

const domain = 'example.com'
const http = media({ url: 'http://media.example.com' })

t.test('refuses a wrong cookie option', async (t) => {
  await refuses(t, 'OPTION_INVALID', 'an object such as { domain: "example.com" }', {
    'a cookie option that is text': { cookie: 'example.com' },
    'a cookie option that is an array': { cookie: [] }
  })
  await refuses(t, 'OPTION_UNKNOWN', 'it takes domain, sameSite', {
    'an unknown cookie option': { cookie: { domain, path: '/' } }
  })
  await refusesCdn(t, 'OPTION_UNKNOWN', 'cookie of "cloudfront" has no option "maxAge"', {
    'an unknown cookie option of a CDN': { cookie: { maxAge: 1 } }
  })
  await refuses(t, 'OPTION_INVALID', '"cookie.secure" must be true or false', {
    'secure that is text': { cookie: { domain, secure: 'false' } }
  })
  await refuses(t, 'OPTION_INVALID', '"cookie.httpOnly" must be true or false', {
    'httpOnly that is a number': { cookie: { domain, httpOnly: 0 } }
  })
  await refuses(t, 'OPTION_INVALID', '"ttl" or "session"', {
    'an unknown lifetime': { cookie: { domain, lifetime: '1h' } }
  })
  await refuses(t, 'COOKIE_SAME_SITE', 'must be "lax", "strict" or "none"', {
    'an unknown sameSite': { cookie: { domain, sameSite: 'Lax' } }
  })
})

t.test('refuses a wrong cookie domain', async (t) => {
  await refuses(
    t,
    'COOKIE_DOMAIN_MISSING',
    'or false for a cookie of the API\'s own host alone',
    { 'no cookie option': { cookie: undefined } }
  )
  await refuses(t, 'COOKIE_DOMAIN_MISSING', 'name the parent domain', {
    'no cookie domain': { cookie: { domain: undefined } }
  })
  await refuses(t, 'COOKIE_DOMAIN_MISMATCH', 'Use a parent domain of both', {
    'a domain beside the CDN': { cookie: { domain: 'example.org' } },
    'a domain that only ends alike': { cookie: { domain: 'a.example.com' } }
  })
  await refuses(t, 'COOKIE_DOMAIN_PUBLIC', 'Put the CDN behind a name under your own domain', {
    'a public suffix of a vendor': {
      cdn: media({ url: 'https://d111.cloudfront.net' }),
      cookie: { domain: 'cloudfront.net' }
    }
  })
  await refuses(t, 'COOKIE_DOMAIN_PUBLIC', 'under your own domain', {
    'a public suffix of a registry': {
      cdn: media({ url: 'https://media.co.uk' }),
      cookie: { domain: 'co.uk' }
    }
  })
  await refuses(t, 'COOKIE_DOMAIN_INVALID', 'its punycode form, "xn--bcher-kva.example"', {
    'an international name': { cookie: { domain: 'bücher.example' } },
    'an international name with a dot before it': { cookie: { domain: '.Bücher.example' } }
  })
  await refuses(t, 'COOKIE_DOMAIN_INVALID', 'writes no underscore into a Domain', {
    'a domain with an underscore': { cookie: { domain: 'my_site.example.com' } }
  })
  await refuses(t, 'COOKIE_DOMAIN_INVALID', 'takes false', {
    'a label that is too long': { cookie: { domain: `${'a'.repeat(64)}.example.com` } },
    'characters of no domain': { cookie: { domain: 'exämple..com ü' } }
  })
  await refuses(t, 'COOKIE_DOMAIN_INVALID', 'takes false', {
    'a domain that is an address': {
      cdn: media({ url: 'https://127.0.0.1:8443' }),
      cookie: { domain: '127.0.0.1' }
    },
    'a domain of one label': {
      cdn: media({ url: 'http://localhost:8080' }),
      cookie: { domain: 'localhost' }
    }
  })
  await refuses(t, 'COOKIE_DOMAIN_INVALID', 'without scheme, port or path', {
    'a domain with a scheme': { cookie: { domain: 'https://example.com' } }
  })
  await refuses(t, 'COOKIE_DOMAIN_INVALID', 'or false', {
    'a domain that is true': { cookie: { domain: true } }
  })
})

t.test('refuses cookies that need https where the url is http', async (t) => {
  await refuses(t, 'COOKIE_SAME_SITE', 'use an https url', {
    'SameSite=None without Secure': { cdn: http, cookie: { domain, sameSite: 'none' } }
  })
  await refuses(t, 'COOKIE_PARTITIONED', 'needs "cookie.secure"', {
    'partitioned without Secure': { cdn: http, cookie: { domain, partitioned: true } }
  })
  await refuses(t, 'COOKIE_SECURE', 'use an https url', {
    'Secure for http': { cdn: http, cookie: { domain, secure: true } },
    'Secure for http at a name that looks like an address': {
      cdn: media({ url: 'http://127.example.com' }),
      cookie: { domain, secure: true }
    }
  })
})
