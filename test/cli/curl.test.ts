import t from 'tap'
import { isCurl, readCurl } from '../../src/cli/curl.js'

const url = 'https://media.example.com/a.png'

t.test('knows a command', async (t) => {
  for (const text of ['curl x', '  $ curl x', 'curl.exe x']) t.ok(isCurl(text), text)
  for (const text of ['curly x', 'wget x']) t.notOk(isCurl(text), text)
})

t.test('reads what Chromium copies for bash', async (t) => {
  const text = `curl '${url}' \\
  -H 'accept: image/avif' \\
  -H 'cookie: a=1; b=it'\\''s' \\
  -H $'x: \\u0041\\x42\\n\\q' \\
  --compressed`
  t.same(readCurl(text), { method: 'GET', url, cookies: 'a=1; b=it\'s' })
})

t.test('reads what Chromium copies for cmd, and what Firefox copies', async (t) => {
  t.same(readCurl(`curl ^"${url}^" ^\r\n  -b ^"a=1; b=^%^7E^" ^\r\n  -H ^"accept: */*^"`), {
    method: 'GET',
    url,
    cookies: 'a=1; b=%7E'
  })
  t.same(readCurl(`curl "${url}" -X OPTIONS -H "Cookie: a=\\"1\\""`), {
    method: 'OPTIONS',
    url,
    cookies: 'a="1"'
  })
})

t.test('reads other forms of its options', async (t) => {
  t.match(readCurl(`curl -I --cookie=a=1 --url ${url}`), { method: 'HEAD', url, cookies: 'a=1' })
  t.match(readCurl(`curl -ba=1 -A agent --data-raw '{}' ${url} other`), {
    method: 'POST',
    url,
    cookies: 'a=1'
  })
  t.match(readCurl(`$ curl ${url} -o out\\ put`), { method: 'GET', url, cookies: undefined })
  t.match(readCurl(`curl ${url} -H`), { cookies: undefined })
})

t.test('refuses a command without a URL', async (t) => {
  t.throws(() => readCurl('curl -I'), { name: 'UsageError' })
})
