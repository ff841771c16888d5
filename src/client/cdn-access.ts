import { createClock } from './clock.js'
import {
  blockedDelay,
  breakSeconds,
  deferral,
  failuresThatBreak,
  forceGap,
  longestBackoff,
  longestSleep,
  probeDelay,
  requestTimeout,
  settleDelay,
  strikesThatBlock
} from './limits.js'
import type {
  CdnAccessClient,
  CdnAccessEventMap,
  CdnAccessFault,
  CdnAccessClientOptions,
  CdnAccessReason,
  CdnAccessReceipt,
  CdnAccessState
} from './types.js'

export type {
  CdnAccessClient,
  CdnAccessEventMap,
  CdnAccessFault,
  CdnAccessClientOptions,
  CdnAccessReason,
  CdnAccessReceipt,
  CdnAccessState,
  CdnAccessStateChange
} from './types.js'

/**
 * What the client takes from the page, by the names that the page's global object has. Read once,
 * when access is created.
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

/**
 * What one tab tells the others: a receipt with the wall clock's time of its request; null at the
 * end.
 */
type Message = readonly [receipt: CdnAccessReceipt, begunAt: number] | null
type Reply = readonly [
  status?: number,
  body?: CdnAccessReceipt & { readonly retryIn?: number } | null,
  retryAfter?: string | null
]

const ignore = (): undefined => {}

const fault = (code: CdnAccessFault['code'], status?: number, cause?: unknown): CdnAccessFault =>
  Object.assign(new Error(`CDN access ${code}`), { code, status, cause })

/**
 * Fetches access at once, and keeps it fresh until `stop()` or `end()`. Where there is no document,
 * as on a server, it does nothing: `ready`, `ensure()` and `refresh()` resolve, the state stays
 * `idle`.
 */
export function createCdnAccess (options?: CdnAccessClientOptions): CdnAccessClient
/** @internal */
export function createCdnAccess (
  options: CdnAccessClientOptions | undefined,
  environment: Environment
): CdnAccessClient
export function createCdnAccess (
  { url = '/cdn-access', headers }: CdnAccessClientOptions = {},
  environment: Environment = globalThis
): CdnAccessClient {
  const {
    document,
    navigator,
    Date,
    Math,
    fetch,
    setTimeout,
    clearTimeout,
    addEventListener,
    BroadcastChannel
  } = environment
  const clock = createClock(environment)

  let session: AbortController | undefined
  let channel: BroadcastChannel | undefined
  let control: AbortController | undefined
  let flight: Promise<void> | undefined
  let flightForced: boolean | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  let begun: number
  let expiry = 0
  let next = 0
  let silentUntil = 0
  let failures = 0
  let strikes = 0
  let forcedAt = -forceGap
  let deferrals = 0
  let proven: boolean | undefined

  const emit = <Type extends keyof CdnAccessEventMap>(
    type: Type,
    detail: CdnAccessEventMap[Type]['detail']
  ): boolean => access.dispatchEvent(new CustomEvent(type, { detail }))

  const set = (to: CdnAccessState, reason: CdnAccessReason, advice?: string): void => {
    const from = access.state
    access.state = to
    if (from !== to) emit('statechange', { from, to, reason, advice })
  }

  const block = (reason: CdnAccessReason): void => {
    strikes = strikesThatBlock
    next = clock() + blockedDelay
    set('blocked', reason, 'Cookies do not arrive: check https, cookie options, keys, paths')
  }

  /** The state that time alone brings, unless the browser is known to drop the cookies. */
  const lapse = (to: CdnAccessState, reason: CdnAccessReason): void => {
    if (strikes < strikesThatBlock && clock() >= expiry) set(to, reason)
  }

  const arm = (delay?: number): void => {
    clearTimeout(timer)
    const now = clock()
    if (session) {
      timer = setTimeout(
        check,
        delay ?? Math.min(longestSleep, due() - now, expiry > now ? expiry - now : longestSleep)
      )
    }
  }

  const due = (): number =>
    document.hidden && !document.pictureInPictureElement &&
      [...document.querySelectorAll<HTMLMediaElement>('audio,video')].every((media) => media.paused)
      ? Math.max(next, (next + expiry) / 2)
      : next

  const check = (): void => {
    if (access.state === 'fresh') lapse('stale', 'expired')
    const now = clock()
    if (now >= due()) {
      next = now + deferral
      void takeTurn()
    }
    arm()
  }

  const takeTurn = async (): Promise<void> => {
    try {
      await navigator.locks.request(url, { ifAvailable: true }, goOrDefer)
    } catch {
      goOrDefer(true)
    }
  }

  const goOrDefer = (lock: unknown): unknown =>
    lock || deferrals || (!document.hidden && clock() >= expiry)
      ? join().catch(ignore)
      : deferrals++

  const send = async (
    method: string,
    signal?: AbortSignal,
    again: unknown = headers
  ): Promise<Reply> => {
    const init = {
      method,
      signal,
      headers: await headers?.(),
      credentials: 'include',
      cache: 'no-store',
      keepalive: !signal
    }
    begun = clock()
    const response = await fetch(url, init as RequestInit)
    const { status } = response
    return status === 401 && again
      ? send(method, signal, null)
      : [status, await response.json().catch(ignore), response.headers.get('retry-after')]
  }

  const take = (receipt: CdnAccessReceipt, startedAt: number, reason: CdnAccessReason): void => {
    const { status } = receipt
    const now = clock()
    const valid = now < expiry
    expiry = startedAt + receipt.expiresIn * 1000
    next = startedAt + receipt.refreshIn * 1000
    if (status !== 'issued') strikes = 0
    if (reason === 'tab') next += Math.random() * (expiry - next) / 2
    else if (status === 'issued') {
      if (valid) strikes++
      next = Math.min(next, now + probeDelay)
    }
    silentUntil = failures = deferrals = 0
    if (strikes < strikesThatBlock) set('fresh', reason)
    else block('cookies')
    arm()
    emit('receipt', receipt)
  }

  const join = async (force?: boolean): Promise<void> => {
    if (flight) {
      return flightForced || !force ? flight : flight.then(() => join(force))
    }
    if (!session || clock() < silentUntil) throw fault(session ? 'failed' : 'idle')
    flightForced = force
    return flight = attempt(session, force)
  }

  const attempt = async (mine: AbortController, force?: boolean): Promise<void> => {
    let reply: Reply = []
    let cause: unknown
    const { signal } = control = new AbortController()
    lapse('refreshing', 'request')
    const timeout = setTimeout(() => control!.abort(), requestTimeout)
    try {
      reply = await new Promise((resolve, reject) => {
        signal.onabort = () => reject(signal.reason)
        send(force ? 'POST' : 'GET', signal).then(resolve, reject)
      })
    } catch (error) {
      cause = error
    }
    clearTimeout(timeout)
    if (mine !== session) throw fault('idle')
    flight = undefined
    const [status, body, header] = reply
    const now = clock()
    if (body && body.expiresIn > 0 && body.refreshIn > 0) {
      if (force) forcedAt = now
      channel?.postMessage([body, Date.now() + begun - now])
      return take(body, begun, 'receipt')
    }
    let code: 'failed' | 'denied' = 'failed'
    if (status === 401 || status === 403) {
      expiry = 0
      next = Infinity
      set(code = 'denied', code)
    } else {
      const asked = +(body?.retryIn ?? header!) || (Date.parse(header!) - Date.now()) / 1000 || 0
      silentUntil = now + 1000 * Math.max(asked, ++failures < failuresThatBreak ? 0 : breakSeconds)
      next = silentUntil + Math.random() * Math.min(longestBackoff, 1000 * 2 ** failures)
      lapse('stale', code)
    }
    const error = fault(code, status, cause)
    arm()
    emit('error', error)
    throw error
  }

  const start = (): void => {
    session = new AbortController()
    for (const type of ['visibilitychange', 'pageshow', 'online', 'focus']) {
      addEventListener(type, () => {
        if (access.state === 'stale') next = silentUntil
        arm(settleDelay)
      }, session)
    }
    try {
      channel = new BroadcastChannel(url)
      channel.onmessage = ({ data }: MessageEvent<Message>) => {
        if (!data) return halt('end')
        const age = Math.max(0, Date.now() - data[1])
        if (age < data[0].expiresIn * 1000) take(data[0], clock() - age, 'tab')
      }
    } catch {}
    set('refreshing', 'request')
  }

  const halt = (reason: CdnAccessReason): void => {
    session?.abort()
    control?.abort()
    channel?.close()
    clearTimeout(timer)
    session = channel = flight = undefined
    next = expiry = 0
    set('idle', reason)
  }

  const stop = (): void => halt('stop')

  const access = Object.assign(new EventTarget(), {
    state: 'idle',
    ensure: async () => {
      if (session) check()
      while (/refreshing|stale/.test(access.state)) {
        await new Promise((resolve) => {
          access.addEventListener('statechange', resolve, { once: true })
        })
      }
      if (document && access.state !== 'fresh') throw fault(access.state as 'idle')
    },
    refresh: async ({ force }: { readonly force?: boolean } = {}) => {
      if (!document) return
      if (!session) start()
      strikes = 0
      return join(force)
    },
    fetch: async (input: RequestInfo | URL, init?: RequestInit) => {
      const request = new Request(input, { ...init, credentials: 'include' })
      const askedAt = clock()
      const ask = async (): Promise<Response> => {
        const response = await fetch(request)
        if (response.ok && !proven) {
          proven = true
          if (strikes >= strikesThatBlock) {
            strikes = next = 0
            check()
          }
        }
        return response
      }
      let response: Response | undefined
      let cause: unknown
      try {
        response = await ask()
      } catch (error) {
        cause = error
      }
      if (
        (!response || response.status === 403) && !request.signal.aborted &&
        /GET|HEAD/.test(request.method) && /fresh|stale/.test(access.state)
      ) {
        if (clock() > forcedAt + forceGap) await join(true).catch(ignore)
        if (forcedAt >= askedAt) {
          response = await ask()
          if (response.status === 403 && !proven) block('cdn')
        }
      }
      if (!response) throw cause
      return response
    },
    stop,
    end: async () => {
      if (!document) return
      if (!session) start()
      channel?.postMessage(null)
      halt('end')
      const [status] = await send('DELETE')
      if (status! > 299) throw fault('failed', status)
    },
    [Symbol.dispose]: stop
  }) as unknown as CdnAccessClient & { state: CdnAccessState, ready: Promise<void> }

  if (document) start()
  ;(access.ready = access.ensure()).catch(ignore)
  return access
}
