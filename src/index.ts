/**
 * The plugin, the CDNs, their errors, and the stores of revocations.
 *
 * @module fastify-cdn-access
 */
import { cdnAccess } from './plugin.js'

export default cdnAccess
export { cdnAccess }
export { cdnPath, type CdnPath } from './cdn/cdn-path.js'
export { cloudfront, type CloudFrontOptions } from './cdn/cloudfront/cloudfront.js'
export type { CloudFrontKeyEntry } from './cdn/cloudfront/policy.js'
export {
  googleCloudCdn,
  type GoogleCloudCdnKeyEntry,
  type GoogleCloudCdnOptions
} from './cdn/google/cloud-cdn.js'
export { googleMediaCdn, type GoogleMediaCdnOptions } from './cdn/google/media-cdn.js'
export type {
  GoogleMediaCdnKeyEntry,
  GoogleMediaCdnTokenKeyEntry
} from './cdn/google/media-cdn-key.js'
export type { SecretInput } from './keys/secret-key.js'
export { akamai, type AkamaiKeyEntry, type AkamaiOptions } from './cdn/akamai/akamai.js'
export {
  uriSigning,
  type EdgeRenewal,
  type UriSigningOptions
} from './cdn/uri-signing/uri-signing.js'
export type { UriSigningKeyEntry } from './cdn/uri-signing/key.js'
export {
  commonAccessToken,
  type CommonAccessTokenOptions,
  type TokenRenewal
} from './cdn/common-access-token/common-access-token.js'
export type { CommonAccessTokenKeyEntry } from './cdn/common-access-token/key.js'
export { nginx, type NginxKeyEntry, type NginxOptions } from './cdn/nginx/nginx.js'
export type {
  AccessCookie,
  Cdn,
  CdnGrant,
  Check,
  CookieOptions,
  EdgeRequest,
  UrlToSign,
  Verdict
} from './cdn/cdn.js'
export type {
  CdnKey,
  KeyFile,
  KeyLoadDetails,
  KeyLoader,
  Keys,
  KeySourceOptions,
  KeyValidity
} from './keys/key.js'
export type { KeyEvent } from './key-ring/key-events.js'
export type { KeyReport, KeyRingReport } from './key-ring/key-report.js'
export type {
  ExternalSigner,
  Jwk,
  KeyPairEntry,
  PrivateKeyInput,
  PublicKeyInput,
  SignatureAlgorithm,
  SignerToOpen
} from './keys/parse-key.js'
export type { CdnAccessOptions, EnvOptions, StaticPath } from './config/options.js'
export type { CdnAccessRouteOptions } from './config/route-options.js'
export type { RevocationOptions } from './config/revocation-options.js'
export { memoryRevocations } from './revocation/memory-revocations.js'
export { redisRevocations, type RedisRevocationsOptions } from './revocation/redis-revocations.js'
export {
  cloudFrontKeyValueStore,
  type CloudFrontKeyValueStoreOptions
} from './revocation/cloudfront-key-value-store.js'
export type { RevocationEdge, RevocationStore, Revoked } from './revocation/revocation-store.js'
export type { Authorization, GrantDetails, GrantedPath } from './access/grant.js'
export type { CdnAccess, CdnAccessStats, CdnSummary } from './server/decorators.js'
export type { TicketHint } from './access/access.js'
export type { CookieValues } from './access/compose.js'
export type { Receipt } from './access/receipt.js'
export type { CdnAnswer, Note } from './explain/answer.js'
export type { Explanation, ExplainRequest } from './explain/explain.js'
export type { SignUrlOptions } from './server/sign-url.js'
export type { Duration, EpochSeconds } from './time.js'
export * as errors from './errors.js'
