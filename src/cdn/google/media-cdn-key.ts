import { createHmac, createSecretKey, verify } from 'node:crypto'
import * as errors from '../../errors.js'
import { checkEntry, parseValidity } from '../../keys/key-entry.js'
import { keyPairFields, parseKeyPair, type KeyPairEntry } from '../../keys/parse-key.js'
import {
  sameMac,
  secretFromBase64Url,
  secretIdentity,
  type SecretInput
} from '../../keys/secret-key.js'
import type { NamedKey } from './signature.js'

/** One key of an `EdgeCacheKeyset`, for signatures and for tokens. */
export interface GoogleMediaCdnKeyEntry extends KeyPairEntry {
  /**
   * What signatures name: the keyset. Keys of one keyset have one name. 1 to 64 of
   * `A-Z a-z 0-9 _ -`, a letter first.
   */
  readonly keyName: string
  /** Tokens alone take it: {@link GoogleMediaCdnTokenKeyEntry}. */
  readonly sharedKey?: undefined
}

/** One key of an `EdgeCacheKeyset`, for tokens. */
export interface GoogleMediaCdnTokenKeyEntry extends Omit<GoogleMediaCdnKeyEntry, 'sharedKey'> {
  /** A validation shared key in base64url, at least 16 bytes, in place of a key pair. */
  readonly sharedKey?: SecretInput | undefined
}

export interface GoogleMediaCdnKey extends NamedKey {
  readonly algorithm: 'Ed25519' | 'HMAC-SHA256'
  /** Missing where only the public half is there. */
  readonly signText?: (text: string) => Promise<Buffer>
  readonly verifyText: (text: string, signature: Buffer) => boolean
}

type Half = Pick<GoogleMediaCdnKey, 'identity' | 'algorithm' | 'signText' | 'verifyText'>

const entryFields = ['keyName', 'sharedKey', ...keyPairFields]

/** What stands in DER before the 32 bytes of an Ed25519 key (RFC 8410, section 10). */
const derHead = {
  privateKey: '302e020100300506032b657004220420',
  publicKey: '302a300506032b6570032100'
}

/** Reads one entry of a keyset. */
export function parseMediaCdnKey (
  entry: unknown,
  cdn: string,
  mode: 'signature' | 'token'
): GoogleMediaCdnKey {
  const checked = checkEntry<GoogleMediaCdnTokenKeyEntry>(entry, entryFields, cdn)
  const { keyName, sharedKey } = checked
  if (typeof keyName !== 'string' || !/^[A-Za-z][\w-]{0,63}$/.test(keyName)) {
    throw new errors.CDN_ACCESS_KEY_ID_INVALID(
      'keyName',
      'the keyset\'s name, 1 to 64 of A-Z a-z 0-9 _ - with a letter first'
    )
  }
  if (sharedKey !== undefined) refuseShared(checked, cdn, mode)
  const { identity, ...key } = sharedKey === undefined
    ? ed25519(checked, cdn)
    : hmacSha256(sharedKey)
  return {
    id: `${keyName}/${identity.slice(0, 8)}`,
    keyName,
    identity,
    canSign: key.signText !== undefined,
    ...parseValidity(checked),
    ...key
  }
}

function refuseShared (entry: GoogleMediaCdnTokenKeyEntry, cdn: string, mode: string): void {
  if (mode === 'signature') {
    throw new errors.CDN_ACCESS_KEY_ENTRY_INVALID(
      cdn,
      'has "sharedKey", which signs tokens alone: give "privateKey", or set "mode" to "token"'
    )
  }
  if (entry.privateKey !== undefined || entry.publicKey !== undefined) {
    throw new errors.CDN_ACCESS_KEY_ENTRY_INVALID(
      cdn,
      'has both "sharedKey" and a key pair: make two entries of it'
    )
  }
}

function ed25519 (entry: GoogleMediaCdnTokenKeyEntry, cdn: string): Half {
  const { publicKey, identity, signBytes } = parseKeyPair(wrapRawKeys(entry), cdn)
  if (publicKey.asymmetricKeyType !== 'ed25519') {
    throw new errors.CDN_ACCESS_KEY_TYPE(
      entry.privateKey === undefined ? 'publicKey' : 'privateKey',
      publicKey.asymmetricKeyType?.toUpperCase(),
      'Ed25519'
    )
  }
  const half: Half = {
    identity,
    algorithm: 'Ed25519',
    verifyText: (text, signature) => verify(null, Buffer.from(text), publicKey, signature)
  }
  if (signBytes === undefined) return half
  return { ...half, signText: (text) => signBytes('Ed25519', Buffer.from(text)) }
}

/** Google's pages give keys as the bare 32 bytes in base64url: these become DER. */
function wrapRawKeys (entry: GoogleMediaCdnTokenKeyEntry): KeyPairEntry {
  const wrapped = (['privateKey', 'publicKey'] as const).flatMap((field) => {
    const raw = secretFromBase64Url(entry[field])
    if (raw?.length !== 32) return []
    const der = Buffer.concat([Buffer.from(derHead[field], 'hex'), raw])
    return [[field, der.toString('base64')]]
  })
  return { ...entry, ...Object.fromEntries(wrapped) as Partial<KeyPairEntry> }
}

function hmacSha256 (sharedKey: unknown): Half {
  const bytes = secretFromBase64Url(sharedKey)
  if (bytes === undefined || bytes.length < 16) {
    throw new errors.CDN_ACCESS_KEY_SECRET_INVALID(
      'sharedKey',
      'at least 16 random bytes in base64url: viewers could guess a shorter one'
    )
  }
  const secret = createSecretKey(bytes)
  const mac = (text: string): Buffer => createHmac('sha256', secret).update(text).digest()
  return {
    identity: secretIdentity(bytes),
    algorithm: 'HMAC-SHA256',
    signText: async (text) => mac(text),
    verifyText: (text, signature) => sameMac(mac(text), signature)
  }
}
