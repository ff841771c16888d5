import { inspectAkamai } from './akamai/inspect.js'
import { inspectCloudFront } from './cloudfront/inspect.js'
import { inspectCommonAccessToken } from './common-access-token/inspect.js'
import { inspectGoogle } from './google/inspect.js'
import type { Inspection, Inspector, SeenRequest } from './inspection.js'
import { inspectNginx } from './nginx/inspect.js'
import { inspectUriSigning } from './uri-signing/inspect.js'

/** Every format of this package. They stand apart from the registry: reading needs no factory. */
const inspectors: readonly Inspector[] = [
  inspectCloudFront,
  inspectGoogle,
  inspectAkamai,
  inspectUriSigning,
  inspectCommonAccessToken,
  inspectNginx
]

/** All credentials that a request carries, of whatever CDN, in the order of the formats. */
export function inspect (request: SeenRequest): Inspection[] {
  return inspectors.flatMap((read) => read(request))
}
