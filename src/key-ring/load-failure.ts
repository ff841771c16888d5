import * as errors from '../errors.js'

/** Where a ring's entries come from, for people. */
export type KeyOrigin = 'array' | 'file' | 'loader'

const identifier = /^[A-Za-z_$][\w$]{0,39}$/

/**
 * The system's codes, and those of Node.js, undici and OpenSSL by how they begin. A key is longer
 * than the first, and begins with none of the others.
 */
const codeShape =
  /^(?:E[A-Z0-9]{2,14}|(?:ERR|UND_ERR|UNABLE|CERT|DEPTH|SELF|EAI)(?:_[A-Z0-9]{1,15}){1,6})$/

/**
 * Why a load failed, for a log and for messages. The package's own errors hold no key; of any other
 * error only its class and its code are told, for its text may quote the key in any encoding.
 */
export function loadFailureReason (error: unknown, origin: KeyOrigin): string {
  if (!isOwnError(error)) return `its ${origin} failed with ${errorKind(error)}`
  const { code, message, cause } = error
  const behind = cause === undefined || isOwnError(cause) ? '' : ` (${errorKind(cause)})`
  return `${code}: ${message}${behind}`
}

/** An error for a log: the code of one of ours, else the kind of another's. Never its text. */
export function codeOrKind (error: unknown): string {
  return isOwnError(error) ? error.code : errorKind(error)
}

/** True of what a class of this package made, whatever code another error gives itself. */
export function isOwnError (error: unknown): error is Error & { code: string } {
  return error instanceof Error && Object.values(errors).some((Class) => error instanceof Class)
}

/**
 * The class and the code of an error, where they look like what they are. Runs no getter of it.
 */
export function errorKind (error: unknown): string {
  if (!(error instanceof Error)) return `a thrown ${typeof error}`
  const made = valueOf(Object.getPrototypeOf(error), 'constructor')
  const name = typeof made === 'function' ? valueOf(made, 'name') : undefined
  const code = valueOf(error, 'code')
  const words = [
    isText(name, identifier) ? name : 'an error',
    ...isText(code, codeShape) ? [code] : []
  ]
  return words.join(' ')
}

function valueOf (object: object, property: string): unknown {
  return Object.getOwnPropertyDescriptor(object, property)?.value
}

function isText (value: unknown, shape: RegExp): value is string {
  return typeof value === 'string' && shape.test(value)
}
