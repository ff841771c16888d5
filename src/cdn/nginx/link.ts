import type { CdnGrant, UrlToSign } from '../cdn.js'
import { pathKind } from '../cdn-path.js'
import { base64Url } from '../format/base64.js'
import { refuseUrl } from '../format/refusals.js'
import type { NginxKey } from './key.js'
import { decodedPath, hashedAddress, nginxHash } from './scope.js'
import type { NginxBlock } from './block.js'

const noLinks = 'the block of "scope" reads cookies alone. Set "links" to true, and take the ' +
  'block for both from the page on nginx'

const oneFile = 'a link is for one file: its hash holds the path. Leave "scope" out, or grant ' +
  'the folder with cookies'

/**
 * Refuses what no link can be for: anything but one file that a location of the scope answers. A
 * folder is none: its hash could be the cookie for all below.
 */
export function refuseOddLink (name: string, block: NginxBlock, grant: CdnGrant): void {
  const path = grant.paths[0]!
  if (block.links === undefined) refuseUrl(name, noLinks)
  if (pathKind(path) !== 'exact') refuseUrl(name, oneFile)
  if (path.endsWith('/')) {
    refuseUrl(
      name,
      `${path} is a folder, whose hash could be the cookie that opens all below. Sign a file`
    )
  }
  if (!block.shape.captured.test(decodedPath(path))) {
    refuseUrl(name, `no location of "${block.scope}" answers ${path}`)
  }
}

/** The link of one file: its own query, which is not hashed, then hash and expiry. */
export function writeLink (
  name: string,
  block: NginxBlock,
  { url, target, grant, key }: { url: string, target: UrlToSign, grant: CdnGrant, key: NginxKey }
): string {
  const { path, query } = target
  const { hashArgument, expiresArgument } = block.links!
  if (path !== grant.paths[0]) refuseUrl(name, oneFile)
  const reserved = [hashArgument, expiresArgument].find((argument) =>
    readArgument(query, argument) !== undefined
  )
  if (reserved !== undefined) {
    refuseUrl(
      name,
      `its query has an argument "${reserved}" of its own, which nginx would read in place of the ` +
        'link\'s, whatever its case. Give it another name'
    )
  }
  const expires = grant.expiresAt - 1
  const signed = decodedPath(path)
  const hash = nginxHash({ expires, signed, address: hashedAddress(grant.ip, true) }, key)
  const ownQuery = query === '' ? '' : `${query}&`
  return `${url}${path}?${ownQuery}${hashArgument}=${base64Url.encode(hash)}` +
    `&${expiresArgument}=${expires}`
}

/** The first argument of a query by this name, as nginx' `$arg_…` has it: whatever the case. */
export function readArgument (query: string, name: string): string | undefined {
  const start = `${name.toLowerCase()}=`
  const pairs = query.split('#', 1)[0]!.split('&')
  return pairs.find((pair) => pair.toLowerCase().startsWith(start))?.slice(start.length)
}
