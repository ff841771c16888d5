import type * as SecretsManager from '@aws-sdk/client-secrets-manager'
import * as errors from '../../errors.js'
import { checkFields, given, readElsewhere, text, type Rule } from '../../input/fields.js'
import type { KeyLoader, KeySourceOptions } from '../../keys/key.js'
import { parseDuration } from '../../time.js'
import { codeOrKind } from '../load-failure.js'
import { loadPeer } from '../peer.js'
import { keptClient, type AwsClientOptions } from './aws-client.js'
import { describeAwsFault, type Advice } from './aws-fault.js'
import {
  readSecretVersion,
  refuseUnready,
  type BesideVersions,
  type SecretAnswer,
  type SecretVersion
} from './secret-version.js'
import { stagedEntries } from './staged-entries.js'

/** What {@link awsSecret} takes. */
export interface AwsSecretOptions extends AwsClientOptions, KeySourceOptions {
  /** The secret's name or ARN. */
  readonly id: string
}

const secretName: Rule = {
  holds: (value) => typeof value === 'string' && /^[\w/+=.@:!-]{1,2048}$/.test(value),
  words: 'the name or the ARN of a secret'
}

const advice: Advice = {
  AccessDeniedException:
    'allow secretsmanager:GetSecretValue on it, and kms:Decrypt on its KMS key',
  DecryptionFailure: 'allow kms:Decrypt on its KMS key, and see that this is enabled',
  ResourceNotFoundException: 'there is no such secret in this account and region, or it has no ' +
    'version AWSCURRENT',
  InvalidRequestException: 'it is marked for deletion',
  ValidationException: 'the "id" is not one of a secret'
}

/** Faults of one version: another may be encrypted with another key, or allowed by its stage. */
const withheld = new Set(['AccessDeniedException', 'DecryptionFailure'])

const longestSettle = 7 * 86_400

/**
 * A secret in AWS Secrets Manager whose versions hold whole key entries as JSON, one or an array,
 * such as `{"keyPairId":"K…","privateKey":"-----BEGIN…"}`, as text or as binary.
 *
 * AWSCURRENT signs once it is as old as `settle`; until then AWSPREVIOUS does, where it can, and
 * then only verifies: it goes by the version's CreatedDate, so that a process that has just started
 * signs with what the others sign with. AWSPENDING only verifies. A key that is in several versions
 * counts once. A stage that is not there is left out. So is an AWSPREVIOUS or AWSPENDING that may not
 * be read or decrypted, or that has no entry, one that the CDN can't read, or another key under an id
 * of a version above it, with a process warning `CDN_ACCESS_SECRET_UNREADABLE`. A new key needs a new
 * id.
 *
 * It needs the package `@aws-sdk/client-secrets-manager`, and the permission
 * `secretsmanager:GetSecretValue`.
 *
 * @throws CDN_ACCESS_OPTION_UNKNOWN, CDN_ACCESS_OPTION_INVALID, CDN_ACCESS_DURATION_INVALID. A load
 * fails with CDN_ACCESS_SECRET_UNREADABLE or CDN_ACCESS_PEER_MISSING.
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html
 */
export function awsSecret<Entry = never> (options: AwsSecretOptions): KeyLoader<Entry> {
  const { id, region, every, settle = '10m' } = options
  checkFields(options, 'awsSecret', {
    id: secretName,
    client: readElsewhere,
    region: text,
    every: readElsewhere,
    settle: readElsewhere
  })
  if (id === undefined) throw new errors.CDN_ACCESS_OPTION_INVALID('id', secretName.words)
  const settleSeconds = parseDuration(settle, 'settle')
  if (settleSeconds > longestSettle) {
    throw new errors.CDN_ACCESS_OPTION_INVALID('settle', 'at most 7d')
  }
  const clientOf = keptClient(options, async () => {
    const { SecretsManagerClient } = await loadSecretsManager()
    return new SecretsManagerClient(given({ region }))
  })
  const told = new Map<string, string | undefined>()

  async function ask (stage: string, signal: AbortSignal): Promise<SecretAnswer | undefined> {
    const [client, { GetSecretValueCommand }] = await Promise.all([
      clientOf(),
      loadSecretsManager()
    ])
    const command = new GetSecretValueCommand({ SecretId: id, VersionStage: stage })
    try {
      return await client.send(command, { abortSignal: signal }) as SecretAnswer
    } catch (error) {
      const { name } = Object(error) as { name?: unknown }
      const isSpare = stage !== 'AWSCURRENT'
      if (isSpare && name === 'ResourceNotFoundException') return undefined
      const isWithheld = isSpare && withheld.has(String(name))
      const why = describeAwsFault(error, advice)
      const failure = new errors.CDN_ACCESS_SECRET_UNREADABLE(
        'awsSecret',
        isWithheld ? `its version ${stage} is withheld, ${why}` : why
      )
      if (!isWithheld) throw failure
      leaveOut(stage, String(name), failure)
      return undefined
    }
  }

  /** A version that can be done without: what is wrong with it is told once. */
  function readOther (
    answer: SecretAnswer | undefined,
    stage: string,
    beside: BesideVersions
  ): SecretVersion | undefined {
    if (answer === undefined || answer.VersionId === beside.others.AWSCURRENT.id) return undefined
    try {
      const version = readSecretVersion(answer, stage)
      refuseUnready(version, stage, beside)
      return version
    } catch (error) {
      leaveOut(stage, answer.VersionId, error as Error)
      return undefined
    }
  }

  /** `what` is the version, or what is wrong with all of them. */
  function leaveOut (stage: string, what: string | undefined, failure: Error): void {
    if (told.has(stage) && told.get(stage) === what) return
    told.set(stage, what)
    process.emitWarning(`${failure.message}. It is left out`, { code: codeOrKind(failure) })
  }

  return {
    load: async ({ signal, now, keyOf }) => {
      // AWSPREVIOUS last: where a rotation ends in between, no version is missed that may be signing.
      const [pendingAnswer, currentAnswer] = await Promise.all([
        ask('AWSPENDING', signal),
        ask('AWSCURRENT', signal)
      ])
      const previousAnswer = await ask('AWSPREVIOUS', signal)
      const current = readSecretVersion(currentAnswer!, 'AWSCURRENT')
      const others = { AWSCURRENT: current }
      const previous = readOther(previousAnswer, 'AWSPREVIOUS', { others, keyOf })
      const pending = readOther(pendingAnswer, 'AWSPENDING', {
        others: { ...others, ...given({ AWSPREVIOUS: previous }) },
        keyOf
      })
      const versions = { current, ...given({ previous, pending }) }
      return stagedEntries(versions, now - settleSeconds) as Entry[]
    },
    // The order says who signs: the ring has nothing to wait for.
    settle: 0,
    ...given({ every })
  }
}

function loadSecretsManager (): Promise<typeof SecretsManager> {
  return loadPeer(
    { name: '@aws-sdk/client-secrets-manager', neededBy: 'awsSecret' },
    () => import('@aws-sdk/client-secrets-manager')
  )
}
