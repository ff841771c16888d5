import { cdnAccess } from './plugin.js'

export default cdnAccess
export { cdnAccess }
export { cdnPath, type CdnPath } from './cdn-path.js'
export { cloudfront, type CloudFrontOptions } from './cdn/cloudfront.js'
export type { CloudFrontKeyEntry } from './cdn/cloudfront-policy.js'
export type { AccessCookie, Cdn, CdnGrant, Check, CookieOptions, EdgeRequest, UrlToSign, Verdict } from './cdn/cdn.js'
export type { CdnKey, KeyFile, KeyLoader, Keys, KeyValidity } from './keys/key.js'
export type { ExternalSigner, KeyPairEntry, PrivateKeyInput, PublicKeyInput, SignatureAlgorithm } from './keys/parse-key.js'
export type { CdnAccessOptions, CdnAccessRouteOptions, EnvOptions, StaticPath } from './options.js'
export type { Authorization, GrantDetails, GrantedPath } from './grant.js'
export type { CdnAccess, CdnAccessStats, CdnSummary } from './decorators.js'
export type { Receipt, TicketHint } from './access.js'
export type { Explanation, ExplainRequest } from './explain.js'
export type { SignUrlOptions } from './sign-url.js'
export type { Duration, EpochSeconds } from './time.js'
export * as errors from './errors.js'
