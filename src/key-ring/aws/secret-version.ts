import * as errors from '../../errors.js'
import { isFields } from '../../input/fields.js'
import type { KeyLoadDetails } from '../../keys/key.js'
import { lastMoment as never, momentOf, type EpochSeconds } from '../../time.js'

/** The fields of one key entry. */
export type EntryFields = Readonly<Record<string, unknown>>

/** One version of a secret: whole key entries. */
export interface SecretVersion {
  readonly id: string
  readonly createdAt: EpochSeconds
  readonly entries: readonly EntryFields[]
}

/** What is used of the answer to GetSecretValue. */
export interface SecretAnswer {
  readonly VersionId?: string
  readonly CreatedDate?: Date
  readonly SecretString?: string
  readonly SecretBinary?: Uint8Array
}

/**
 * Reads the JSON of a version: one entry or an array of them. What a rotation has begun and not
 * ended, such as an entry with an empty field, is none.
 *
 * @throws CDN_ACCESS_SECRET_UNREADABLE
 */
export function readSecretVersion (answer: SecretAnswer, stage: string): SecretVersion {
  const { VersionId: id, CreatedDate, SecretString, SecretBinary } = answer
  const createdAt = momentOf(CreatedDate)
  if (id === undefined || createdAt === undefined) refuse(stage, 'has no VersionId or CreatedDate')
  const text = SecretString ?? Buffer.from(SecretBinary ?? []).toString()
  const parsed = parseJson(text, stage)
  const entries: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed]
  if (entries.length === 0) refuse(stage, 'holds no entry')
  if (!entries.every(isEntry)) {
    refuse(stage, 'holds what is no key entry, or one with an empty field')
  }
  return { id, createdAt, entries }
}

/** What a version has to go with, and the reader of its keys. */
export interface BesideVersions {
  /** By their stages. */
  readonly others: { readonly AWSCURRENT: SecretVersion, readonly AWSPREVIOUS?: SecretVersion }
  readonly keyOf: KeyLoadDetails['keyOf']
}

/**
 * Refuses a version beside AWSCURRENT with which the whole ring would be refused: one of its entries
 * can't be read, or is another key under an id that another version has.
 *
 * @throws CDN_ACCESS_SECRET_UNREADABLE
 */
export function refuseUnready (
  version: SecretVersion,
  stage: string,
  { others, keyOf }: BesideVersions
): void {
  const taken = Object.entries(others).map(([other, beside]) => ({
    other,
    identities: identitiesOf(beside.entries.map(keyOf))
  }))
  const own = new Map<string, string>()
  for (const key of version.entries.map(verifying).map(keyOf)) {
    if (key === undefined) refuse(stage, 'holds an entry that the CDN can\'t read')
    const { id, identity } = key
    if ((own.get(id) ?? identity) !== identity) refuse(stage, 'holds two keys under one id')
    const clash = taken.find(({ identities }) => (identities.get(id) ?? identity) !== identity)
    if (clash !== undefined) refuse(stage, `holds another key under an id of ${clash.other}`)
    own.set(id, identity)
  }
}

/** An entry that signs nothing: it begins too late, or in the last second before its end. */
export function verifying (entry: EntryFields): EntryFields {
  const end = momentOf(entry['notAfter'])
  return { ...entry, notBefore: end === undefined ? never : end - 1 }
}

function identitiesOf (
  keys: ReadonlyArray<ReturnType<KeyLoadDetails['keyOf']>>
): ReadonlyMap<string, string> {
  return new Map(keys.filter((key) => key !== undefined).map(({ id, identity }) => [id, identity]))
}

function isEntry (entry: unknown): entry is EntryFields {
  return isFields(entry) && Object.keys(entry).length > 0 &&
    Object.values(entry).every((value) => value !== '' && value !== null)
}

/** The parser's own error quotes the text, so it is dropped. */
function parseJson (text: string, stage: string): unknown {
  if (text === '') return refuse(stage, 'is empty')
  try {
    return JSON.parse(text)
  } catch {
    return refuse(stage, 'is not JSON: it must hold one key entry or an array of entries')
  }
}

function refuse (stage: string, why: string): never {
  throw new errors.CDN_ACCESS_SECRET_UNREADABLE('awsSecret', `its version ${stage} ${why}`)
}
