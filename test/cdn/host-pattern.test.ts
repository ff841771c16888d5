import t from 'tap'
import {
  answersAt,
  answersAtHost,
  hostSpan,
  originOf,
  readHostPattern
} from '../../src/cdn/host-pattern.js'

const url = 'https://media.example.com'
const read = (host: unknown, own = url): string =>
  readHostPattern(host, { name: 'video', url: own })

t.test('takes a scheme or both, and one star in the first label', async (t) => {
  for (
    const host of [
      'https://*.example.com',
      'http*://*.example.com',
      'https://media*.example.com',
      'https://m*a.example.com',
      'http*://media.example.com',
      'https://media.example.com'
    ]
  ) t.equal(read(host), host)
  t.equal(read('HTTPS://*.Example.COM'), 'https://*.example.com', 'in lower case')
  t.equal(read('http://*.example.com', 'http://media.example.com'), 'http://*.example.com')
  t.equal(read('http*://127.0.0.1:81', 'http://127.0.0.1:81'), 'http*://127.0.0.1:81')
  t.equal(read('http*://[::1]:81', 'http://[::1]:81'), 'http*://[::1]:81')
  t.equal(
    read('https://*.b.example.co.uk', 'https://a.b.example.co.uk'),
    'https://*.b.example.co.uk'
  )
})

t.test('refuses everything else, with the reason', async (t) => {
  const cases: Array<[host: unknown, reason: RegExp, own?: string]> = [
    [['https://a.example.com', 'https://b.example.com'], /one pattern and no list: .*one policy/],
    [7, /must be a pattern such as/],
    ['', /must be a scheme, a host and perhaps a port/],
    ['*.example.com', /must be a scheme, a host/],
    ['https://*.example.com/', /must be a scheme, a host/],
    ['https://*.example.com/a/*', /must be a scheme, a host/],
    ['https://a@*.example.com', /may hold one "\*"|must end in a domain|must cover/],
    ['https://*.example.com:', /must be a scheme, a host/],
    ['*://*.example.com', /must begin with https:\/\/, http:\/\/ or http\*:\/\//],
    ['http?://*.example.com', /must begin with/],
    ['https*://*.example.com', /must begin with/],
    ['ftp://*.example.com', /must begin with/],
    ['https://*', /must end in a domain name/],
    ['https://*.com', /too wide: "\*\.com" covers hosts of others/],
    ['https://*example.com', /too wide/],
    ['https://media*', /must end in a domain name/],
    ['https://*.*.com', /one "\*", in the first label/],
    ['https://**.example.com', /one "\*"/],
    ['https://a*b*.example.com', /one "\*"/],
    ['https://media.*.com', /in the first label/],
    ['https://media.example.*', /in the first label/],
    ['https://media.exam*.com', /in the first label/],
    ['https://?edia.example.com', /no "\?": write a "\*"/],
    ['https://*.168.0.1', /must end in a domain name/, 'https://192.168.0.1'],
    ['https://*.example.com.', /must end in a domain name/],
    ['https://*..example.com', /must end in a domain name/],
    ['https://*.ex ample.com', /must end in a domain name/],
    ['https://*.b\u00fccher.example', /punycode form, such as "xn--bcher-kva.example"/],
    ['https://*.\ufffd\ud800.example', /in its punycode form$/],
    ['https://*.example.org', /must cover the CDN's own url, https:\/\/media\.example\.com/],
    ['http://*.example.com', /must cover/],
    ['https://media.example.org', /must cover/],
    ['https://*.media.example.com', /must cover/],
    ['https://media*.example.com', /must cover/, 'https://img.example.com'],
    ['https://*.example.com:8443', /with the same port/],
    ['https://*.example.com:443', /with the same port/],
    ['https://*.example.com', /with the same port/, 'https://media.example.com:8443']
  ]
  for (const [host, message, own] of cases) {
    t.throws(() => read(host, own), { code: 'CDN_ACCESS_HOST_INVALID', message }, String(host))
    t.throws(() => read(host, own), { message: /^Option "host" of video / })
  }
})

t.test('a pattern covers what ends alike, of its scheme and port, and nothing else', async (t) => {
  const host = 'https://*.example.com'
  const covered = ['https://a.example.com', 'https://a.b.example.com', 'https://-_.example.com']
  const not = [
    'https://example.com',
    'https://.example.com',
    'https://badexample.com',
    'https://a.example.com.',
    'https://a.example.org',
    'https://a.example.com.evil.org',
    'https://evil.org/.example.com',
    'https://evil.org?.example.com',
    'https://evil.org#.example.com',
    'https://evil.org\\.example.com',
    'https://evil.org:443.example.com',
    'https://a@b.example.com',
    'https://a b.example.com',
    'https://A.example.com',
    'http://a.example.com',
    'https://a.example.com:8443',
    'https://a.example.com:443',
    ''
  ]
  for (const origin of covered) t.equal(answersAt({ url, host }, origin), true, origin)
  for (const origin of not) t.equal(answersAt({ url, host }, origin), false, origin)
  const both = { url, host: 'http*://m-*.example.com' }
  t.equal(answersAt(both, 'http://m-1.example.com'), true)
  t.equal(answersAt(both, 'https://m-1.example.com'), true)
  t.equal(answersAt(both, 'httpx://m-1.example.com'), false)
  t.equal(answersAt(both, 'https://m-.example.com'), true, 'a star may take nothing')
  const twice = { url: 'https://a.a.a.example.com', host: 'https://a*a.a.example.com' }
  t.equal(answersAt(twice, 'https://a.a.example.com'), false, 'and no character twice')
  t.equal(answersAt({ url }, url), true)
  t.equal(answersAt({ url }, 'https://a.example.com'), false)
})

t.test('knows the hosts whatever the scheme, and what they have in common', async (t) => {
  const wide = { url, host: 'https://m*.example.com' }
  t.equal(answersAtHost(wide, 'm1.example.com'), true)
  t.equal(answersAtHost(wide, 'example.com'), false)
  t.equal(answersAtHost({ url: `${url}:81` }, 'media.example.com'), true)
  t.equal(answersAtHost({ url }, 'm1.example.com'), false)
  t.same(hostSpan(wide), { domain: 'example.com', below: true, written: 'm*.example.com' })
  const one = { domain: 'media.example.com', below: false, written: 'media.example.com' }
  t.same(hostSpan({ url }), one)
  t.same(hostSpan({ url, host: 'http*://media.example.com' }), one)
})

t.test('writes an origin in its one form, and what is none as it came', async (t) => {
  t.equal(originOf('https', 'A.Example.com:443'), 'https://a.example.com')
  t.equal(originOf('http', 'a.example.com:8080'), 'http://a.example.com:8080')
  t.equal(originOf('http', '[::1]:80'), 'http://[::1]')
  for (
    const odd of ['', 'a.example.com/x', 'a@b.example.com', 'a.example.com:99999', 'a b', 'a:']
  ) {
    const origin = originOf('https', odd)
    t.equal(origin, `https://${odd}`)
    t.equal(answersAt({ url, host: 'https://*.example.com' }, origin), false, odd)
  }
})
