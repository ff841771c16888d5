import { checkCdn, type Cdn } from '../cdn/cdn.js'
import { openKeySource } from '../key-ring/key-source.js'
import { openSigners } from '../key-ring/open-signers.js'
import type { CdnKey } from '../keys/key.js'
import type { EpochSeconds } from '../time.js'
import { breach, messageOf } from './breach.js'
import { secretsOf } from './secrets.js'

/** A CDN under test, with its keys opened. */
export interface Subject {
  readonly cdn: Cdn
  readonly keys: readonly CdnKey[]
  /** The key that signs: the first that can. */
  readonly key: CdnKey
  /** The key material, in each spelling in which it could be let out. */
  readonly secrets: readonly string[]
}

/** Checks the shape of a CDN and of its keys. */
export async function openSubject (given: unknown, now: EpochSeconds): Promise<Subject> {
  const cdn = checkShape(given)
  const entries = await loadEntries(cdn, now)
  const keys = entries.map((entry) => readKey(cdn, entry))
  const key = keys.find(({ canSign }) => canSign)
  if (key === undefined) throw breach(cdn, 'none of its keys can sign')
  const ids = new Set(keys.map(({ id }) => id))
  const secrets = secretsOf(entries).filter((secret) => !ids.has(secret))
  for (const { identity } of keys) {
    if (secrets.some((secret) => secret.includes(identity) || identity.includes(secret))) {
      throw breach(cdn, 'the "identity" of a key holds the key itself, or is a part of it')
    }
  }
  refuseSharedNames(cdn, keys)
  return { cdn, keys, key, secrets }
}

function checkShape (given: unknown): Cdn {
  let cdn: Cdn
  try {
    cdn = checkCdn(given)
  } catch (error) {
    const name = String((Object(given) as Partial<Cdn>).name)
    throw breach({ name }, `it has not the shape of one: ${messageOf(error)}`, error)
  }
  if (new Set(cdn.cookieNames).size !== cdn.cookieNames.length) {
    throw breach(cdn, '"cookieNames" lists a name twice')
  }
  if (!isPlainJson(cdn.format)) {
    throw breach(cdn, '"format" is no plain JSON: it must be the same once it is written and read')
  }
  return cdn
}

/** True of a value that is the same once it is written as JSON and read again. */
function isPlainJson (value: unknown): boolean {
  if (value === null || ['boolean', 'string'].includes(typeof value)) return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (Array.isArray(value)) return value.every(isPlainJson)
  return typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype &&
    Object.values(value).every(isPlainJson)
}

async function loadEntries (cdn: Cdn, now: EpochSeconds): Promise<readonly unknown[]> {
  try {
    const { signal } = new AbortController()
    const entries = await openKeySource(cdn).load({ signal, now })
    return await openSigners(entries, cdn.name, signal)
  } catch (error) {
    throw breach(cdn, `its "keys" can't be loaded: ${messageOf(error)}`, error)
  }
}

function readKey (cdn: Cdn, entry: unknown): CdnKey {
  const key = parse(cdn, entry)
  const { id, identity, canSign } = key
  if (typeof id !== 'string' || id === '') throw breach(cdn, 'a key has no "id"')
  if (typeof identity !== 'string' || !/^[A-Za-z0-9_-]{8,}$/.test(identity)) {
    throw breach(cdn, 'the "identity" of a key must be at least 8 characters of base64url')
  }
  if (typeof canSign !== 'boolean') {
    throw breach(cdn, 'the "canSign" of a key must be true or false')
  }
  if (parse(cdn, entry).identity !== identity) {
    throw breach(cdn, 'one entry has another "identity" each time that it is parsed')
  }
  refuseGuessable(cdn, entry)
  return key
}

/**
 * A field that makes another key of another text is a secret, and four characters of it can be
 * guessed; a name or an id makes no other key, and a key pair is none of these texts.
 */
function refuseGuessable (cdn: Cdn, entry: unknown): void {
  const fields = Object.entries(Object(entry) as object).filter(([, value]) =>
    typeof value === 'string'
  )
  for (const [field] of fields) {
    const identities = ['AAAA', '0000'].map((secret) =>
      identityOf(cdn, { ...entry as object, [field]: secret })
    )
    if (!identities.includes(undefined) && identities[0] !== identities[1]) {
      throw breach(cdn, `it takes a "${field}" of four characters, which every viewer could guess`)
    }
  }
}

function identityOf (cdn: Cdn, entry: object): string | undefined {
  try {
    return cdn.parseKey(entry).identity
  } catch {
    return undefined
  }
}

function parse (cdn: Cdn, entry: unknown): CdnKey {
  try {
    return cdn.parseKey(entry)
  } catch (error) {
    throw breach(cdn, `"parseKey" refuses an entry of "keys": ${messageOf(error)}`, error)
  }
}

function refuseSharedNames (cdn: Cdn, keys: readonly CdnKey[]): void {
  for (const name of ['identity', 'id'] as const) {
    if (new Set(keys.map((key) => key[name])).size < keys.length) {
      throw breach(cdn, `two of its keys have one "${name}"`)
    }
  }
}
