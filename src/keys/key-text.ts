import * as errors from '../errors.js'
import { isDer } from './der.js'
import type { Jwk } from './jwk.js'
import type { KeyPlace } from './key-place.js'
import { beginsHalf, pemBlock, type PemBlock } from './pem-block.js'

/**
 * A key as it is read, without the quotes, the JSON or the base64 that it often comes wrapped in.
 */
export type KeyForm =
  | { readonly pem: PemBlock }
  | { readonly jwk: Jwk }
  | { readonly der: Buffer }

/** In characters or bytes: RSA-16384 in PEM takes 13 kB. */
const largestKey = 65_536
const longestPath = 1024

/** What begins or ends like the path of a file, on one line, and is no base64 with its padding. */
const path =
  /^(?:file:|~|\.{1,2})?[/\\](?!.*=$)|^[A-Za-z]:[/\\]|\.(?:pem|key|der|p8|pk8|crt|cer|json|txt)$/i

/**
 * Finds out in which form a key is. Takes a time that grows no faster than the input.
 *
 * @throws CDN_ACCESS_KEY_UNREADABLE for what is no key, or over 64 kB
 */
export function readKeyForm (input: unknown, place: KeyPlace): KeyForm {
  if (typeof input === 'string') return fromText(input, place)
  if (input instanceof Uint8Array) return fromBytes(input, place)
  if (isJwk(input)) return fromJwk(input, place)
  return refuse(
    place,
    input === undefined
      ? 'it is undefined: is the environment variable set?'
      : 'it must be PEM text, the bytes of PEM or DER, a JWK or a KeyObject'
  )
}

function fromBytes (input: Uint8Array, place: KeyPlace): KeyForm {
  checkLength(input.byteLength, place)
  const bytes = Buffer.from(input.buffer, input.byteOffset, input.byteLength)
  return isDer(bytes) ? { der: bytes } : fromText(bytes.toString(), place)
}

function fromText (input: string, place: KeyPlace): KeyForm {
  checkLength(input.length, place)
  const text = input.trim().replace(/^(["'])([\s\S]*)\1$/, '$2').trim()
  if (text === '') refuse(place, 'it is empty: is the environment variable set?')
  // Bytes that are no text may begin like anything.
  const legible = !text.includes('\uFFFD')
  if (legible && text.startsWith('{')) return fromJson(text, place)
  if (legible && isPath(text)) {
    refuse(
      place,
      'it looks like the path of a file, and the key itself belongs here: ' +
        `read it with readFileSync(path), ${
          place.half === 'private' ? 'name it in CDN_ACCESS_PRIVATE_KEY_FILE, ' : ''
        }or give "keys" as { file } where it holds entries in JSON`
    )
  }
  const lines = unescapeLines(text)
  const pem = pemBlock(lines, place)
  if (pem !== undefined) return { pem }
  const der = Buffer.from(lines, 'base64')
  const decoded = der.toString('latin1')
  return /-----BEGIN|"kty"/.test(decoded) ? fromText(decoded, place) : { der }
}

function isJwk (input: unknown): input is Jwk {
  return typeof input === 'object' && input !== null && 'kty' in input
}

function fromJwk (jwk: Jwk, place: KeyPlace): KeyForm {
  for (const member of Object.values(jwk)) {
    if (typeof member === 'string') checkLength(member.length, place)
  }
  return { jwk }
}

/**
 * A JWK, or the one member of a secret's JSON that holds PEM. The parser's own error quotes the
 * text, so it is dropped.
 */
function fromJson (json: string, place: KeyPlace): KeyForm {
  let parsed: Record<string, unknown>
  try {
    parsed = JSON.parse(json) as Record<string, unknown>
  } catch {
    return refuse(place, 'it starts like JSON but is not')
  }
  if (isJwk(parsed)) return { jwk: parsed }
  const pems = Object.values(parsed).filter((value): value is string =>
    typeof value === 'string' && value.includes('-----BEGIN')
  )
  const fitting = pems.filter((pem) => beginsHalf(pem, place.half))
  const [pem, ...others] = fitting.length === 0 ? pems : fitting
  if (pem === undefined || others.length > 0) {
    const found = pem === undefined ? 'no member that holds' : 'several members that hold'
    return refuse(place, `its JSON has ${found} PEM, and it must be one`)
  }
  return { pem: pemBlock(unescapeLines(pem), place)! }
}

function isPath (text: string): boolean {
  return text.length <= longestPath && path.test(text) && !/[\r\n]/.test(text)
}

/**
 * Environment variables and secrets often hold a line break as a backslash and an n. A run of
 * backslashes is looked at once, whatever follows it.
 */
function unescapeLines (text: string): string {
  return text.replace(
    /\\+([rn]?)/g,
    (run, letter: string) => letter === 'n' ? '\n' : letter === 'r' ? '' : run
  )
}

function checkLength (length: number, place: KeyPlace): void {
  if (length > largestKey) refuse(place, 'it is longer than 64 kB, and no key is')
}

function refuse ({ field }: KeyPlace, why: string): never {
  throw new errors.CDN_ACCESS_KEY_UNREADABLE(field, why)
}
