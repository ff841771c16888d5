import { createPrivateKey, createPublicKey, verify } from 'node:crypto'
import { KMSClient } from '@aws-sdk/client-kms'
import t, { type Test } from 'tap'
import { awsKms, type AwsKmsOptions } from '../../../src/key-ring/aws/aws-kms.js'
import type { ExternalSigner, SignatureAlgorithm } from '../../../src/keys/private-key.js'
import { kmsAnswer, publicKeyAnswer, type KmsKey } from '../../fixtures/aws-kms.js'
import { AwsFault, startAws, type AwsStandIn, type Mishap } from '../../fixtures/aws.js'
import { ecPkcs8, ed25519, rsaPkcs8 } from '../../fixtures/keys.js'

const keys: Record<string, KmsKey> = {
  'alias/rsa': {
    privateKey: createPrivateKey(rsaPkcs8),
    algorithms: ['RSASSA_PKCS1_V1_5_SHA_256', 'RSASSA_PSS_SHA_256']
  },
  'alias/ec': { privateKey: createPrivateKey(ecPkcs8), algorithms: ['ECDSA_SHA_256'] },
  'alias/ed': { privateKey: createPrivateKey(ed25519), algorithms: ['ED25519_SHA_512'] },
  'alias/other': { privateKey: createPrivateKey(rsaPkcs8), algorithms: ['ML_DSA_SHAKE_256'] },
  'alias/wraps': {
    privateKey: createPrivateKey(rsaPkcs8),
    algorithms: [],
    usage: 'ENCRYPT_DECRYPT'
  }
}
const data = Buffer.from('{"Statement":[]}')

interface Served {
  readonly aws: AwsStandIn
  readonly open: (keyId: string, more?: Partial<AwsKmsOptions>) => Promise<ExternalSigner>
}

/** The service, which gives these answers before it gives its own. */
async function serve (t: Test, before: Array<object | Mishap> = []): Promise<Served> {
  const answer = kmsAnswer(keys)
  const aws = await startAws(t, 'kms', (operation, input) => {
    const mishap = before.shift()
    if (mishap instanceof Error) throw mishap
    return mishap ?? answer(operation, input)
  })
  const client = new KMSClient({ ...aws.options, maxAttempts: 1 })
  t.teardown(() => {
    client.destroy()
  })
  const { signal } = new AbortController()
  return { aws, open: (keyId, more) => awsKms({ keyId, client, ...more }).open({ signal }) }
}

async function sign (signer: ExternalSigner, algorithm: SignatureAlgorithm): Promise<Uint8Array> {
  return signer.sign(data, { algorithm })
}

t.test('signs with RSA, EC and Ed25519, with the public half as KMS gives it', async (t) => {
  const { open } = await serve(t)
  for (
    const [keyId, algorithm, digest] of [
      ['alias/rsa', 'RSA-SHA256', 'sha256'],
      ['alias/ec', 'ECDSA-SHA256', 'sha256'],
      ['alias/ed', 'Ed25519', null]
    ] as const
  ) {
    const signer = await open(keyId)
    const der = Buffer.from(signer.publicKey as Uint8Array)
    const publicKey = createPublicKey({ key: der, format: 'der', type: 'spki' })
    t.ok(publicKey.equals(createPublicKey(keys[keyId]!.privateKey)))
    t.ok(verify(digest, data, publicKey, await sign(signer, algorithm)), algorithm)
  }
})

t.test('refuses SHA-1 by name, and asks nobody', async (t) => {
  const { open, aws } = await serve(t)
  await t.rejects(sign(await open('alias/rsa'), 'RSA-SHA1'), {
    code: 'CDN_ACCESS_KEY_ALGORITHM',
    message:
      '"privateKey" is a key of AWS KMS, which can\'t be used with SHA-1: KMS has none, so ' +
      'leave "hash" at SHA256'
  })
  t.same(aws.asked, ['GetPublicKey'])
})

t.test('asks again where the service says that it passes, or the network fails', async (t) => {
  const passing = [
    new AwsFault('ThrottlingException'),
    new AwsFault('TooManyRequests', 429),
    new AwsFault('KMSInternalException', 500),
    new AwsFault('DependencyTimeoutException'),
    'reset'
  ] as const
  const before: Array<object | Mishap> = [...passing]
  const { open, aws } = await serve(t, before)
  const signer = await open('alias/rsa')
  t.same(aws.asked, Array.from({ length: 6 }, () => 'GetPublicKey'))
  before.push('reset', new AwsFault('KeyUnavailableException'))
  t.equal((await sign(signer, 'RSA-SHA256')).length, 256)
  t.same(aws.asked.slice(6), ['Sign', 'Sign', 'Sign'])
})

t.test('fails at once with what lasts, and says what to do', async (t) => {
  const cases: Array<readonly [string, AwsFault | object, string]> = [
    ['alias/none', {}, 'NotFoundException: there is no such key in this account and region'],
    [
      'alias/rsa',
      new AwsFault('AccessDeniedException'),
      'AccessDeniedException: allow kms:GetPublicKey and kms:Sign on the key'
    ],
    [
      'alias/rsa',
      new AwsFault('DisabledException'),
      'DisabledException: the key is disabled: ' +
      'enable it'
    ],
    [
      'alias/wraps',
      {},
      'the key has another key usage: the key is not for signing: make one with the key usage ' +
      'SIGN_VERIFY'
    ],
    [
      'alias/other',
      {},
      'the key signs with none of RSASSA_PKCS1_V1_5_SHA_256, RSASSA_PSS_SHA_256, ECDSA_SHA_256, ' +
      'ED25519_SHA_512'
    ],
    [
      'alias/rsa',
      { ...publicKeyAnswer(keys['alias/rsa']!), PublicKey: undefined },
      'the answer has no public key'
    ]
  ]
  for (const [keyId, fault, why] of cases) {
    const { open, aws } = await serve(t, Object.keys(fault).length === 0 ? [] : [fault])
    await t.rejects(open(keyId), {
      code: 'CDN_ACCESS_SIGNER_FAILED',
      message: `The signer awsKms failed: ${why}`
    })
    t.same(aws.asked, ['GetPublicKey'], 'once')
  }
})

t.test('fails where an answer has no signature, or is none', async (t) => {
  const first = publicKeyAnswer(keys['alias/rsa']!)
  const { open } = await serve(t, [first, {}, 'garbage', new AwsFault('InvalidKeyUsageException')])
  const signer = await open('alias/rsa')
  for (
    const why of [
      'the answer has no signature',
      'SyntaxError',
      'InvalidKeyUsageException: the key is not for signing: make one with the key usage SIGN_VERIFY'
    ]
  ) {
    await t.rejects(sign(signer, 'RSA-SHA256'), {
      code: 'CDN_ACCESS_SIGNER_FAILED',
      message: `The signer awsKms failed: ${why}`
    })
  }
})

t.test('gives up in its time where there is no answer, and works on', async (t) => {
  const { open, aws } = await serve(t, [publicKeyAnswer(keys['alias/rsa']!), 'hang'])
  const signer = await open('alias/rsa', { timeout: 1 })
  await t.rejects(sign(signer, 'RSA-SHA256'), {
    code: 'CDN_ACCESS_SIGNER_TIMEOUT',
    message: 'The signer awsKms gave no answer within its "timeout" of 1 s (it did not answer): ' +
      'try again later',
    statusCode: 503
  })
  t.equal((await sign(signer, 'RSA-SHA256')).length, 256)
  t.same(aws.asked, ['GetPublicKey', 'Sign', 'Sign'])
})

t.test('makes one client when it is first used, with what the SDK finds', async (t) => {
  const { aws } = await serve(t)
  const before = { ...process.env }
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_KMS: aws.options.endpoint,
    AWS_ACCESS_KEY_ID: aws.options.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: aws.options.credentials.secretAccessKey
  })
  t.teardown(() => {
    process.env = before
  })
  const kms = awsKms({ keyId: 'alias/rsa', region: 'eu-central-1', concurrency: 4 })
  const signer = await kms.open({ signal: new AbortController().signal })
  await Promise.all(Array.from({ length: 40 }, () => sign(signer, 'RSA-SHA256')))
  t.equal(aws.asked.length, 41)
  t.ok(aws.connections() <= 4, `${aws.connections()} connections`)
})

t.test('refuses options that can not be', async (t) => {
  const keyWords = 'Option "keyId" must be a key\'s id or ARN, or an alias such as alias/media'
  const cases: Array<readonly [object, string, string | RegExp]> = [
    [{}, 'OPTION_INVALID', keyWords],
    [{ keyId: rsaPkcs8 }, 'OPTION_INVALID', keyWords],
    [{ keyId: 'a', region: 7 }, 'OPTION_INVALID', /^Option "region" must be a non-empty string/],
    [{ keyId: 'a', concurrency: 0 }, 'OPTION_INVALID', /^Option "concurrency" must be a whole/],
    [{ keyId: 'a', timeout: '2m' }, 'OPTION_INVALID', /^Option "timeout" must be at least 1s/],
    [{ keyId: 'a', key: 1 }, 'OPTION_UNKNOWN', /^awsKms has no option "key": it takes keyId, /]
  ]
  for (const [options, code, message] of cases) {
    t.throws(() => awsKms(options as never), { code: `CDN_ACCESS_${code}`, message })
  }
})
