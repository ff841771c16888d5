import { createHash } from 'node:crypto'
import type * as Kms from '@aws-sdk/client-kms'
import * as errors from '../../errors.js'
import { checkFields, given, readElsewhere, text, type Rule } from '../../input/fields.js'
import type { SignatureAlgorithm, SignerToOpen } from '../../keys/private-key.js'
import { loadPeer } from '../peer.js'
import { remoteSigner, type RemoteSignerLimits } from '../remote-signer.js'
import { keptClient, type AwsClientOptions } from './aws-client.js'
import { describeAwsFault, isPassingAwsFault, type Advice } from './aws-fault.js'

/** What {@link awsKms} takes. */
export interface AwsKmsOptions extends AwsClientOptions, RemoteSignerLimits {
  /** The key's id, its ARN, or the name or ARN of an alias (`alias/media`). */
  readonly keyId: string
}

/** What the service calls a way to sign, and whether it is sent a digest in the message's place. */
interface Way {
  readonly name: string
  readonly digests: boolean
}

const ways: Readonly<Record<Exclude<SignatureAlgorithm, 'RSA-SHA1'>, Way>> = {
  'RSA-SHA256': { name: 'RSASSA_PKCS1_V1_5_SHA_256', digests: true },
  'RSA-PSS-SHA256': { name: 'RSASSA_PSS_SHA_256', digests: true },
  'ECDSA-SHA256': { name: 'ECDSA_SHA_256', digests: true },
  // It is the one that KMS signs as a whole, up to 4,096 bytes.
  Ed25519: { name: 'ED25519_SHA_512', digests: false }
}
const names = new Set(Object.values(ways).map(({ name }) => name))

const keyName: Rule = {
  holds: (value) => typeof value === 'string' && /^[A-Za-z0-9:/_-]{1,2048}$/.test(value),
  words: 'a key\'s id or ARN, or an alias such as alias/media'
}

const advice: Advice = {
  AccessDeniedException: 'allow kms:GetPublicKey and kms:Sign on the key',
  NotFoundException: 'there is no such key in this account and region',
  DisabledException: 'the key is disabled: enable it',
  KMSInvalidStateException: 'the key is being made, imported or deleted',
  InvalidKeyUsageException: 'the key is not for signing: make one with the key usage SIGN_VERIFY',
  UnsupportedOperationException: 'the key is not for signing: make an asymmetric one',
  ValidationException: 'it takes no "keyId" like this one, or no message of this length'
}

/** What is used of the answer to GetPublicKey. */
interface PublicKeyAnswer {
  readonly PublicKey?: Uint8Array
  readonly KeyUsage?: string
  readonly SigningAlgorithms?: readonly string[]
}

/**
 * A private key in AWS KMS, in the place of a `privateKey`: RSA-2048, EC P-256 (`ECC_NIST_P256`) or
 * Ed25519, as the CDN takes them, with the key usage `SIGN_VERIFY`. RSA signs with SHA-256 alone.
 * Its public half is asked for when the entry is loaded, and each signature is checked against it
 * before it is used. It needs the package `@aws-sdk/client-kms`, and the permissions
 * `kms:GetPublicKey` and `kms:Sign`.
 *
 * @throws CDN_ACCESS_OPTION_UNKNOWN, CDN_ACCESS_OPTION_INVALID, CDN_ACCESS_DURATION_INVALID. Its
 * signer throws CDN_ACCESS_PEER_MISSING, CDN_ACCESS_SIGNER_FAILED, CDN_ACCESS_SIGNER_TIMEOUT,
 * CDN_ACCESS_KEY_ALGORITHM and CDN_ACCESS_BUSY.
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html
 */
export function awsKms (options: AwsKmsOptions): SignerToOpen {
  const { keyId, region, concurrency, timeout } = options
  checkFields(options, 'awsKms', {
    keyId: keyName,
    client: readElsewhere,
    region: text,
    concurrency: readElsewhere,
    timeout: readElsewhere
  })
  if (keyId === undefined) throw new errors.CDN_ACCESS_OPTION_INVALID('keyId', keyName.words)
  const clientOf = keptClient(options, async () => {
    const { KMSClient } = await loadKms()
    // The signer tries again by itself. The second attempt is the SDK's, for a clock that is wrong.
    return new KMSClient({ maxAttempts: 2, ...given({ region }) })
  })

  return remoteSigner({
    name: 'awsKms',
    isTransient: isPassingAwsFault,
    explain: (error) => describeAwsFault(error, advice),
    publicKey: async ({ signal }) => {
      const [client, { GetPublicKeyCommand }] = await Promise.all([clientOf(), loadKms()])
      const command = new GetPublicKeyCommand({ KeyId: keyId })
      return publicKeyOf(await client.send(command, { abortSignal: signal }) as PublicKeyAnswer)
    },
    sign: async (data, { algorithm, signal }) => {
      const { name, digests } = wayOf(algorithm)
      const [client, { SignCommand }] = await Promise.all([clientOf(), loadKms()])
      const command = new SignCommand({
        KeyId: keyId,
        Message: digests ? createHash('sha256').update(data).digest() : data,
        MessageType: digests ? 'DIGEST' : 'RAW',
        SigningAlgorithm: name as 'ECDSA_SHA_256'
      })
      const answer = await client.send(command, { abortSignal: signal })
      const { Signature } = answer as { Signature?: Uint8Array }
      return Signature ?? refuse('the answer has no signature')
    },
    ...given({ concurrency, timeout })
  })
}

function loadKms (): Promise<typeof Kms> {
  return loadPeer(
    { name: '@aws-sdk/client-kms', neededBy: 'awsKms' },
    () => import('@aws-sdk/client-kms')
  )
}

function publicKeyOf (
  { PublicKey, KeyUsage, SigningAlgorithms = [] }: PublicKeyAnswer
): Uint8Array {
  if (KeyUsage !== undefined && KeyUsage !== 'SIGN_VERIFY') {
    refuse(`the key has another key usage: ${advice['InvalidKeyUsageException']}`)
  }
  if (!SigningAlgorithms.some((name) => names.has(name))) {
    refuse(`the key signs with none of ${[...names].join(', ')}`)
  }
  return PublicKey ?? refuse('the answer has no public key')
}

function wayOf (algorithm: SignatureAlgorithm): Way {
  if (algorithm === 'RSA-SHA1') {
    throw new errors.CDN_ACCESS_KEY_ALGORITHM(
      'privateKey',
      'a key of AWS KMS',
      'SHA-1',
      'KMS has none, so leave "hash" at SHA256'
    )
  }
  return ways[algorithm]
}

function refuse (why: string): never {
  throw new errors.CDN_ACCESS_SIGNER_FAILED('awsKms', why)
}
