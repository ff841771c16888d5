/** Says when to come again, in the route's reply (`retryIn`) and in the header that HTTP has for it. Whole seconds, at least 1. */
export function retryAfter<Failure extends Error> (failure: Failure, seconds: number): Failure {
  const retryIn = Math.max(1, Math.ceil(seconds))
  return Object.assign(failure, { retryIn, headers: { 'retry-after': String(retryIn) } })
}
