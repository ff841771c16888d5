import type { Cdn } from '../cdn/cdn.js'
import * as errors from '../errors.js'
import { isFields } from '../input/fields.js'
import { isDer } from '../keys/der.js'
import type { KeyLoadDetails } from '../keys/key.js'
import { beginsHalf } from '../keys/pem-block.js'

/** Makes entries of ids and keys, with the names that the entries of this CDN have. */
export function keyEntryMaker (
  cdn: string,
  fields: Cdn['keyFields']
): KeyLoadDetails['entryOf'] {
  return (id, key) => {
    if (fields === undefined) {
      throw new errors.CDN_ACCESS_KEY_SOURCE_INVALID(
        cdn,
        'needs "keyFields" in the CDN, which say what the fields of its entries are called'
      )
    }
    const material = fields.publicKey === undefined ? textOf(key) : derOrTextOf(key)
    const field = isPublicAlone(material) ? fields.publicKey ?? fields.key : fields.key
    const named = fields.id !== undefined && !namesItself(material, fields.id)
    return { ...named ? { [fields.id]: id } : {}, [field]: material }
  }
}

/** DER stays as it is: it is no text. */
function derOrTextOf (key: string | Uint8Array): string | Uint8Array {
  return typeof key !== 'string' && isDer(Buffer.from(key)) ? key : textOf(key)
}

/** Without the line end that files have. */
function textOf (key: string | Uint8Array): string {
  return (typeof key === 'string' ? key : Buffer.from(key).toString()).replace(/[\r\n]+$/, '')
}

function isPublicAlone (key: string | Uint8Array): boolean {
  return typeof key === 'string' && beginsHalf(key, 'public') && !beginsHalf(key, 'private')
}

/** True of a JWK with an id of its own, by which the CDN knows it. */
function namesItself (key: string | Uint8Array, field: string): boolean {
  if (typeof key !== 'string' || !key.trimStart().startsWith('{')) return false
  try {
    const parsed: unknown = JSON.parse(key)
    return isFields(parsed) && field in parsed
  } catch {
    return false
  }
}
