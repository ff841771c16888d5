/**
 * - `idle`: stopped, ended, on a server, or in React Native
 * - `refreshing`: no valid access, and a request for it is under way
 * - `fresh`: access is valid, also while an early refresh runs or fails
 * - `stale`: access has run out or never began, and the next try is planned
 * - `misdirected`: like `stale`, but what answers at the url gives no receipts; asked every five
 *   minutes
 * - `denied`: the API's route denied the viewer, or there is no access and somebody else said 401
 *   or 403 twice in a row; nothing is asked until `refresh()`
 * - `blocked`: the browser does not keep the cookies, or does not send them to the CDN; asked every
 *   five minutes
 */
export type CdnAccessState =
  | 'idle'
  | 'refreshing'
  | 'fresh'
  | 'stale'
  | 'misdirected'
  | 'denied'
  | 'blocked'

/**
 * Why a state changed.
 *
 * - `request`: a request for access began
 * - `receipt`: the API answered this tab
 * - `tab`: the API answered another tab
 * - `expired`: access ran out
 * - `failed`: a request failed and will be repeated
 * - `denied`: the API refused the viewer
 * - `cookies`: the API issues again and again what it should have found
 * - `cdn`: the CDN refused several files right after access was issued, or gave one after all
 * - `stop`: `stop()` was called
 * - `end`: `end()` was called, here or in another tab
 */
export type CdnAccessReason =
  | 'request'
  | 'receipt'
  | 'tab'
  | 'expired'
  | 'failed'
  | 'denied'
  | 'cookies'
  | 'cdn'
  | 'stop'
  | 'end'

/** What the API's route answers. What is not within these bounds is no receipt. */
export interface CdnAccessReceipt {
  readonly status: 'issued' | 'refreshed' | 'fresh'
  /** Seconds until access ends: 1 to 34,560,000, which is 400 days. */
  readonly expiresIn: number
  /** Seconds until the next request is due: from 1 up to `expiresIn`. */
  readonly refreshIn: number
  /** Epoch seconds on the API's clock. The client does not read it: the device's may be wrong. */
  readonly expiresAt: number
}

/** A change of state. */
export interface CdnAccessStateChange {
  readonly from: CdnAccessState
  readonly to: CdnAccessState
  readonly reason: CdnAccessReason
  /** What to check, where `to` is `blocked` or `misdirected`. */
  readonly advice: string | undefined
}

/** Why access could not be had. */
export interface CdnAccessFault extends Error {
  /**
   * `failed`: the request failed and will be repeated. `misdirected`: what answers at the url gives
   * no receipts. `unsupported`: React Native. Otherwise the state that left no hope: `denied`,
   * `blocked`, `idle`.
   */
  readonly code: 'failed' | 'misdirected' | 'unsupported' | 'denied' | 'blocked' | 'idle'
  /** The reply's HTTP status: 0 for a redirect; undefined where there was no reply. */
  readonly status: number | undefined
}

/** The events and their classes. */
export interface CdnAccessEventMap {
  /** The state changed. */
  statechange: CustomEvent<CdnAccessStateChange>
  /** A receipt arrived, for this tab or from another one. */
  receipt: CustomEvent<CdnAccessReceipt>
  /** A request failed or was denied. */
  error: CustomEvent<CdnAccessFault>
  /**
   * An adapter of `fastify-cdn-access/players` gave up its player or element: the CDN refused it
   * again, or there is no access to be had.
   */
  refused: CustomEvent<object>
}

/** What `createCdnAccess` takes. */
export interface CdnAccessClientOptions {
  /**
   * The route of the API, with its query where it has areas. Default `/cdn-access` of the page's
   * own origin. Redirects are not followed.
   */
  readonly url?: string
  /**
   * Headers for each request to the route, such as a bearer token. Called before each request, and
   * once more after a 401. Default: none.
   */
  readonly headers?: () => HeadersInit | Promise<HeadersInit>
}

/**
 * What `using` asks for, where the language's library has it: a project for ES2022 has no
 * `Disposable`, and compiles without.
 */
type Disposing = SymbolConstructor extends { readonly dispose: infer Key extends symbol } ?
  { [Each in Key]: () => void } :
  object

/** Keeps access fresh while the page is open. `using` stops it. */
export interface CdnAccessClient extends EventTarget, Disposing {
  readonly state: CdnAccessState
  /**
   * The first `ensure()`: resolves when access is valid for the first time. Left alone, a rejection
   * is not reported.
   */
  readonly ready: Promise<void>
  /**
   * Resolves when access is valid: at once, or after the refresh that is under way or planned. Call
   * it before a player loads.
   *
   * @throws CdnAccessFault `denied`, `blocked`, `misdirected`, `idle`, `unsupported`
   */
  ensure(): Promise<void>
  /**
   * Asks the API now; joins a request that is under way. With `force` the API sets the cookies
   * again whatever the viewer holds. Starts again after `stop()`, `end()` and a denial.
   *
   * @throws CdnAccessFault `failed`, `denied`, `misdirected`, `idle`, `unsupported`
   */
  refresh(options?: { readonly force?: boolean }): Promise<void>
  /**
   * `fetch` with credentials. A GET or HEAD that the CDN refuses, with a 403 or without a readable
   * reply, is repeated once after a forced refresh.
   */
  fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>
  /**
   * Ends timers, listeners, channel and request. What the browser holds stays valid until it
   * expires.
   */
  stop(): void
  /**
   * For logout: stops every tab of this url, and takes the cookies away. A url without a query ends
   * what has its path, whatever the query. Call it before the session ends. A tab that had a
   * request under way gives it up, and takes away twice, for a reply may just have come in.
   *
   * @throws CdnAccessFault `failed`: the cookies are still there. Call it again. `unsupported`
   */
  end(): Promise<void>

  addEventListener<Type extends keyof CdnAccessEventMap>(
    type: Type,
    listener: (event: CdnAccessEventMap[Type]) => void,
    options?: AddEventListenerOptions | boolean
  ): void
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: AddEventListenerOptions | boolean
  ): void
  removeEventListener<Type extends keyof CdnAccessEventMap>(
    type: Type,
    listener: (event: CdnAccessEventMap[Type]) => void,
    options?: EventListenerOptions | boolean
  ): void
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: EventListenerOptions | boolean
  ): void
}
