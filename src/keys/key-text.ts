import type { JsonWebKey } from 'node:crypto'
import * as errors from '../errors.js'

/** Which half of a pair is looked for, and what the entry calls it. */
export interface KeyPlace {
  readonly half: 'private' | 'public'
  readonly field: string
}

/** One block of a PEM text. */
export interface PemBlock {
  readonly label: string
  readonly encrypted: boolean
  readonly pem: string
}

/** The PEM blocks that each half prefers where a text or a secret holds several. */
const pemLabels: Record<KeyPlace['half'], RegExp> = {
  private: /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  public: /-----BEGIN (?:[A-Z ]*PUBLIC KEY|CERTIFICATE)-----/
}

/** What stands between the quotes, the JSON or the base64 that a key often comes wrapped in. */
export function keyText (input: unknown, place: KeyPlace): string | JsonWebKey {
  if (typeof input === 'object' && input !== null && 'kty' in input) return input as JsonWebKey
  if (typeof input !== 'string' && !Buffer.isBuffer(input)) {
    throw new errors.CDN_ACCESS_KEY_UNREADABLE(
      place.field,
      'it must be PEM text, a Buffer, a JWK or a KeyObject'
    )
  }
  const text = input.toString().trim().replace(/^(["'])([\s\S]*)\1$/, '$2').trim()
  if (text === '') {
    throw new errors.CDN_ACCESS_KEY_UNREADABLE(
      place.field,
      'it is empty: is the environment variable set?'
    )
  }
  if (text.startsWith('{')) return fromJson(text, place)
  const lines = unescapeLines(text)
  if (lines.includes('-----BEGIN')) return lines
  const decoded = Buffer.from(lines, 'base64').toString('latin1')
  return /-----BEGIN|"kty"/.test(decoded) ? keyText(decoded, place) : lines
}

/**
 * The block with the key, its lines made anew; the text may hold others, such as EC
 * parameters or certificates.
 */
export function pemBlock (text: string, place: KeyPlace): PemBlock | undefined {
  const blocks = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/g)]
  const block = blocks.find(([whole]) => pemLabels[place.half].test(whole)) ??
    blocks.find(([, label]) => label!.endsWith('KEY')) ?? blocks[0]
  if (block === undefined) {
    if (text.includes('-----BEGIN')) {
      throw new errors.CDN_ACCESS_KEY_UNREADABLE(
        place.field,
        'the PEM block has no matching END line: it is cut off'
      )
    }
    return undefined
  }
  const [, label = '', body = ''] = block
  const header = /^\s*Proc-Type:\s*4,ENCRYPTED\s+DEK-Info:\s*(\S+)\s/.exec(body)
  const base64 = body.slice(header?.[0].length ?? 0).replace(/\s+/g, '').replace(/.{1,64}/g, '$&\n')
  const headerLines = header === null ? '' : `Proc-Type: 4,ENCRYPTED\nDEK-Info: ${header[1]}\n\n`
  return {
    label,
    encrypted: header !== null || label.includes('ENCRYPTED'),
    pem: `-----BEGIN ${label}-----\n${headerLines}${base64}-----END ${label}-----\n`
  }
}

/**
 * A JWK, or the one member of a secret's JSON that holds PEM. The parser's own error quotes the
 * text, so it is dropped.
 */
function fromJson (json: string, place: KeyPlace): string | JsonWebKey {
  let parsed: Record<string, unknown>
  try {
    parsed = JSON.parse(json) as Record<string, unknown>
  } catch {
    throw new errors.CDN_ACCESS_KEY_UNREADABLE(place.field, 'it starts like JSON but is not')
  }
  if ('kty' in parsed) return parsed
  const pems = Object.values(parsed).filter((value): value is string =>
    typeof value === 'string' && value.includes('-----BEGIN')
  )
  const fitting = pems.filter((pem) => pemLabels[place.half].test(pem))
  const [pem, ...others] = fitting.length === 0 ? pems : fitting
  if (pem === undefined || others.length > 0) {
    const found = pem === undefined ? 'no member that holds' : 'several members that hold'
    throw new errors.CDN_ACCESS_KEY_UNREADABLE(
      place.field,
      `its JSON has ${found} PEM, and it must be one`
    )
  }
  return unescapeLines(pem)
}

/** Environment variables and secrets often hold a line break as a backslash and an n. */
function unescapeLines (text: string): string {
  return text.replace(/\\+r/g, '').replace(/\\+n/g, '\n')
}
