/**
 * The same promise, but one whose rejection nobody handles is given to `report` and ends no
 * process: a viewer who is denied could bring that about. Awaited, returned or caught, it is like
 * any other.
 */
export function reportUnawaited<Result> (
  work: Promise<Result>,
  report: (error: unknown) => void
): Promise<Result> {
  return new WatchedPromise(work, report)
}

type Report = (error: unknown) => void

type Executor<Result> = ConstructorParameters<typeof Promise<Result>>[0]

/** Not even a logger that fails may end the process. */
function safely (report: Report, error: unknown): void {
  try {
    report(error)
  } catch {
    // There is nobody left to tell.
  }
}

/** `await` calls the `then` of a subclass, as it does not of a promise of the language's own. */
class WatchedPromise<Result> extends Promise<Result> {
  readonly #report: Report
  #handled = false

  /** The language's own ways, such as `promise.constructor.all()`, give a function and no report. */
  constructor (work: Promise<Result> | Executor<Result>, report: Report = () => undefined) {
    super(
      typeof work === 'function' ? work : (resolve, reject) => {
        work.then(resolve, reject)
      }
    )
    this.#report = report
    super.then(undefined, (error: unknown) => {
      // As late as Node.js itself looks for a rejection that nobody handles.
      process.nextTick(() => {
        if (!this.#handled) safely(report, error)
      })
    })
  }

  /** What follows from this promise is watched as well, and made by this class alone. */
  static override get [Symbol.species] (): PromiseConstructor {
    return Promise
  }

  override then<Next = Result, Other = never> (
    onResolved?: ((result: Result) => Next | PromiseLike<Next>) | null,
    onRejected?: ((error: unknown) => Other | PromiseLike<Other>) | null
  ): Promise<Next | Other> {
    this.#handled = true
    return new WatchedPromise(super.then(onResolved, onRejected), this.#report)
  }
}
