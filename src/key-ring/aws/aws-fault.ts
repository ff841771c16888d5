import { errorKind } from '../load-failure.js'

/** What to do about a fault, by the name that a service gives it. */
export type Advice = Readonly<Record<string, string>>

/** A name that a service gives to a fault; no key looks like one. */
const faultName = /^[A-Z][A-Za-z]{2,60}(?:Exception|Error|Failure|Fault)$/

const common: Advice = {
  CredentialsProviderError: 'there are no credentials of AWS: give the process a role or a profile',
  UnrecognizedClientException: 'AWS does not know these credentials',
  ExpiredTokenException: 'the credentials have run out',
  InvalidSignatureException: 'the secret access key is wrong, or the clock of this host is',
  ThrottlingException: 'the account makes more calls than it may'
}

/** The SDK's errors of a network, and what is said by the services themselves to pass. */
const passing = new Set([
  'ThrottlingException',
  'Throttling',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'RequestTimeout',
  'RequestTimeoutException',
  'TimeoutError',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'InternalServiceError',
  'InternalFailure',
  'KMSInternalException',
  'DependencyTimeoutException',
  'KeyUnavailableException'
])
const network = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH'
])

/** A fault of AWS in words: its name, and what to do about it. Never the text of its message. */
export function describeAwsFault (error: unknown, advice: Advice): string {
  const { name, message, code } = Object(error) as Record<'name' | 'message' | 'code', unknown>
  // The one fault of the SDK that has no name of its own.
  if (message === 'Region is missing') return 'no region: give "region", or set AWS_REGION'
  if (typeof name !== 'string' || !faultName.test(name)) return errorKind(error)
  const what = { ...common, ...advice }[name]
  const where = network.has(String(code)) ? ` ${String(code)}` : ''
  return what === undefined ? name + where : `${name}: ${what}`
}

/** True of a fault after which the same call may work. */
export function isPassingAwsFault (error: unknown): boolean {
  const { name, code, $metadata } = Object(error) as {
    name?: unknown
    code?: unknown
    $metadata?: { httpStatusCode?: unknown }
  }
  const status = Number($metadata?.httpStatusCode)
  return passing.has(String(name)) || network.has(String(code)) || status === 429 || status >= 500
}
