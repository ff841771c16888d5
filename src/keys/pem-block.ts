import * as errors from '../errors.js'
import type { KeyPlace } from './key-place.js'

/** One block of a PEM text. */
export interface PemBlock {
  readonly label: string
  readonly encrypted: boolean
  readonly pem: string
}

/** What a line that begins or ends a block says, and where. */
interface Marker {
  readonly begins: boolean
  readonly label: string
  readonly start: number
  readonly end: number
}

/** The labels that each half prefers where a text or a secret holds several blocks. */
const preferred: Record<KeyPlace['half'], RegExp> = {
  private: /PRIVATE KEY$/,
  public: /PUBLIC KEY$|^CERTIFICATE$/
}

const marker = /-----(BEGIN|END) ([A-Z0-9 ]{1,64})-----/g

/**
 * The block with the key, its lines made anew; the text may hold others, such as EC parameters or
 * certificates. Undefined where the text is no PEM.
 */
export function pemBlock (text: string, { half, field }: KeyPlace): PemBlock | undefined {
  const blocks = blocksOf(text)
  const block = blocks.find(({ label }) => preferred[half].test(label)) ??
    blocks.find(({ label }) => label.endsWith('KEY')) ?? blocks[0]
  if (block !== undefined) return rewrite(block)
  if (!text.includes('-----BEGIN')) return undefined
  throw new errors.CDN_ACCESS_KEY_UNREADABLE(
    field,
    'the PEM block has no matching END line: it is cut off'
  )
}

/** True of a text in which a block of this half begins, whether or not it ends. */
export function beginsHalf (text: string, half: KeyPlace['half']): boolean {
  return markersOf(text).some(({ begins, label }) => begins && preferred[half].test(label))
}

/** What stands between a line that begins a block and the next, which must end it. */
function blocksOf (text: string): Array<{ label: string, body: string }> {
  const markers = markersOf(text)
  return markers.flatMap(({ begins, label, end }, index) => {
    const next = markers[index + 1]
    return begins && next?.begins === false && next.label === label
      ? [{ label, body: text.slice(end, next.start) }]
      : []
  })
}

function markersOf (text: string): Marker[] {
  return [...text.matchAll(marker)].map(({ 0: line, 1: word, 2: label, index }) => ({
    begins: word === 'BEGIN',
    label: label!,
    start: index,
    end: index + line.length
  }))
}

function rewrite ({ label, body }: { label: string, body: string }): PemBlock {
  const header = /^\s*Proc-Type:\s*4,ENCRYPTED\s+DEK-Info:\s*(\S+)\s/.exec(body)
  const base64 = body.slice(header?.[0].length ?? 0).replace(/\s+/g, '').replace(/.{1,64}/g, '$&\n')
  const headerLines = header === null ? '' : `Proc-Type: 4,ENCRYPTED\nDEK-Info: ${header[1]}\n\n`
  return {
    label,
    encrypted: header !== null || label.includes('ENCRYPTED'),
    pem: `-----BEGIN ${label}-----\n${headerLines}${base64}-----END ${label}-----\n`
  }
}
