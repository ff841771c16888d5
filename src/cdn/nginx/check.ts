import { sameMac } from '../../keys/secret-key.js'
import type { EdgeRequest, Verdict } from '../cdn.js'
import { checkRequestPath } from '../format/request-path.js'
import { checkEnd } from '../format/time-window.js'
import { verdict, type Checklist } from '../format/verdict.js'
import { findCredentials, type NginxCredentials } from './credentials.js'
import type { NginxKey } from './key.js'
import { decodedPath, hashedAddress, nginxHash } from './scope.js'
import { isSpaced, type NginxBlock } from './block.js'

/** What the block of nginx answers to a request. */
export async function checkNginx (
  block: NginxBlock,
  request: EdgeRequest,
  keys: readonly NginxKey[]
): Promise<Verdict> {
  return verdict(403, (list) => {
    const target = checkRequestPath(list, request.url)
    const uri = decodedPath(target.path)
    const scope = capture(list, block, uri)
    const credentials = findCredentials(list, block, target, request.cookies)
    const signed = credentials.source === 'link' ? uri : scope
    const address = addressOf(list, block, request)
    checkHash(list, credentials, { signed, address, uri }, keys)
    // nginx refuses from the second after the one that is sent.
    checkEnd(list, Number(credentials.expires) + 1, request.now)
  })
}

function capture (list: Checklist, { shape, scope }: NginxBlock, uri: string): string {
  const found = shape.captured.exec(uri)?.[0]
  if (found === undefined) {
    list.refuse(
      'scope',
      'scope-missing',
      `The path is not below ${scope}: no location with secure_link answers it.`,
      { expected: scope, found: uri }
    )
  }
  list.pass('scope', `The path is in a ${shape.named ? 'name' : 'folder'} of the shape ${scope}.`)
  return found
}

function addressOf (list: Checklist, block: NginxBlock, request: EdgeRequest): string {
  if (!block.ip) return ''
  if (request.ip === undefined) {
    list.refuse(
      'address',
      'address-unknown',
      'The viewer\'s address is part of what is hashed, and it is not known.'
    )
  }
  list.pass('address', 'The viewer\'s address is part of what is hashed.')
  return hashedAddress(request.ip, isSpaced(block))
}

function checkHash (
  list: Checklist,
  { source, hash, expires }: NginxCredentials,
  { uri, ...hashed }: { signed: string, address: string, uri: string },
  keys: readonly NginxKey[]
): void {
  const key = keys.find((candidate) => sameMac(nginxHash({ expires, ...hashed }, candidate), hash))
  if (key === undefined) {
    const [what, other] = source === 'link'
      ? ['file', 'another file\'s link']
      : ['folder', 'another folder\'s cookies']
    const address = hashed.address === '' ? '' : ', another address'
    const fitted = otherText({ source, hash, expires }, { address: hashed.address, uri }, keys)
    list.refuse(
      'hash',
      fitted === undefined ? 'signature-wrong' : 'hash-of-other',
      `It fits none of the accepted secrets with this expiry and the ${what} ` +
        `${JSON.stringify(hashed.signed)}: ${other}, another secret${address} or a changed expiry.`,
      fitted === undefined ? {} : { expected: hashed.signed, found: fitted }
    )
  }
  list.pass('hash', `It fits the key ${key.id}.`)
}

/** Folders above, the folder without its slash and the file itself, as other signers hash them. */
function otherText (
  { hash, expires }: NginxCredentials,
  { address, uri }: { address: string, uri: string },
  keys: readonly NginxKey[]
): string | undefined {
  const segments = uri.split('/')
  const folders = segments.slice(0, 32).map((_, index) => `${segments.slice(0, index).join('/')}/`)
  const bare = folders.map((folder) => folder.slice(0, -1))
  return [uri, ...folders, ...bare].find((signed) =>
    keys.some((key) => sameMac(nginxHash({ expires, signed, address }, key), hash))
  )
}
