import { constants, createHmac, verify, type KeyObject } from 'node:crypto'
import { sameMac } from '../../keys/secret-key.js'
import { CborTag, encodeCbor, type CborValue } from './cbor.js'
import { decodeCbor } from './cbor-reader.js'

export type CoseAlgorithm = 'HS256' | 'ES256' | 'PS256'

/** What is the same for all messages of one algorithm. */
interface CoseScheme {
  /** Its number in the protected header (RFC 9053, sections 2.1, 3.1; RFC 8230, section 2). */
  readonly id: number
  /** What the structure is tagged with: COSE_Mac0 or COSE_Sign1. */
  readonly tag: 17 | 18
  /** What the bytes that are signed begin with. */
  readonly context: 'MAC0' | 'Signature1'
  readonly verify: (input: Buffer, key: KeyObject, proof: Buffer) => boolean
}

export const coseSchemes: Readonly<Record<CoseAlgorithm, CoseScheme>> = {
  HS256: {
    id: 5,
    tag: 17,
    context: 'MAC0',
    verify: (input, key, proof) => sameMac(createHmac('sha256', key).update(input).digest(), proof)
  },
  ES256: {
    id: -7,
    tag: 18,
    context: 'Signature1',
    verify: (input, key, proof) =>
      verify('sha256', input, { key, dsaEncoding: 'ieee-p1363' }, proof)
  },
  PS256: {
    id: -37,
    tag: 18,
    context: 'Signature1',
    verify: (input, key, proof) =>
      verify(
        'sha256',
        input,
        {
          key,
          padding: constants.RSA_PKCS1_PSS_PADDING,
          saltLength: constants.RSA_PSS_SALTLEN_DIGEST
        },
        proof
      )
  }
}

/** A CWT (RFC 8392) in COSE_Mac0 or COSE_Sign1, taken apart and not yet verified. */
export interface CoseMessage {
  readonly tag: number
  /** The protected header as it stands there. */
  readonly header: Buffer
  /** The only thing in the protected header; undefined where more or less is there. */
  readonly algorithm: CborValue | undefined
  /** Out of the unprotected header, which no signature covers. */
  readonly kid: Buffer | undefined
  readonly payload: Buffer
  /** The MAC or the signature; of ES256 both numbers side by side (RFC 9053, section 2.1). */
  readonly proof: Buffer
}

/** What a message is made of. */
export interface CoseParts {
  readonly algorithm: CoseAlgorithm
  readonly kid: string
  readonly payload: Buffer
}

const cwt = 61
const algorithmLabel = 1
const kidLabel = 4

/** The protected headers, each written once. */
const headers = {
  HS256: headerOf('HS256'),
  ES256: headerOf('ES256'),
  PS256: headerOf('PS256')
}

/** Signs a payload; `sign` gets the bytes to sign and yields the proof as COSE has it. */
export async function signCose (
  { algorithm, kid, payload }: CoseParts,
  sign: (input: Buffer) => Promise<Buffer>
): Promise<Buffer> {
  const { tag, context } = coseSchemes[algorithm]
  const header = headers[algorithm]
  const proof = await sign(inputOf(context, header, payload))
  const unprotected = new Map([[kidLabel, Buffer.from(kid)]])
  return encodeCbor(new CborTag(cwt, new CborTag(tag, [header, unprotected, payload, proof])))
}

/**
 * Takes a message apart, or returns undefined for what is no CWT with both tags, or has anything
 * but a key id in its unprotected header.
 */
export function readCose (bytes: Uint8Array): CoseMessage | undefined {
  const outer = decodeCbor(bytes)
  if (!(outer instanceof CborTag) || outer.tag !== cwt) return undefined
  const { value: inner } = outer
  if (!(inner instanceof CborTag) || !Array.isArray(inner.value)) return undefined
  const [header, unprotected, payload, proof, ...others] = inner.value as readonly CborValue[]
  if (!(header instanceof Buffer) || !(payload instanceof Buffer)) return undefined
  if (!(proof instanceof Buffer) || !(unprotected instanceof Map)) return undefined
  const kid: unknown = unprotected.get(kidLabel)
  const known = kid === undefined ? 0 : 1
  if (others.length > 0 || unprotected.size !== known) return undefined
  if (kid !== undefined && !(kid instanceof Buffer)) return undefined
  return { tag: inner.tag, header, algorithm: algorithmOf(header), kid, payload, proof }
}

/**
 * True where a message is of this algorithm, in its tag and in its header, and its proof fits. The
 * algorithm is the key's, never the message's own.
 */
export function verifyCose (
  { tag, header, payload, proof }: CoseMessage,
  algorithm: CoseAlgorithm,
  key: KeyObject
): boolean {
  const scheme = coseSchemes[algorithm]
  return tag === scheme.tag && header.equals(headers[algorithm]) &&
    scheme.verify(inputOf(scheme.context, header, payload), key, proof)
}

/** What is signed: RFC 9052, sections 4.4 and 6.3, without external data. */
function inputOf (context: string, header: Buffer, payload: Buffer): Buffer {
  return encodeCbor([context, header, Buffer.alloc(0), payload])
}

function headerOf (algorithm: CoseAlgorithm): Buffer {
  return encodeCbor(new Map([[algorithmLabel, coseSchemes[algorithm].id]]))
}

function algorithmOf (header: Buffer): CborValue | undefined {
  const map = decodeCbor(header)
  return map instanceof Map && map.size === 1
    ? map.get(algorithmLabel) as CborValue | undefined
    : undefined
}
