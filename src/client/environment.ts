/**
 * What the client takes from the page, by the names that the page's global object has. Read once, when access is created.
 *
 * @internal
 */
export type Environment = Pick<
  typeof globalThis,
  | 'document'
  | 'navigator'
  | 'performance'
  | 'Date'
  | 'Math'
  | 'fetch'
  | 'setTimeout'
  | 'clearTimeout'
  | 'addEventListener'
  | 'BroadcastChannel'
>
