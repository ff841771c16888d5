import t from 'tap'
import { captureFromJar, isCookieJar, readCookieJar } from '../../src/cli/cookie-jar.js'

const line = (...fields: unknown[]): string => fields.join('\t')
const text = [
  '# Netscape HTTP Cookie File',
  '',
  line('.example.com', 'TRUE', '/', 'TRUE', 0, 'wide', 'w'),
  line('#HttpOnly_media.example.com', 'FALSE', '/v/1/', 'FALSE', 2000, 'narrow', 'n'),
  line('media.example.com', 'FALSE', '/', 'FALSE', 900, 'old', 'o'),
  line('other.example.com', 'FALSE', '/', 'FALSE', 0, 'other', 'x'),
  line('h', 'MAYBE', '/', 'PERHAPS', 0, 'odd', 'x'),
  'no line of a jar'
].join('\r\n')

t.test('knows a jar by its head or by its lines', async (t) => {
  t.ok(isCookieJar(text))
  t.ok(isCookieJar('# HTTP Cookie File\n'))
  t.ok(isCookieJar(text.split('\r\n')[2]!))
  t.notOk(isCookieJar('Cookie: a=b'))
})

t.test('sends what a browser would, longer paths first, and says why not the rest', async (t) => {
  const jar = readCookieJar(text)
  t.equal(jar.length, 4)
  t.same(captureFromJar(jar, 'https://media.example.com/v/1/a', 1000), {
    method: 'GET',
    url: 'https://media.example.com/v/1/a',
    cookies: 'narrow=n; wide=w',
    left: [
      { name: 'old', why: 'it ended 100 s ago' },
      { name: 'other', why: 'its Domain is other.example.com, and the host media.example.com' }
    ]
  })
  const { cookies, left } = captureFromJar(jar, 'http://media.example.com/v/2/a', 1000)
  t.equal(cookies, undefined)
  t.same(left?.slice(0, 2), [
    { name: 'wide', why: 'it is Secure, and the address is http' },
    { name: 'narrow', why: 'its Path is /v/1/' }
  ])
  t.match(captureFromJar(jar, 'https://example.org/', 0).left?.[0]?.why, /Domain is example\.com/)
})
