import t from 'tap'
import { leakIn, secretsOf } from '../../src/testing/secrets.js'

t.test('gathers what could be key material, in each spelling', async (t) => {
  const text = 'c2VjcmV0LXNlY3JldC1zZWNyZXQ'
  const found = secretsOf([{ key: { k: text, kty: 'oct' }, short: 'K1', size: 7, none: null }])
  for (
    const spelling of [
      text,
      Buffer.from('secret-secret-secret').toString('hex'),
      Buffer.from(text).toString('hex'),
      Buffer.from(text).toString('base64url')
    ]
  ) t.ok(found.includes(spelling), spelling)
  t.notOk(found.includes('oct'))
  t.same(
    secretsOf([[new Uint8Array(32)]]).includes(Buffer.alloc(32).toString('base64url')),
    true,
    'bytes too'
  )
  t.same(secretsOf(['00112233445566778899aabbccddeeff']).includes('ABEiM0RVZneImaq7zN3u_w'), true)
})

t.test('finds a part of a secret in a text, unless it is public', async (t) => {
  const secrets = ['exp=1~hmac=0123456789abcdef0123456789abcdef']
  const leak = (text: string, open = ''): string | undefined =>
    leakIn(text, secrets, (part) => open.includes(part))
  t.equal(leak('It is 0123456789abcdef0123, and more.'), '0123456789abcdef0123')
  t.equal(leak('It is 0123456789abcde.'), undefined, 'too short to tell')
  t.equal(leak('It is 0123456789abcdef0123.', 'key 0123456789abcdef0123'), undefined)
  t.equal(leak('It is something-else-altogether.'), undefined)
})
