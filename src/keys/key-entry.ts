import * as errors from '../errors.js'
import { isFields } from '../input/fields.js'
import { momentOf, type EpochSeconds } from '../time.js'
import type { KeyValidity } from './key.js'

/** A plain object with known fields, or the error that names the odd one. */
export function checkEntry<Entry> (entry: unknown, known: readonly string[], cdn: string): Entry {
  if (!isFields(entry)) {
    throw new errors.CDN_ACCESS_KEY_ENTRY_INVALID(
      cdn,
      'must be an object: a key alone has no id to go with it'
    )
  }
  const odd = Object.keys(entry).find((field) => !known.includes(field))
  if (odd !== undefined) {
    throw new errors.CDN_ACCESS_KEY_ENTRY_INVALID(
      cdn,
      `has a field${shownField(odd)} which nothing reads: it takes ${known.join(', ')}`
    )
  }
  return entry as Entry
}

/** For messages; none of a field whose name is so odd that it may be a key in the wrong place. */
export function shownField (field: string): string {
  return /^\w{1,20}$/.test(field) ? ` "${field}",` : ''
}

/** The validity of an entry in epoch seconds, without the fields that it does not have. */
export function parseValidity (
  entry: KeyValidity
): { notBefore?: EpochSeconds, notAfter?: EpochSeconds } {
  const notBefore = readMoment(entry, 'notBefore')
  const notAfter = readMoment(entry, 'notAfter')
  if (notBefore !== undefined && notAfter !== undefined && notAfter <= notBefore) {
    throw new errors.CDN_ACCESS_KEY_VALIDITY_INVALID('notAfter', 'later than its "notBefore"')
  }
  return {
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(notAfter === undefined ? {} : { notAfter })
  }
}

function readMoment (
  entry: KeyValidity,
  field: 'notBefore' | 'notAfter'
): EpochSeconds | undefined {
  if (entry[field] === undefined) return undefined
  const moment = momentOf(entry[field])
  if (moment === undefined) {
    throw new errors.CDN_ACCESS_KEY_VALIDITY_INVALID(field, 'a Date or epoch seconds')
  }
  return moment
}
