/** A browser of its own, with cookies of its own. */
export interface Engine {
  readonly name: string
  /** Opens a page in a new tab. */
  open(url: string): Promise<EnginePage>
}

/** What tests do with a page in any engine. */
export interface EnginePage {
  /** Runs a function in the page with what JSON holds, and gives what it resolves with. */
  evaluate<Args extends readonly unknown[], Result>(
    run: (...args: Args) => Promise<Result> | Result,
    ...args: Args
  ): Promise<Result>
  /** The first frame in the page. */
  frame(): Promise<EnginePage>
  /** A PNG of what is in view, after the window got this width where it can be resized. */
  screenshot(width: number): Promise<Buffer>
}

/** The text of a call, for engines that take text alone. */
export function callText (run: (...args: never[]) => unknown, args: readonly unknown[]): string {
  return `(${run.toString()})(...${JSON.stringify(args)})`
}
