/**
 * Keys from folders, vaults and a KMS.
 *
 * @module fastify-cdn-access/keys
 */
export { directory, type DirectoryOptions } from './directory.js'
export type { FolderKey } from './key-folder.js'
export { awsSecret, type AwsSecretOptions } from './aws/aws-secret.js'
export { awsKms, type AwsKmsOptions } from './aws/aws-kms.js'
export {
  cloudFrontDistribution,
  type CloudFrontDistributionOptions,
  type FoundDistribution
} from './aws/cloudfront-distribution.js'
export type { AwsClient, AwsClientOptions } from './aws/aws-client.js'
export { remoteSigner, type RemoteSignerLimits, type RemoteSignerOptions } from './remote-signer.js'
export type { KeyLoadDetails, KeyLoader, KeySourceOptions } from '../keys/key.js'
export type { ExternalSigner, SignatureAlgorithm, SignerToOpen } from '../keys/private-key.js'
export type { PublicKeyInput } from '../keys/public-key.js'
export type { Duration } from '../time.js'
