/**
 * What the client takes from the page or the worker, by the names that its global object has.
 *
 * @internal
 */
export interface Environment extends
  Pick<
    typeof globalThis,
    | 'navigator'
    | 'performance'
    | 'Date'
    | 'Math'
    | 'fetch'
    | 'setTimeout'
    | 'clearTimeout'
    | 'addEventListener'
    | 'BroadcastChannel'
    | 'console'
  >
{
  readonly document?: Document
  readonly location?: Location
}

export function isNative ({ navigator }: Environment): boolean {
  return navigator?.product === 'ReactNative'
}
