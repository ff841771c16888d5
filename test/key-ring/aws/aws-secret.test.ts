import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import t, { type Test } from 'tap'
import { awsSecret } from '../../../src/key-ring/aws/aws-secret.js'
import type { KeyLoadDetails, KeyLoader } from '../../../src/keys/key.js'
import { secretAnswer, type Stages, type StoredVersion } from '../../fixtures/aws-secret.js'
import { AwsFault, startAws, type AwsStandIn } from '../../fixtures/aws.js'

const now = 1_800_000_000
const never = 99_999_999_999
const id = 'media/keys'
const one = { keyPairId: 'K1', privateKey: 'one' }
const two = { keyPairId: 'K2', privateKey: 'two' }
const three = { keyPairId: 'K3', privateKey: 'three' }

interface Served {
  readonly loader: KeyLoader
  readonly aws: AwsStandIn
}

async function serve (t: Test, stages: Stages, settle?: '0s' | '1m'): Promise<Served> {
  const aws = await startAws(t, 'secretsmanager', secretAnswer(id, () => stages))
  const client = new SecretsManagerClient({ ...aws.options, maxAttempts: 1 })
  t.teardown(() => {
    client.destroy()
  })
  const loader = awsSecret<unknown>({ id, client, ...settle === undefined ? {} : { settle } })
  return { loader, aws }
}

function load (loader: KeyLoader, at = now, signal = new AbortController().signal): unknown {
  const entryOf = (): Record<string, unknown> => ({})
  return loader.load({ signal, now: at, entryOf, keyOf } satisfies KeyLoadDetails)
}

/** As a CDN would that takes every key but one that is broken, or begins when no moment is. */
const keyOf: KeyLoadDetails['keyOf'] = (entry) => {
  const { keyPairId, privateKey, notBefore = 0 } = entry as typeof one & { notBefore?: number }
  return privateKey === 'broken' || notBefore < 0
    ? undefined
    : { id: keyPairId, identity: privateKey }
}

function version (name: string, entries: unknown, age = 3600): StoredVersion {
  return { id: name, createdAt: now - age, text: JSON.stringify(entries) }
}

interface Warning {
  readonly message: string
  readonly code: string | undefined
}

/** The package's own warnings of the process, as they come. */
function hearWarnings (t: Test): readonly Warning[] {
  const warnings: Warning[] = []
  const hear = ({ message, code }: Error & { code?: string }): void => {
    if (code?.startsWith('CDN_ACCESS_') === true) warnings.push({ message, code })
  }
  process.on('warning', hear)
  t.teardown(() => process.off('warning', hear))
  return warnings
}

function say (stage: string, why: string): Warning {
  return {
    message: `The secret of awsSecret can't be used: its version ${stage} ${why}. It is left out`,
    code: 'CDN_ACCESS_SECRET_UNREADABLE'
  }
}

t.test('signs with AWSCURRENT, and verifies with the others, once it is as old as settle', async (t) => {
  const { loader } = await serve(t, {
    AWSPENDING: version('c', three, 1),
    AWSCURRENT: version('b', [two], 600),
    AWSPREVIOUS: version('a', one)
  })
  const verifying = [{ ...one, notBefore: never }, { ...three, notBefore: never }]
  t.strictSame(await load(loader), [two, ...verifying])
  t.strictSame(
    await load(loader, now - 1),
    [one, two, verifying[1]],
    'until then AWSPREVIOUS signs'
  )
})

t.test('takes a settle of its own, and leaves nothing of it to the ring', async (t) => {
  const stages = { AWSCURRENT: version('b', two, 60), AWSPREVIOUS: version('a', one) }
  const { loader } = await serve(t, stages, '1m')
  t.strictSame(await load(loader), [two, { ...one, notBefore: never }])
  t.strictSame(await load(loader, now - 1), [one, two])
  t.equal(loader.settle, 0)
  t.equal(awsSecret({ id, every: '1h' }).every, '1h')
})

t.test('does with AWSCURRENT alone, also before it has settled', async (t) => {
  const { loader, aws } = await serve(t, { AWSCURRENT: version('a', [one, two], 1) })
  t.strictSame(await load(loader), [one, two])
  t.same(aws.asked, ['GetSecretValue', 'GetSecretValue', 'GetSecretValue'])
})

t.test('takes one version in several stages once', async (t) => {
  const same = version('a', one, 1)
  const stages = { AWSCURRENT: same, AWSPREVIOUS: same, AWSPENDING: same }
  t.strictSame(await load((await serve(t, stages)).loader), [one])
})

t.test('takes a secret in binary', async (t) => {
  const bytes = Buffer.from(JSON.stringify(one))
  const { loader } = await serve(t, { AWSCURRENT: { id: 'a', createdAt: now, bytes } })
  t.strictSame(await load(loader), [one])
})

t.test('leaves out what a rotation has begun and not ended, and tells it once', async (t) => {
  const warnings = hearWarnings(t)
  const stages: Stages = {
    AWSPENDING: { id: 'c', createdAt: now, text: 'random-Password' },
    AWSCURRENT: version('b', two),
    AWSPREVIOUS: version('a', { keyPairId: 'K1', privateKey: '' })
  }
  const { loader } = await serve(t, stages)
  for (let loads = 0; loads < 3; loads++) t.strictSame(await load(loader), [two])
  stages.AWSPENDING = version('d', [])
  t.strictSame(await load(loader), [two])
  stages.AWSPENDING = version('e', [three, { ...one, privateKey: 'broken' }])
  t.strictSame(await load(loader), [two])
  stages.AWSPENDING = version('f', [three, { ...two, privateKey: 'other' }])
  t.strictSame(await load(loader), [two])
  stages.AWSPENDING = version('g', [three, { ...three, privateKey: 'other' }])
  t.strictSame(await load(loader), [two])
  stages.AWSPENDING = version('h', { ...three, notAfter: 0 })
  t.strictSame(await load(loader), [two], 'it can not begin before it ends')
  await new Promise(setImmediate)
  t.strictSame(warnings, [
    say('AWSPREVIOUS', 'holds what is no key entry, or one with an empty field'),
    say('AWSPENDING', 'is not JSON: it must hold one key entry or an array of entries'),
    say('AWSPENDING', 'holds no entry'),
    say('AWSPENDING', 'holds an entry that the CDN can\'t read'),
    say('AWSPENDING', 'holds another key under an id of AWSCURRENT'),
    say('AWSPENDING', 'holds two keys under one id'),
    say('AWSPENDING', 'holds an entry that the CDN can\'t read')
  ])
  t.notMatch(JSON.stringify(warnings), 'random-Password')
})

t.test('two ids that take turns leave out the third key, until the first is gone', async (t) => {
  const warnings = hearWarnings(t)
  const next = { ...one, privateKey: 'next' }
  const stages: Stages = {
    AWSPENDING: version('c', next, 1),
    AWSCURRENT: version('b', two),
    AWSPREVIOUS: version('a', one)
  }
  const { loader } = await serve(t, stages)
  t.strictSame(await load(loader), [two, { ...one, notBefore: never }])
  Object.assign(stages, { AWSCURRENT: stages.AWSPENDING, AWSPREVIOUS: stages.AWSCURRENT })
  t.strictSame(await load(loader), [two, next])
  await new Promise(setImmediate)
  t.strictSame(warnings, [say('AWSPENDING', 'holds another key under an id of AWSPREVIOUS')])
})

t.test('does without a version that is withheld, and tells it once', async (t) => {
  const warnings = hearWarnings(t)
  const stages: Stages = {
    AWSPENDING: new AwsFault('AccessDeniedException'),
    AWSCURRENT: version('b', two),
    AWSPREVIOUS: new AwsFault('DecryptionFailure')
  }
  const { loader } = await serve(t, stages)
  for (let loads = 0; loads < 3; loads++) t.strictSame(await load(loader), [two])
  await new Promise(setImmediate)
  t.strictSame(warnings, [
    say(
      'AWSPENDING',
      'is withheld, AccessDeniedException: allow secretsmanager:GetSecretValue on it, and ' +
        'kms:Decrypt on its KMS key'
    ),
    say(
      'AWSPREVIOUS',
      'is withheld, DecryptionFailure: allow kms:Decrypt on its KMS key, and see that this is enabled'
    )
  ])
  stages.AWSPREVIOUS = version('a', one)
  t.strictSame(await load(loader), [two, { ...one, notBefore: never }])
})

t.test('fails with what is wrong, and what to do', async (t) => {
  const cases: Array<readonly [Stages, string]> = [
    [
      {},
      'ResourceNotFoundException: there is no such secret in this account and region, or it ' +
      'has no version AWSCURRENT'
    ],
    [
      { AWSCURRENT: new AwsFault('AccessDeniedException') },
      'AccessDeniedException: allow secretsmanager:GetSecretValue on it, and kms:Decrypt on its ' +
      'KMS key'
    ],
    [
      { AWSCURRENT: version('a', one), AWSPREVIOUS: new AwsFault('ThrottlingException') },
      'ThrottlingException: the account makes more calls than it may'
    ],
    [
      { AWSCURRENT: new AwsFault('InvalidRequestException') },
      'InvalidRequestException: it is ' +
      'marked for deletion'
    ],
    [
      { AWSCURRENT: { id: 'a', createdAt: now, text: 'no JSON' } },
      'its version AWSCURRENT is not JSON: it must hold one key entry or an array of entries'
    ],
    [{ AWSCURRENT: { id: 'a', createdAt: now } }, 'its version AWSCURRENT is empty'],
    [{ AWSCURRENT: 'garbage' }, 'SyntaxError'],
    [{ AWSCURRENT: 'reset' }, 'TimeoutError ECONNRESET']
  ]
  for (const [stages, why] of cases) {
    const { loader } = await serve(t, stages)
    await t.rejects(load(loader) as Promise<unknown>, {
      code: 'CDN_ACCESS_SECRET_UNREADABLE',
      message: `The secret of awsSecret can't be used: ${why}`
    })
  }
})

t.test('ends where its load is given up', async (t) => {
  const { loader, aws } = await serve(t, { AWSCURRENT: 'hang' })
  const givingUp = new AbortController()
  const loading = t.rejects(load(loader, now, givingUp.signal) as Promise<unknown>, {
    code: 'CDN_ACCESS_SECRET_UNREADABLE',
    message: 'The secret of awsSecret can\'t be used: AbortError'
  })
  while (aws.asked.length < 2) await new Promise(setImmediate)
  givingUp.abort()
  await loading
})

t.test('makes one client when it is first used, and keeps its connections', async (t) => {
  const aws = await startAws(
    t,
    'secretsmanager',
    secretAnswer(id, () => ({ AWSCURRENT: version('a', one) }))
  )
  const { endpoint, credentials } = aws.options
  const variables = {
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey
  }
  const before = { ...process.env }
  Object.assign(process.env, variables)
  t.teardown(() => {
    process.env = before
  })
  const loader = awsSecret<unknown>({ id, region: 'eu-central-1' })
  for (let loads = 0; loads < 20; loads++) t.strictSame(await load(loader), [one])
  t.equal(aws.asked.length, 60)
  t.ok(aws.connections() <= 2, `${aws.connections()} connections`)

  delete process.env['AWS_REGION']
  const nowhere = awsSecret<unknown>({ id })
  for (let loads = 0; loads < 2; loads++) {
    await t.rejects(load(nowhere) as Promise<unknown>, {
      code: 'CDN_ACCESS_SECRET_UNREADABLE',
      message: 'The secret of awsSecret can\'t be used: no region: give "region", or set AWS_REGION'
    })
  }
})

t.test('refuses options that can not be', async (t) => {
  const cases: Array<readonly [object, string, RegExp]> = [
    [{}, 'OPTION_INVALID', /^Option "id" must be the name or the ARN of a secret$/],
    [{ id: '{"a": "b"}' }, 'OPTION_INVALID', /^Option "id" must be the name or the ARN/],
    [{ id, region: '' }, 'OPTION_INVALID', /^Option "region" must be a non-empty string/],
    [{ id, settle: '8d' }, 'OPTION_INVALID', /^Option "settle" must be at most 7d$/],
    [{ id, settle: 'soon' }, 'DURATION_INVALID', /settle/],
    [{ id, secret: 1 }, 'OPTION_UNKNOWN', /^awsSecret has no option "secret": it takes id, client/]
  ]
  for (const [options, code, message] of cases) {
    t.throws(() => awsSecret(options as never), { code: `CDN_ACCESS_${code}`, message })
  }
})
