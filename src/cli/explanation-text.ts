import type { Check } from '../cdn/cdn.js'
import type { CdnAnswer, Note } from '../explain/answer.js'
import type { Explanation } from '../explain/explain.js'
import { shownUrl, type Capture } from './capture.js'
import { printable, type Paint } from './terminal.js'

/** A request, and what is said of it. */
export interface Explained {
  readonly capture: Capture & { readonly url: string }
  readonly explanation: Explanation
}

/** An explanation for people. */
export function explanationText ({ capture, explanation }: Explained, paint: Paint): string {
  const { allowed, unverified, status, cdn, checks, notes = [], others = [], unknown } = explanation
  const by = cdn === undefined ? '' : ` by ${cdn}`
  const verdict = unverified === true
    ? paint.good(`✓ nothing seen that would be refused${by}, but for the signature`)
    : allowed
    ? paint.good(`✓ allowed${by}`)
    : paint.bad(`✗ ${status === 0 ? 'no answer' : `refused with ${status}`}${by}`)
  return [
    paint.strong(printable(`${capture.method} ${shownUrl(capture.url)}`)),
    verdict,
    ...checks.flatMap((check) => checkLines(check, paint)),
    ...others.flatMap((other) => otherLines(other, paint)),
    ...notes.flatMap((note) => noteLines(note, paint)),
    paint.faint(unknown),
    ''
  ].join('\n')
}

function otherLines ({ cdn, allowed, checks }: CdnAnswer, paint: Paint): string[] {
  const head = `${allowed ? paint.good('✓') : paint.bad('✗')} ${cdn} has this address too`
  return [head].concat(checks.flatMap((check) => checkLines(check, paint)))
}

/** One check for people, on as many lines as it has to say. */
export function checkLines (check: Check, paint: Paint): string[] {
  const { name, ok, detail, code, expected, found, fix } = check
  const rows = Object.entries({ expected, found, fix })
  return [
    `  ${ok ? paint.good('✓') : paint.bad('✗')} ${name.padEnd(12)} ${printable(detail)}${
      code === undefined ? '' : ` [${code}]`
    }`,
    ...rows.flatMap(([label, text]) =>
      text === undefined ? [] : [`    ${paint.faint(label.padEnd(12))} ${printable(text)}`]
    )
  ]
}

function noteLines ({ code, detail, fix }: Note, paint: Paint): string[] {
  return [
    `  ${paint.strong('!')} ${'also'.padEnd(12)} ${printable(detail)} [${code}]`,
    `    ${paint.faint('fix'.padEnd(12))} ${fix}`
  ]
}
