import t from 'tap'
import { cdnPath } from '../../../src/cdn/cdn-path.js'
import { googleMediaCdn } from '../../../src/cdn/google/media-cdn.js'
import { ask, goKey, outcome } from '../../fixtures/google.js'

const entry = { keyName: 'my-key', privateKey: goKey }
const url = 'https://www.example.com'
const at = (own: string) => googleMediaCdn({ url: own, ...entry })
const cdn = at(url)
const tokens = googleMediaCdn({ url, ...entry, mode: 'token' })
const key = cdn.parseKey(entry)
const expiresAt = 1_549_751_461
const { path } = cdnPath.prefix`/some`

t.test('signs the prefixes without a final slash that Google\'s sample signs', async (t) => {
  t.strictSame(await cdn.sign({ paths: [path], expiresAt }, key), [{
    name: 'Edge-Cache-Cookie',
    value: 'URLPrefix=aHR0cHM6Ly93d3cuZXhhbXBsZS5jb20vc29tZQ:Expires=1549751461:KeyName=my-key:' +
      'Signature=MjRwgGa4vJJ5lkVt1xJSoi-LyMk5x-bf1AmUBr-2XiB6zP4LSqHsmQZoeZA4fVw6C7HCcNqQT1UzGPgGe7bpAQ',
    path: '/'
  }])
  t.equal(
    await at('http://35.186.234.33').signUrl!({ path: '/index.html', query: '' }, {
      paths: [cdnPath.prefix`/index.html`.path],
      expiresAt: 1_558_131_350
    }, key),
    'http://35.186.234.33/index.html?URLPrefix=aHR0cDovLzM1LjE4Ni4yMzQuMzMvaW5kZXguaHRtbA&' +
      'Expires=1558131350&KeyName=my-key&Signature=EabJ40MSKAB1hb7IkiNVowQI3N0cLapjDeGQ2oJUx_1n5' +
      'Blypl31V7auj-KaiGMVMpYCSGxY48G6G-x7G6xNBg'
  )
})

t.test('such a prefix opens every longer name, by signature and by token', async (t) => {
  for (const own of [cdn, tokens]) {
    const [{ name, value } = { name: '', value: '' }] = await own.sign(
      { paths: [path], expiresAt },
      key
    )
    const asked = async (target: string): Promise<string> =>
      outcome(await own.check(ask(target, { cookies: [[name, value]] }), [key]))
    for (const target of ['/some', '/something', '/some/path', '/some.mp4?x=1']) {
      t.equal(await asked(target), 'allowed', target)
    }
    for (const target of ['/som', '/Some', '/x/some', '/']) {
      t.match(await asked(target), /^403 prefix/, target)
    }
  }
})

t.test('is refused by name where it would be something else', async (t) => {
  t.throws(() => tokens.plan({ paths: ['/other/*', path], expiresAt }), {
    code: 'CDN_ACCESS_PATH_UNSUPPORTED',
    message: /can't hold the path "\/some\*": what cdnPath\.prefix makes fits a token alone/
  })
  const inPath = googleMediaCdn({ url, ...entry, urlStyle: 'path' })
  await t.rejects(
    inPath.signUrl!({ path: '/some/a', query: '' }, { paths: [path], expiresAt }, key),
    {
      code: 'CDN_ACCESS_SIGNED_URL_UNSUPPORTED',
      message: /a signature in the path opens the folder before it/
    }
  )
})
