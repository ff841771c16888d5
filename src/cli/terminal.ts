import type { EpochSeconds } from '../time.js'

/** What a command is run with: the process, or in tests something in its place. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Milliseconds, like `Date.now`. */
  readonly now: () => number
  /** True where a person reads the output. */
  readonly isTerminal: boolean
  out(text: string): void
  err(text: string): void
  /** All of the standard input; undefined where that is a keyboard. */
  readInput(): Promise<string | undefined>
}

/** The second in which a command is run. */
export function secondOf ({ now }: Pick<Terminal, 'now'>): EpochSeconds {
  return Math.floor(now() / 1000)
}

/** Writes words in colours, or plainly. */
export interface Paint {
  good(text: string): string
  bad(text: string): string
  faint(text: string): string
  strong(text: string): string
}

/** Colours on a terminal alone, and never with `NO_COLOR` (https://no-color.org). */
export function paintFor ({ isTerminal, env }: Pick<Terminal, 'isTerminal' | 'env'>): Paint {
  const colours = isTerminal && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb'
  const paint = (begin: number, end: number) => (text: string) =>
    colours ? `\u001b[${begin}m${text}\u001b[${end}m` : text
  return { good: paint(32, 39), bad: paint(31, 39), faint: paint(2, 22), strong: paint(1, 22) }
}

/**
 * Text of others, such as a policy's, without what a terminal would obey: control characters are
 * shown as their numbers.
 */
export function printable (text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`
  )
}
