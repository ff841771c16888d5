import t from 'tap'
import { generateKeyPairSync } from 'node:crypto'
import { registry } from '../../src/cdn/registry.js'
import { withEnv } from '../../src/config/env.js'
import { cdnAccess, type CdnAccessOptions } from '../../src/index.js'
import { host, privateKey } from '../fixtures/server.js'

const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

async function read (
  t: Parameters<typeof host>[0],
  options: Record<string, unknown>
): Promise<Partial<CdnAccessOptions>> {
  return withEnv(await host(t), options)
}

t.test('makes each CDN that variables can describe', async (t) => {
  const edKey = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString()
  const rows = [
    ['cloudfront', 'K9', pem, { name: 'cloudfront', keys: [{ keyPairId: 'K9' }] }],
    ['google-cloud-cdn', 'key-1', 'nZtRohdNF9m3cKM24IcK4w==', {
      name: 'googleCloudCdn',
      keys: [{ keyName: 'key-1' }]
    }],
    ['google-media-cdn', 'keyset-1', edKey, {
      name: 'googleMediaCdn',
      keys: [{ keyName: 'keyset-1' }]
    }],
    ['akamai', '', '52a152a152a152a152a152a152a1aabb', { name: 'akamai' }],
    [
      'uri-signing',
      'example',
      JSON.stringify({ kty: 'oct', k: 'c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA' }),
      { name: 'uriSigning', format: { issuer: 'example' } }
    ],
    ['common-access-token', 'key-1', 'c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA', {
      name: 'commonAccessToken',
      keys: [{ kid: 'key-1' }],
      format: { issuer: 'example' }
    }],
    ['nginx', '', 'aSecretOf24Characters-12', { name: 'nginx', format: { scope: '/' } }]
  ] as const
  t.same(rows.map(([name]) => name).toSorted(), registry.map(({ name }) => name).toSorted())
  for (const [name, keyId, key, made] of rows) {
    const variables = {
      CDN_ACCESS_CDN: name,
      CDN_ACCESS_URL: 'https://media.example.com',
      CDN_ACCESS_KEY_ID: keyId,
      CDN_ACCESS_PRIVATE_KEY: key,
      CDN_ACCESS_COOKIE_DOMAIN: 'example.com',
      ...(name === 'common-access-token' ? { CDN_ACCESS_ISSUER: 'example' } : {}),
      ...(name === 'nginx' ? { CDN_ACCESS_SCOPE: '/' } : {})
    }
    t.match((await read(t, { env: { data: variables } })).cdn, made, name)
    const app = await host(t)
    await app.register(cdnAccess, { authorize: () => true, env: { data: variables } })
    t.equal((await app.inject('/cdn-access')).statusCode, 200, name)
  }
  await t.rejects(
    read(t, {
      env: { data: { CDN_ACCESS_CDN: 'uri-signing', CDN_ACCESS_URL: 'https://media.example.com' } }
    }),
    { code: 'CDN_ACCESS_OPTION_INVALID' }
  )
})

t.test('refuses a variable that means nothing to the chosen CDN', async (t) => {
  const refusal = async (variables: Record<string, string>): Promise<string> => {
    const all = { CDN_ACCESS_URL: 'https://media.example.com', ...variables }
    return read(t, { env: { data: all } }).then(
      () => 'taken',
      (error: Error & { code: string }) => `${error.code}: ${error.message}`
    )
  }
  t.equal(
    await refusal({ CDN_ACCESS_CDN: 'akamai', CDN_ACCESS_PASSPHRASE: 'open' }),
    'CDN_ACCESS_ENV_INVALID: The environment does not fit: CDN_ACCESS_PASSPHRASE means nothing to ' +
      'the CDN "akamai", which takes CDN_ACCESS_PRIVATE_KEY: leave it out'
  )
  t.equal(
    await refusal({ CDN_ACCESS_CDN: 'cloudfront', CDN_ACCESS_SCOPE: '/v/:id/' }),
    'CDN_ACCESS_ENV_INVALID: The environment does not fit: CDN_ACCESS_SCOPE means nothing to ' +
      'the CDN "cloudfront", which takes CDN_ACCESS_KEY_ID, CDN_ACCESS_PRIVATE_KEY, ' +
      'CDN_ACCESS_PASSPHRASE: leave it out'
  )
  t.match(
    await refusal({ CDN_ACCESS_CDN: 'akamai', CDN_ACCESS_KEY_ID: 'K9' }),
    'CDN_ACCESS_KEY_ID means nothing to the CDN "akamai"'
  )
  t.equal(
    await refusal({
      CDN_ACCESS_CDN: 'akamai',
      CDN_ACCESS_PRIVATE_KEY: '52a152a152a152a152a152a152a1aabb',
      CDN_ACCESS_PASSPHRASE: ''
    }),
    'taken',
    'an empty one is unset'
  )
})

t.test('reads a secret out of a file that ends with a line end', async (t) => {
  const folder = t.testdir({ secret: 'aSecretOf24Characters-12\n' })
  const options = await read(t, {
    env: {
      data: {
        CDN_ACCESS_CDN: 'nginx',
        CDN_ACCESS_URL: 'https://media.example.com',
        CDN_ACCESS_PRIVATE_KEY_FILE: `${folder}/secret`,
        CDN_ACCESS_SCOPE: '/v/:id/'
      }
    }
  })
  t.match(options.cdn, {
    keys: [{ secret: 'aSecretOf24Characters-12' }],
    format: { scope: '/v/:id/' }
  })
})
