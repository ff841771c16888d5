import t from 'tap'
import { parseNginxKey } from '../../../src/cdn/nginx/key.js'
import { secretIdentity } from '../../../src/keys/secret-key.js'

const secret = 'Zm9yLXRlc3RzLWFsb25lIQ'

t.test('reads a key entry', async (t) => {
  const identity = secretIdentity(Buffer.from(secret))
  t.match(parseNginxKey({ secret, notBefore: 5, notAfter: 9 }, 'nginx'), {
    id: identity.slice(0, 8),
    identity,
    canSign: true,
    notBefore: 5,
    notAfter: 9,
    secret
  })
})

t.test('refuses secrets that can be guessed or that nginx would read otherwise', async (t) => {
  for (
    const bad of [
      '',
      'secret',
      secret.slice(1),
      `${secret}$`,
      `${secret}"`,
      `${secret} a`,
      `${secret}é`,
      `${secret}\\`,
      7,
      undefined
    ]
  ) {
    t.throws(() => parseNginxKey({ secret: bad }, 'nginx'), {
      code: 'CDN_ACCESS_KEY_SECRET_INVALID',
      message: '"secret" must be at least 22 of A-Z a-z 0-9 - _ . ~ + / =: ' +
        '128 random bits in base64url, and nothing that has a meaning in a file of nginx'
    })
  }
  t.throws(() => parseNginxKey({ secret, id: 'a' }, 'nginx'), {
    code: 'CDN_ACCESS_KEY_ENTRY_INVALID'
  })
})
