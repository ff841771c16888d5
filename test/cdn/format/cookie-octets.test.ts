import t from 'tap'
import { cookieNameRule, cookieValue } from '../../../src/cdn/format/cookie-octets.js'

t.test('takes exactly the cookie octets in a value', async (t) => {
  const all = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code))
  const octets = all.filter((octet) => {
    try {
      return cookieValue(octet, 'a', 'cdn') === octet
    } catch {
      return false
    }
  })
  t.equal(
    octets.join(''),
    '!#$%&\'()*+-./0123456789:<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~'
  )
})

t.test('refuses a value without telling it', async (t) => {
  t.throws(() => cookieValue('secret;value', 'token', 'media'), {
    code: 'CDN_ACCESS_COOKIE_VALUE_INVALID',
    message:
      'The CDN "media" made a value for the cookie "token" with a character that is not a cookie ' +
      'octet (RFC 6265): a path, a claim or an option holds what this format can\'t'
  })
})

t.test('takes names that browsers keep with a Domain', async (t) => {
  for (const name of ['__token__', 'hdnts', '__Secure-a.b', 'URISigningPackage']) {
    t.ok(cookieNameRule.holds(name), name)
  }
})

t.test('refuses other names', async (t) => {
  for (
    const name of [
      '',
      'a b',
      'a=b',
      'a;b',
      'é',
      '__Host-a',
      '__host-a',
      'a'.repeat(65),
      7,
      undefined
    ]
  ) {
    t.notOk(cookieNameRule.holds(name), String(name))
  }
  t.equal(
    cookieNameRule.words,
    '1 to 64 of A-Z a-z 0-9 _ - . and not begin with __Host-, whose cookies reach one host alone'
  )
})
