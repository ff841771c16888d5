import t from 'tap'
import { oneOf } from '../../../src/input/fields.js'
import {
  checkFactoryOptions,
  type CheckedFactoryOptions
} from '../../../src/cdn/format/factory-options.js'

const url = 'https://media.example.com'
const check = (options: unknown): CheckedFactoryOptions =>
  checkFactoryOptions(options as object, {
    name: 'sample',
    entry: ['id', 'secret'],
    own: { mode: oneOf('x', 'y') }
  })

t.test('the shorthand fields make one key entry', async (t) => {
  t.strictSame(check({ url, id: '1', secret: 's', mode: 'x' }), {
    name: 'sample',
    url,
    keys: [{ id: '1', secret: 's' }]
  })
  t.strictSame(check({ url, id: '1', secret: undefined }).keys, [{ id: '1' }])
  t.strictSame(check({ url }).keys, [])
  t.strictSame(check({ url, id: undefined }).keys, [])
})

t.test('keys and cookie are handed on as they are', async (t) => {
  const keys = { load: () => [] }
  const cookie = { domain: false } as const
  const checked = check({ url, name: 'second_one-2', keys, cookie })
  t.equal(checked.keys, keys)
  t.equal(checked.cookie, cookie)
  t.equal(checked.name, 'second_one-2')
  t.notOk('cookie' in check({ url }))
})

t.test('keys and their shorthand exclude each other', async (t) => {
  t.throws(() => check({ url, keys: [], id: '1' }), {
    code: 'CDN_ACCESS_OPTION_INVALID',
    message:
      'Option "keys" must be left out beside id, secret, which are the shorthand of one entry'
  })
  t.strictSame(check({ url, keys: [], id: undefined }).keys, [])
})

t.test('what no factory reads is refused by name', async (t) => {
  t.throws(() => check({ url, keyPairID: 'K' }), {
    code: 'CDN_ACCESS_OPTION_UNKNOWN',
    message: 'sample has no option "keyPairID": it takes url, name, keys, cookie, id, secret, mode'
  })
})

t.test('an option of the format is held against its rule', async (t) => {
  t.throws(() => check({ url, mode: 'z' }), {
    code: 'CDN_ACCESS_OPTION_INVALID',
    message: 'Option "mode" must be "x" or "y"'
  })
})

t.test('the options must be an object', async (t) => {
  for (const options of [undefined, null, 'https://x', 7, [url]]) {
    t.throws(() => check(options), {
      code: 'CDN_ACCESS_OPTION_INVALID',
      message: 'Option "sample" must be called with an object'
    })
  }
})

t.test('a name must fit into a cookie\'s name', async (t) => {
  for (const name of ['', 'a b', 'a;b', 'ü', 'a'.repeat(65), 7, null]) {
    t.throws(() => check({ url, name }), {
      code: 'CDN_ACCESS_NAME_INVALID',
      message: 'Option "name" must be 1 to 64 of A-Z a-z 0-9 _ -'
    }, String(name))
  }
  t.equal(check({ url, name: 'a'.repeat(64) }).name, 'a'.repeat(64))
})

t.test('a url is a scheme, a host and a port', async (t) => {
  for (
    const [given, origin] of [
      ['https://media.example.com', url],
      ['https://media.example.com/', url],
      ['https://media.example.com:443', url],
      ['HTTPS://Media.Example.COM', url],
      ['https://media.example.com:8443', 'https://media.example.com:8443'],
      ['http://localhost:3000', 'http://localhost:3000'],
      ['http://127.0.0.1:3000', 'http://127.0.0.1:3000'],
      ['http://[::1]:3000/', 'http://[::1]:3000'],
      ['https://bücher.example', 'https://xn--bcher-kva.example'],
      ['https://a_b.example', 'https://a_b.example']
    ] as const
  ) t.equal(check({ url: given }).url, origin, given)
})

t.test('a url with more or less is refused with the rule and without its text', async (t) => {
  for (
    const [given, rule] of [
      [undefined, 'it is not a string'],
      [7, 'it is not a string'],
      [new URL(url), 'it is not a string'],
      ['', 'it is no URL'],
      ['media.example.com', 'it is no URL'],
      ['https://', 'it is no URL'],
      ['//media.example.com', 'it is no URL'],
      ['https://a b.example', 'it is no URL'],
      ['ftp://media.example.com', 'its scheme must be https or http'],
      ['*://media.example.com', 'it is no URL'],
      ['javascript:alert(1)', 'its scheme must be https or http'],
      ['https://secretuser@media.example.com', 'it has a user name or a password'],
      ['https://:secretword@media.example.com', 'it has a user name or a password'],
      ['https://@media.example.com', 'it has a user name or a password'],
      [`${url}/a`, 'it has a path, which belongs in the granted paths'],
      [`${url}//`, 'it has a path, which belongs in the granted paths'],
      [`${url}/a/..`, 'it has a path, which belongs in the granted paths'],
      [`${url}/.`, 'it has a path, which belongs in the granted paths'],
      [`${url}/%2e`, 'it has a path, which belongs in the granted paths'],
      ['https:media.example.com', 'it has a path, which belongs in the granted paths'],
      [`${url}?`, 'it has a query or a fragment'],
      [`${url}/?a=1`, 'it has a query or a fragment'],
      [`${url}#`, 'it has a query or a fragment'],
      [` ${url}`, 'it holds a space or a backslash'],
      [`${url}\n`, 'it holds a space or a backslash'],
      ['https://media.exa\tmple.com', 'it holds a space or a backslash'],
      ['https:\\\\media.example.com', 'it holds a space or a backslash'],
      ['https://*.example.com', 'its host is no host name'],
      ['https://a;b.example', 'its host is no host name'],
      ['https://a"b.example', 'its host is no host name'],
      ['https://a\'b.example', 'its host is no host name'],
      ['https://a,b.example', 'its host is no host name']
    ] as Array<[unknown, string]>
  ) {
    t.throws(() => check({ url: given }), {
      code: 'CDN_ACCESS_URL_INVALID',
      message: 'Option "url" of sample must be a scheme, a host and a port alone, ' +
        `such as https://media.example.com: ${rule}`
    }, String(given))
  }
})
