import { isUnattended } from './attention.js'
import { createClock } from './clock.js'
import type { Environment } from './environment.js'
import { createFault } from './fault.js'
import { createGuardedFetch } from './guarded-fetch.js'
import { readMessage } from './incoming.js'
import * as limits from './limits.js'
import { createRoute, type Answer } from './route.js'
import { takeTurn } from './turn.js'
import type {
  CdnAccessClient,
  CdnAccessClientOptions,
  CdnAccessEventMap,
  CdnAccessFault,
  CdnAccessReason,
  CdnAccessReceipt,
  CdnAccessState
} from './types.js'
import { cookieAdvice, misdirection } from './words.js'

/** What the keeper reports to: the state, and who listens. */
export interface Keeping extends EventTarget {
  state: CdnAccessState
}

/** What keeps access fresh, and what gives it up. */
export type Members = Pick<CdnAccessClient, 'ensure' | 'refresh' | 'fetch' | 'stop' | 'end'>

const wakingEvents = ['visibilitychange', 'pageshow', 'online', 'focus']
const ignore = (): void => {}

/** Keeps access fresh from now on. */
export function keepAccess (
  access: Keeping,
  environment: Environment,
  url: string,
  headers: CdnAccessClientOptions['headers']
): Members {
  const clock = createClock(environment)
  const path = url.replace(/\?.*/, '')
  const send = createRoute(environment, url, headers)

  let session: AbortController | undefined
  let tabs: BroadcastChannel | undefined
  let control: AbortController | undefined
  let flight: Promise<void> | undefined
  let isForced = false
  let timer: ReturnType<typeof setTimeout> | undefined

  // Moments on the client's clock.
  let heldSince = 0
  let expiry = 0
  let next = 0
  let silentUntil = 0
  let paidUntil = 0
  let forcedAt = -Infinity

  // How often in a row.
  let deferrals = 0
  let failures = 0
  let refusals = 0
  let misses = 0
  let strikes = 0

  let interval = limits.pace
  let advice: string | undefined

  const emit = <Type extends keyof CdnAccessEventMap>(
    type: Type,
    detail: CdnAccessEventMap[Type]['detail']
  ): void => {
    access.dispatchEvent(new CustomEvent(type, { detail }))
  }

  const set = (to: CdnAccessState, reason: CdnAccessReason, words?: string): void => {
    const from = access.state
    access.state = to
    advice = words
    if (from === to) return
    if (words) environment.console.error(words)
    emit('statechange', { from, to, reason, advice })
  }

  const isLost = (): boolean => misses >= limits.missesThatSettle

  /** What comes where access is over, unless the browser is known to drop the cookies. */
  const lapse = (to: CdnAccessState, reason: CdnAccessReason): void => {
    if (access.state === 'blocked' || clock() < expiry) return
    if (isLost()) set('misdirected', reason, url + misdirection)
    else set(to, reason)
  }

  const due = (): number =>
    Math.max(
      next,
      isUnattended(environment) ? (next + expiry) / 2 : 0,
      paidUntil - limits.burst * interval
    )

  const arm = (delay?: number): void => {
    environment.clearTimeout(timer)
    if (!session) return
    const now = clock()
    timer = environment.setTimeout(
      check,
      delay ?? Math.min(limits.longestSleep, (expiry > now ? expiry : Infinity) - now, due() - now)
    )
  }

  const check = (): void => {
    if (access.state === 'fresh') lapse('stale', 'expired')
    if (clock() >= due()) {
      next = clock() + limits.deferral
      beginTurn()
    }
    arm()
  }

  /** One tab asks for all. Others wait a little, and where nothing comes they ask themselves. */
  const beginTurn = (): void => {
    const go = async (holds: boolean): Promise<void> => {
      const isMissed = !environment.document?.hidden && clock() >= expiry
      if (holds || isMissed) await join().catch(ignore)
    }
    void (deferrals++ ? go(true) : takeTurn(environment, url, go))
  }

  const join = async (force = false): Promise<void> => {
    if (flight) return isForced || !force ? flight : flight.then(() => join(force))
    if (!session || clock() < silentUntil) throw createFault(session ? 'failed' : 'idle')
    isForced = force
    return flight = attempt(session, force)
  }

  const attempt = async (mine: AbortController, force: boolean): Promise<void> => {
    control = new AbortController()
    // Who hears of the request's beginning may call in between, and finds it under way.
    await Promise.resolve()
    if (mine === session) lapse('refreshing', 'request')
    if (mine !== session) throw createFault('idle')
    let begun = 0
    const answer = await send(force ? 'POST' : 'GET', control, () => {
      begun = clock()
      // Each request costs an interval, and some may be owed.
      paidUntil = interval + Math.min(Math.max(paidUntil, begun), begun + limits.burst * interval)
    })
    if (mine !== session) throw createFault('idle')
    flight = undefined
    const { receipt } = answer
    if (!receipt) throw fail(answer)
    if (force) forcedAt = clock()
    tabs?.postMessage([url, receipt, environment.Date.now() + begun - clock()])
    take(receipt, begun)
  }

  const take = (receipt: CdnAccessReceipt, begun: number, isOwn = true): void => {
    const { status, expiresIn, refreshIn } = receipt
    const now = clock()
    // Only what was sent while the browser should have held a ticket tells that it holds none.
    const isExpected = begun >= heldSince && begun < expiry
    expiry = begun + expiresIn * 1000
    next = begun + refreshIn * 1000
    interval = Math.min(limits.pace, refreshIn * 1000)
    if (!isOwn) next += environment.Math.random() * (expiry - next) / 2
    if (status !== 'issued') strikes = 0
    else if (isOwn) {
      strikes = isExpected ? strikes + 1 : 0
      next = Math.min(next, now + limits.probeDelay * (1 + environment.Math.random()))
    }
    heldSince = now
    silentUntil =
      failures =
      refusals =
      misses =
      deferrals =
        0
    if (strikes >= limits.strikesThatBlock) block('cookies')
    else set(now < expiry ? 'fresh' : 'stale', isOwn ? 'receipt' : 'tab')
    check()
    emit('receipt', receipt)
  }

  const fail = (answer: Answer): CdnAccessFault => {
    const { status, cause } = answer
    refusals = status === 401 || status === 403 ? refusals + (headers && status === 401 ? 2 : 1) : 0
    if (status! < 500 && status !== 429 && !refusals) misses += cause ? limits.missesThatSettle : 1
    const isDenied = cause === 'CDN_ACCESS_DENIED' ||
      (refusals >= limits.refusalsThatDeny && clock() >= expiry)
    if (isDenied) drop('denied', 'denied')
    else retreat(answer.wait)
    const fault = createFault(
      isLost() ? 'misdirected' : isDenied ? 'denied' : 'failed',
      answer,
      advice
    )
    arm()
    emit('error', fault)
    return fault
  }

  /** Tries again after a time that grows. */
  const retreat = (wait = 0): void => {
    const pause = ++failures < limits.failuresThatBreak ? 0 : limits.breakSeconds
    const backoff = Math.min(limits.longestBackoff, 1000 * 2 ** failures)
    silentUntil = clock() + 1000 * Math.max(wait, pause)
    next = silentUntil + environment.Math.random() * backoff
    if (isLost()) next += limits.rareDelay
    lapse('stale', 'failed')
  }

  const block = (reason: 'cookies' | 'cdn'): void => {
    strikes = limits.strikesThatBlock
    next = clock() + limits.rareDelay
    set('blocked', reason, cookieAdvice)
    arm()
  }

  const prove = (): void => {
    strikes = 0
    if (access.state !== 'blocked') return
    next = Math.min(next, expiry)
    set(clock() < expiry ? 'fresh' : 'stale', 'cdn')
    check()
  }

  const hear = (data: unknown): void => {
    const [area, receipt, begunAt] = readMessage(data)
    const age = Math.max(0, environment.Date.now() - begunAt!)
    if (!receipt) {
      if (area === url || area === path) void (flight ? leave() : halt('end'))
    } else if (area === url && age < receipt.expiresIn * 1000) take(receipt, clock() - age, false)
  }

  const wake = (): void => {
    if (access.state === 'stale') next = silentUntil
    arm(limits.settleDelay)
  }

  const start = (): void => {
    if (session) return
    session = new AbortController()
    for (const type of wakingEvents) environment.addEventListener(type, wake, session)
    try {
      tabs = new environment.BroadcastChannel(path)
      tabs.onmessage = ({ data }) => hear(data)
    } catch {
      // Without channels each tab is on its own.
    }
    next = silentUntil
    set(clock() < next ? 'stale' : 'refreshing', 'request')
    arm()
  }

  const halt = (reason: 'stop' | 'end'): void => {
    session?.abort()
    control?.abort()
    tabs?.close()
    session = tabs = flight = undefined
    arm()
    drop('idle', reason)
  }

  /**
   * A reply that comes in as its request is given up can bring back what the end takes away: it is
   * taken away again.
   */
  const leave = async (): Promise<Answer> => {
    const wasAsking = flight
    halt('end')
    const answer = await send('DELETE')
    return wasAsking && !session && answer.status ? send('DELETE') : answer
  }

  const drop = (to: CdnAccessState, reason: CdnAccessReason): void => {
    pardon()
    expiry = 0
    next = Infinity
    set(to, reason)
  }

  /** Nothing is held against the browser or the API any more. */
  const pardon = (): void => {
    strikes = refusals = misses = 0
  }

  const ensure = async (): Promise<void> => {
    check()
    while (/refreshing|stale/.test(access.state)) {
      await new Promise((resolve) => {
        access.addEventListener('statechange', resolve, { once: true })
      })
    }
    if (access.state !== 'fresh') throw createFault(access.state as 'denied', {}, advice)
  }

  const refresh = async ({ force = false } = {}): Promise<void> => {
    start()
    pardon()
    return join(force)
  }

  /** Has the cookies set anew, unless they just were; true where it is worth asking again. */
  const renew = async (): Promise<boolean> => {
    const isDue = clock() >= forcedAt + limits.forceGap
    if (isDue && /fresh|stale/.test(access.state)) await join(true).catch(ignore)
    return clock() < forcedAt + limits.forceGap
  }

  const end = async (): Promise<void> => {
    start()
    tabs?.postMessage([url, null])
    const answer = await leave()
    if (answer.status !== 204) throw createFault('failed', answer)
  }

  start()
  return {
    ensure,
    refresh,
    end,
    stop: () => halt('stop'),
    fetch: createGuardedFetch(environment, renew, block, prove)
  }
}
