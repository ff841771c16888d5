export { createCdnAccess } from './cdn-access.js'
export type {
  CdnAccess,
  CdnAccessEventMap,
  CdnAccessFault,
  CdnAccessOptions,
  CdnAccessReason,
  CdnAccessReceipt,
  CdnAccessState,
  CdnAccessStateChange
} from './types.js'
