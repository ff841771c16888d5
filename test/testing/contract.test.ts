import t from 'tap'
import { registry } from '../../src/cdn/registry.js'
import type { Cdn } from '../../src/cdn/cdn.js'
import { testCdn, type TestCdnOptions } from '../../src/testing/test-cdn.js'
import { ecPkcs8, ed25519, otherEc, rsaPkcs8 } from '../fixtures/keys.js'

const url = 'https://media.example.com'
const secret = (byte: number, length = 32): Buffer => Buffer.alloc(length, byte)
const otherEd25519 = {
  kty: 'OKP',
  crv: 'Ed25519',
  d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
  x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo'
}

const folders = [{ paths: ['/courses/42/*'] }, { paths: ['/courses/43/*'] }]
const several = [...folders, { paths: ['/a/*', '/b/c/*'] }]
const bound = { notBefore: 1_799_999_000, ip: '203.0.113.7' }

interface Case extends TestCdnOptions {
  readonly options: Record<string, unknown>
}

/** By name in the registry: what each is made of, and what it must hold. */
const cases: Record<string, Record<string, Case>> = {
  cloudfront: {
    'EC, custom': {
      options: {
        keys: [{ keyPairId: 'K1', privateKey: ecPkcs8 }, { keyPairId: 'K2', privateKey: otherEc }]
      },
      grants: [
        ...several,
        { paths: ['/courses/42/*'], ...bound },
        { paths: ['/a.mp4', '/img/*.png'] }
      ]
    },
    'several hosts': {
      options: { keyPairId: 'K1', privateKey: ecPkcs8, host: 'https://*.example.com' },
      grants: [{ paths: ['/courses/42/*'] }, { paths: ['/a.mp4', '/img/*.png'] }]
    },
    'RSA, canned': {
      options: { keyPairId: 'K1', privateKey: rsaPkcs8, policy: 'canned' },
      grants: [{ paths: ['/courses/42/a.mp4'] }, { paths: ['/courses/42/b.mp4', '/courses/c'] }]
    }
  },
  'google-cloud-cdn': {
    'as it is': {
      options: {
        keys: [1, 2].map((byte) => ({
          keyName: `key-${byte}`,
          key: secret(byte, 16).toString('base64url')
        }))
      },
      grants: [...several, { paths: ['/*'] }],
      unsigned: 'passes'
    },
    'behind an origin that refuses': {
      options: {
        keyName: 'key-1',
        key: secret(1, 16).toString('base64url'),
        requireSignature: true
      },
      grants: folders
    }
  },
  'google-media-cdn': {
    signatures: {
      options: {
        keys: [{ keyName: 'set-1', privateKey: ed25519 }, {
          keyName: 'set-2',
          privateKey: otherEd25519
        }]
      },
      grants: several
    },
    'signatures in a path': {
      options: { keyName: 'set-1', privateKey: ed25519, urlStyle: 'path' },
      grants: folders
    },
    tokens: {
      options: {
        mode: 'token',
        keys: [{ keyName: 'set-1', privateKey: ed25519 }, {
          keyName: 'set-2',
          sharedKey: secret(3).toString('base64url')
        }]
      },
      grants: [
        ...several,
        { paths: ['/courses/42/*'], ...bound, claims: { sessionId: 'session-1', data: 'x' } },
        { paths: ['/courses/42/a.mp4'] }
      ]
    },
    'tokens of a shared key': {
      options: { mode: 'token', keyName: 'set-1', sharedKey: secret(3).toString('base64url') },
      grants: folders
    }
  },
  akamai: {
    'as it is': {
      options: { keys: [1, 2].map((byte) => ({ key: secret(byte).toString('hex') })) },
      grants: [
        ...several,
        { paths: ['/courses/42/*'], ...bound, claims: { id: 'viewer 1', data: 'a~b' } },
        { paths: ['/img/*.png', '/video/a-?.mp4'] }
      ]
    },
    'tokens for one URL': {
      options: { key: secret(1).toString('hex'), urlTokens: true },
      grants: [...folders, { paths: ['/courses/42/a.mp4'] }]
    },
    'MD5 with a salt': {
      options: { key: secret(1).toString('hex'), algorithm: 'md5', salt: 'salt' },
      grants: folders
    }
  },
  'uri-signing': {
    ES256: {
      options: {
        issuer: 'example',
        keys: [{ key: ecPkcs8, kid: 'a' }, { key: otherEc, kid: 'b' }]
      },
      grants: [
        ...several,
        { paths: ['/courses/42/*'], notBefore: bound.notBefore, claims: { tenant: 'a' } },
        { paths: ['/img/*.png', '/video/a-?.mp4'] }
      ]
    },
    'HS256, without ids': {
      options: {
        issuer: 'example',
        keys: [1, 2].map((byte) => ({
          key: { kty: 'oct', k: secret(byte).toString('base64url') }
        }))
      },
      grants: folders
    },
    'a plain JWT': {
      options: { issuer: 'example', audience: 'media', verifier: 'jwt', key: ed25519 },
      grants: [{ paths: ['/*'], claims: { sub: 'viewer-1' } }]
    }
  },
  'common-access-token': {
    HS256: {
      options: {
        issuer: 'example',
        keys: [1, 2].map((byte) => ({
          kid: `key-${byte}`,
          key: secret(byte).toString('base64url')
        }))
      },
      grants: [
        ...several,
        { paths: ['/courses/42/*'], notBefore: bound.notBefore },
        { paths: ['/courses/42/a.mp4', '/img/a*'] }
      ]
    },
    'ES256 and PS256': {
      options: {
        issuer: 'example',
        keys: [{ key: ecPkcs8, kid: 'a' }, { key: rsaPkcs8, kid: 'b' }]
      },
      grants: folders
    },
    PS256: { options: { issuer: 'example', kid: 'b', key: rsaPkcs8 }, grants: folders }
  },
  nginx: {
    'one folder': {
      options: {
        scope: '/v/:id/',
        keys: [1, 2].map((byte) => ({ secret: secret(byte).toString('base64url') }))
      },
      grants: [{ paths: ['/v/1/*'] }, { paths: ['/v/2/*', '/v/3/*'] }]
    },
    'a name in a folder, and links': {
      options: {
        scope: '/hls/:name*',
        links: true,
        secret: secret(1).toString('base64url')
      },
      grants: [{ paths: ['/hls/ab*'] }, { paths: ['/hls/cd*'] }]
    },
    'links, with the address': {
      options: { scope: '/v/:id/', ip: true, links: true, secret: secret(1).toString('base64url') },
      grants: [{ paths: ['/v/1/*'], ip: '203.0.113.7' }]
    },
    'the whole site': {
      options: { scope: '/', secret: secret(1).toString('base64url') },
      grants: [{ paths: ['/*'] }]
    },
    'with the address': {
      options: { scope: '/v/:id/', ip: true, secret: secret(1).toString('base64url') },
      grants: [{ paths: ['/v/1/*'], ip: '203.0.113.7' }]
    }
  }
}

t.test('each CDN of the registry has samples', async (t) => {
  t.same(Object.keys(cases), registry.map(({ name }) => name))
})

for (const { name, factory } of registry) {
  for (const [kind, { options, ...samples }] of Object.entries(cases[name] ?? {})) {
    t.test(`keeps the contract: ${name}, ${kind}`, async (t) => {
      const cdn: Cdn = factory({ url, ...options } as never)
      await t.resolves(testCdn(cdn, samples))
    })
  }
}
