import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { KMSClient } from '@aws-sdk/client-kms'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import {
  cdnAccess,
  cloudfront,
  googleCloudCdn,
  googleMediaCdn,
  nginx,
  type Cdn
} from '../../src/index.js'
import { awsKms, awsSecret, directory, remoteSigner } from '../../src/key-ring/keys.js'
import { kmsAnswer, publicKeyAnswer, type KmsKey } from '../fixtures/aws-kms.js'
import { secretAnswer, type Stages, type StoredVersion } from '../fixtures/aws-secret.js'
import { AwsFault, startAws } from '../fixtures/aws.js'
import { ecPkcs8, ed25519, otherEc, rsaPkcs8 } from '../fixtures/keys.js'
import { clock, host, start, working } from '../fixtures/server.js'

const url = 'https://media.example.com'
const ecKey = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    type: 'pkcs8',
    format: 'pem'
  }).toString()

interface Issued {
  readonly cookies: string
  /** The id of the key that signed. */
  readonly signedBy: string | undefined
}

/** What a viewer is given, after the server's own check has taken it. */
async function issue (t: Test, app: FastifyInstance): Promise<Issued> {
  const reply = await app.inject({ method: 'POST', url: '/cdn-access' })
  t.equal(reply.statusCode, 200, reply.body)
  const held = reply.cookies.filter(({ value }) => value !== '')
  const cookies = held.map(({ name, value }) => `${name}=${value}`).join('; ')
  t.ok(await isTaken(app, cookies))
  return { cookies, signedBy: /CloudFront-Key-Pair-Id=(\w+)/.exec(cookies)?.[1] }
}

async function isTaken (app: FastifyInstance, cookies: string): Promise<boolean> {
  const { allowed } = await app.cdnAccess.explain({ url: `${url}/v/1/a.ts`, cookies })
  return allowed
}

t.test('rotates with the versions of a secret, and no restart brings an old key back', async (t) => {
  let now = clock
  const stages: Stages = {}
  const version = (keyPairId: string, createdAt: number): StoredVersion => ({
    id: keyPairId,
    createdAt,
    text: JSON.stringify({ keyPairId, privateKey: ecKey() })
  })
  const aws = await startAws(t, 'secretsmanager', secretAnswer('media', () => stages))
  const client = new SecretsManagerClient(aws.options)
  t.teardown(() => {
    client.destroy()
  })
  const startOne = (): Promise<FastifyInstance> => {
    const keys = awsSecret({ id: 'media', client, every: '1h' })
    return start(t, { cdn: cloudfront({ url, keys }), now: () => now * 1000 })
  }
  const [first, second] = [version('K1', clock - 1), version('K2', clock + 100)]

  stages.AWSCURRENT = first
  const app = await startOne()
  t.equal((await issue(t, app)).signedBy, 'K1', 'the only key signs at once')
  stages.AWSPENDING = second
  now = clock + 100
  await app.cdnAccess.reloadKeys()
  t.equal((await issue(t, app)).signedBy, 'K1', 'AWSPENDING only verifies')

  Object.assign(stages, { AWSCURRENT: second, AWSPREVIOUS: first })
  now = clock + 699
  await app.cdnAccess.reloadKeys()
  const { cookies, signedBy } = await issue(t, app)
  t.equal(signedBy, 'K1', 'AWSPREVIOUS signs until AWSCURRENT has settled')
  t.equal((await issue(t, await startOne())).signedBy, 'K1', 'after a restart as well')

  now = clock + 700
  await app.cdnAccess.reloadKeys()
  t.equal((await issue(t, app)).signedBy, 'K2')
  t.ok(await isTaken(app, cookies), 'what AWSPREVIOUS signed is taken')
  const restarted = await startOne()
  t.equal((await issue(t, restarted)).signedBy, 'K2', 'and it does not sign after a restart')
  t.ok(await isTaken(restarted, cookies))

  stages.AWSCURRENT = new AwsFault('AccessDeniedException')
  await t.rejects(app.cdnAccess.reloadKeys(), {
    code: 'CDN_ACCESS_KEY_LOAD_FAILED',
    message: /AccessDeniedException: allow secretsmanager:GetSecretValue/
  })
  t.equal((await issue(t, app)).signedBy, 'K2', 'the last good ring stays')
})

t.test('follows the swap of a Kubernetes volume', async (t) => {
  const path = t.testdir({})
  let written = 0
  const write = (keys: Readonly<Record<string, string>>): void => {
    const folder = `..${++written}`
    mkdirSync(join(path, folder))
    for (const [name, key] of Object.entries(keys)) writeFileSync(join(path, folder, name), key)
    symlinkSync(folder, join(path, '..data_tmp'))
    renameSync(join(path, '..data_tmp'), join(path, '..data'))
    rmSync(join(path, `..${written - 1}`), { recursive: true, force: true })
  }
  const [one, two] = [ecKey(), ecKey()]
  write({ K1: one })
  let now = clock
  const keys = directory({ path, every: '7d' })
  const app = await start(t, { cdn: cloudfront({ url, keys }), now: () => now * 1000 })
  const ids = (): string[] => app.cdnAccess.keys()[0]!.keys.map(({ id }) => id)
  const seen = async (expected: string[]): Promise<void> => {
    while (ids().join() !== expected.join()) {
      await new Promise((resolve) => {
        setTimeout(resolve, 20)
      })
    }
  }
  t.equal((await issue(t, app)).signedBy, 'K1')
  write({ K1: one, K2: two })
  await seen(['K2', 'K1'])
  t.equal((await issue(t, app)).signedBy, 'K1', 'a key that was just seen has not settled')
  now = clock + 600
  t.equal((await issue(t, app)).signedBy, 'K2')
  write({ K2: two })
  await seen(['K2'])
  t.equal((await issue(t, app)).signedBy, 'K2')
})

t.test('takes a folder of secrets for a CDN that says what its fields are called', async (t) => {
  const keys = directory({ path: t.testdir({ 'k1.secret': `${'A'.repeat(22)}\n` }) })
  const cdn = googleCloudCdn({ url, keys })
  await issue(t, await start(t, { cdn }))
  const { keyFields: _, ...own } = { ...nginx({ url, scope: '/v/:id/', keys }), name: 'own' }
  const app = await start(t, { cdn: own, paths: ['/v/1/*'] })
  await t.rejects(app.cdnAccess.reloadKeys(), {
    code: 'CDN_ACCESS_KEY_LOAD_FAILED',
    message: /CDN_ACCESS_KEY_SOURCE_INVALID: .* needs "keyFields" in the CDN/
  })
})

const kmsKeys: Record<string, KmsKey> = {
  rsa: { privateKey: createPrivateKey(rsaPkcs8), algorithms: ['RSASSA_PKCS1_V1_5_SHA_256'] },
  ec: { privateKey: createPrivateKey(ecPkcs8), algorithms: ['ECDSA_SHA_256'] },
  ed: { privateKey: createPrivateKey(ed25519), algorithms: ['ED25519_SHA_512'] }
}

async function startKms (t: Test, before: object[] = [], keys = kmsKeys): Promise<KMSClient> {
  const answer = kmsAnswer(keys)
  const aws = await startAws(t, 'kms', (operation, input) => {
    const early = before.shift()
    if (early instanceof Error) throw early
    return early ?? answer(operation, input)
  })
  const client = new KMSClient({ ...aws.options, maxAttempts: 1 })
  t.teardown(() => {
    client.destroy()
  })
  return client
}

t.test('signs with AWS KMS, throttled as it may be at the start', async (t) => {
  const throttled = new AwsFault('ThrottlingException')
  const cdns = async (keyId: string): Promise<Cdn> => {
    const privateKey = awsKms({ keyId, client: await startKms(t, [throttled, throttled]) })
    return keyId === 'ed'
      ? googleMediaCdn({ url, keyName: 'K1', privateKey })
      : cloudfront({ url, keyPairId: 'K1', privateKey })
  }
  for (const keyId of ['rsa', 'ec', 'ed']) {
    await issue(t, await start(t, { cdn: await cdns(keyId) }))
  }
})

t.test('refuses a start with a key in KMS that can not do it', async (t) => {
  const fails = async (cdn: Cdn, error: { code: string, message?: RegExp }): Promise<void> => {
    const app = await host(t)
    await t.rejects(async () => app.register(cdnAccess, working({ cdn })), error)
  }
  const client = await startKms(t)
  const ofKms = (keyId: string, more = {}): Cdn =>
    cloudfront({ url, keyPairId: 'K1', privateKey: awsKms({ keyId, client }), ...more })
  await fails(ofKms('rsa', { hash: 'SHA1' }), {
    code: 'CDN_ACCESS_KEY_ALGORITHM',
    message: /^"privateKey" is a key of AWS KMS, which can't be used with SHA-1/
  })
  await fails(ofKms('ed'), { code: 'CDN_ACCESS_KEY_TYPE' })
  await fails(ofKms('none'), {
    code: 'CDN_ACCESS_SIGNER_FAILED',
    message: /NotFoundException: there is no such key/
  })
  const other = { ...kmsKeys['ec']!, privateKey: createPrivateKey(otherEc) }
  const replaced = await startKms(t, [publicKeyAnswer(kmsKeys['ec']!)], { ec: other })
  const privateKey = awsKms({ keyId: 'ec', client: replaced })
  await fails(cloudfront({ url, keyPairId: 'K1', privateKey }), {
    code: 'CDN_ACCESS_SIGNATURE_WRONG',
    message: /^A sign function of "cloudfront" gave a signature that does not fit its "publicKey"/
  })
})

t.test('gives no viewer a signature that does not fit', async (t) => {
  const keys = { ...kmsKeys }
  const privateKey = awsKms({ keyId: 'ec', client: await startKms(t, [], keys) })
  const cdn = cloudfront({ url, keyPairId: 'K1', privateKey })
  const app = await start(t, { cdn, cacheSize: 0 })
  await issue(t, app)
  keys['ec'] = { ...keys['ec']!, privateKey: createPrivateKey(otherEc) }
  const reply = await app.inject({ method: 'POST', url: '/cdn-access' })
  t.match(reply.json(), { statusCode: 500, code: 'CDN_ACCESS_SIGNATURE_WRONG' })
  t.same(reply.cookies, [])
})

t.test('signs with a service of one\'s own, which is busy at times', async (t) => {
  const key = createPrivateKey(ecPkcs8)
  const busy = new Error('429')
  let calls = 0
  const privateKey = remoteSigner({
    name: 'vault',
    publicKey: async () => key,
    sign: async (data) => {
      if (++calls % 2 === 1) throw busy
      return sign('sha256', data, key)
    },
    isTransient: (error) => error === busy
  })
  await issue(t, await start(t, { cdn: cloudfront({ url, keyPairId: 'K1', privateKey }) }))
})
