import { sameMac } from '../../keys/secret-key.js'
import type { EdgeRequest, Verdict } from '../cdn.js'
import { checkRequestPath } from '../format/request-path.js'
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
    checkHash(list, credentials, { signed, address: addressOf(list, block, request) }, keys)
    checkExpiry(list, Number(credentials.expires), request.now)
  })
}

function capture (list: Checklist, { shape, scope }: NginxBlock, uri: string): string {
  const found = shape.captured.exec(uri)?.[0]
  if (found === undefined) {
    list.refuse('scope', `The path is not below ${scope}: no location with secure_link answers it.`)
  }
  list.pass('scope', `The path is in a ${shape.named ? 'name' : 'folder'} of the shape ${scope}.`)
  return found
}

function addressOf (list: Checklist, block: NginxBlock, request: EdgeRequest): string {
  if (!block.ip) return ''
  if (request.ip === undefined) {
    list.refuse('address', 'The viewer\'s address is part of what is hashed, and it is not known.')
  }
  list.pass('address', 'The viewer\'s address is part of what is hashed.')
  return hashedAddress(request.ip, isSpaced(block))
}

function checkHash (
  list: Checklist,
  { source, hash, expires }: NginxCredentials,
  hashed: { signed: string, address: string },
  keys: readonly NginxKey[]
): void {
  const key = keys.find((candidate) => sameMac(nginxHash({ expires, ...hashed }, candidate), hash))
  if (key === undefined) {
    const [what, other] = source === 'link'
      ? ['file', 'another file\'s link']
      : ['folder', 'another folder\'s cookies']
    const address = hashed.address === '' ? '' : ', another address'
    list.refuse(
      'hash',
      `It fits none of the accepted secrets with this expiry and the ${what} ` +
        `${JSON.stringify(hashed.signed)}: ${other}, another secret${address} or a changed expiry.`
    )
  }
  list.pass('hash', `It fits the key ${key.id}.`)
}

/** nginx refuses from the second after the one that is sent. */
function checkExpiry (list: Checklist, expires: number, now: number): void {
  if (expires < now) list.refuse('expiry', `Access ended ${now - expires - 1} s ago: refresh it.`)
  list.pass('expiry', `Access ends in ${expires - now + 1} s.`)
}
