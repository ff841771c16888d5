import type { Test } from 'tap'
import type { CdnAccessState } from '../../src/client/cdn-access.js'
import { Api, cleared, denial, receipt, refusal, silence, type Seen } from './api.js'
import { Device, settle } from './device.js'
import { openPage, type Page } from './page.js'

/** Gives a whole number from 0 up to a limit. */
export type Draw = (limit: number) => number

/** A tab, and what the model keeps of it. */
export interface Tab {
  readonly page: Page
  /** The delays of the timers that are set. */
  readonly timers: Map<number, number>
  /** When requests were sent that nobody asked for, in milliseconds of the model. */
  readonly unasked: Array<{ readonly at: number, readonly refreshIn: number }>
  /** Calls that are not settled. */
  pending: number
  /** Until when a receipt said that access is valid, at the latest. */
  validUntil: number
  refreshIn: number
}

const url = 'https://www.example.com/cdn-access'
const ten = 600_000

/** One browser on one device, one API and one CDN that do what they like. */
export class World {
  readonly device = new Device()
  readonly api: Api = new Api(() => this.now)
  readonly tabs: Tab[] = []
  /** How far the model's time is ahead of the monotonic clock: sleep, clocks set forward. */
  ahead = 0
  mood = 0
  /** Until when the browser holds a ticket. */
  ticketUntil = 0
  #turns = 0
  readonly #t: Test
  readonly #draw: Draw

  constructor (t: Test, draw: Draw) {
    this.#t = t
    this.#draw = draw
    this.api.answer = (seen) => this.#answer(seen)
    this.api.cdn = () => draw(2) === 0 ? new Response('media') : refusal(403)
  }

  /** Milliseconds as a device counts them that never errs. */
  get now (): number {
    return this.device.monotonic + this.ahead
  }

  async open (): Promise<void> {
    const { device, api } = this
    const timers = new Map<number, number>()
    const page = await openPage(this.#t, {
      device,
      api,
      hidden: this.#draw(2) === 0,
      ...(this.#draw(3) === 0 ? { headers: async () => ({ authorization: 'Bearer 1' }) } : {}),
      without: {
        Math: { random: () => this.#draw(1000) / 1000 },
        fetch: async (input: string | Request, init?: RequestInit) => {
          if (!(input instanceof Request) && tab.pending === 0) {
            tab.unasked.push({ at: this.now, refreshIn: tab.refreshIn })
          }
          return api.fetch(input, init)
        },
        setTimeout: (run: () => void, delay: number) => {
          const id = device.setTimeout(() => {
            timers.delete(id)
            run()
          }, delay)
          timers.set(id, delay)
          return id
        },
        clearTimeout: (id: number) => {
          timers.delete(id)
          device.timers.delete(id)
        }
      }
    })
    const tab: Tab = { page, timers, unasked: [], pending: 0, validUntil: 0, refreshIn: 5 }
    for (const first of page.receipts) this.#hear(tab, first)
    page.access.addEventListener('receipt', ({ detail }) => this.#hear(tab, detail))
    this.tabs.push(tab)
  }

  #hear (tab: Tab, { expiresIn, refreshIn }: { expiresIn: number, refreshIn: number }): void {
    tab.validUntil = this.now + expiresIn * 1000
    tab.refreshIn = refreshIn
  }

  /** Calls what settles some time, and keeps count. */
  call (tab: Tab, run: () => Promise<unknown>): void {
    tab.pending++
    void run().catch(() => {}).finally(() => {
      tab.pending--
    })
  }

  async sleep (seconds: number): Promise<void> {
    await this.device.pass(0)
    this.device.sleep(seconds)
    this.ahead += seconds * 1000
    for (const { page } of this.tabs) page.fire('visibilitychange')
    await this.device.pass(0.2)
  }

  /** Sets the wall clock; set forward it looks like sleep. */
  async setClock (seconds: number): Promise<void> {
    this.device.wall += seconds * 1000
    this.ahead += Math.max(0, seconds * 1000)
    await this.device.pass(61)
  }

  say (data: unknown): void {
    for (const channel of Array.from(this.device.channels)) {
      channel.onmessage?.(new MessageEvent('message', { data: structuredClone(data) }))
    }
  }

  /** A message that may be one, or nearly. */
  gossip (): unknown {
    const draw = this.#draw
    const odd = [null, {}, [], [url], [url, {}], [url, null, 1], 1e15, 'x', [url, {
      status: 'fresh'
    }]]
    const number = (): unknown =>
      [draw(700), draw(10), 0, -1, 1e15, Infinity, NaN, true, '60', 0.001][draw(10)]
    const status = ['issued', 'refreshed', 'fresh', 'other'][draw(4)]
    const begunAt =
      [this.device.wall - draw(900_000), this.device.wall + draw(ten), number()][draw(3)]
    const told = { status, expiresIn: number(), refreshIn: number(), expiresAt: number() }
    const honest = { status: 'fresh', expiresIn: 600, refreshIn: 400 + draw(100), expiresAt: 0 }
    return [odd[draw(odd.length)], [url, told, begunAt], [url, honest, begunAt]][draw(3)]
  }

  #answer (seen: Seen): Response | Promise<Response> {
    if (this.#draw(8) > 0) return this.#reply(seen)
    const delay = this.#draw(40_000)
    return new Promise((resolve) => {
      this.device.setTimeout(() => resolve(this.#reply(seen)), delay)
    })
  }

  #reply ({ method }: Seen): Response | Promise<Response> {
    const draw = this.#draw
    const brief = 1 + draw(8)
    const replies: Array<() => Response | Promise<Response>> = [
      () => this.#honest(method),
      () => refusal(500),
      () => refusal(503, { retryIn: [draw(100), draw(1e6), true, '7', -5][draw(5)] }),
      () => refusal(429, {}, { 'retry-after': ['5', '99999999999', 'soon', '-1'][draw(4)]! }),
      () => refusal(401),
      () => refusal(403),
      denial,
      () => refusal(404),
      () => new Response('<html>'),
      () => receipt({ status: 'issued', expiresIn: 20 + draw(600), refreshIn: 10 }),
      () => receipt({ expiresIn: brief + draw(9), refreshIn: brief }),
      () => receipt({ refreshIn: [0.001, 0, -1, 1e15][draw(4)]! }),
      () => Response.json([null, {}, { status: 'fresh', expiresIn: true }][draw(3)]),
      () => Promise.reject(new TypeError('no network')),
      silence,
      () => this.#turns++ % 2 === 0 ? receipt({ status: 'issued' }) : refusal(500)
    ]
    const mood = this.mood < replies.length ? this.mood : draw(replies.length)
    return replies[mood]!()
  }

  #honest (method: string): Response {
    if (method === 'DELETE') return cleared()
    const held = this.now < this.ticketUntil
    this.ticketUntil = this.now + 600_000
    const status = held ? method === 'POST' ? 'refreshed' : 'fresh' : 'issued'
    return receipt({ status, expiresIn: 600, refreshIn: 400 + this.#draw(60) })
  }

  /** All is well from now on: where do the tabs end? */
  async heal (): Promise<CdnAccessState[]> {
    this.mood = 0
    this.api.cdn = () => new Response('media')
    for (const { page } of this.tabs) page.document.hidden = false
    await this.device.pass(4200)
    return this.tabs.map(({ page }) => page.access.state)
  }

  /** What no tab may ever do: what it did, in words. */
  faults (): string[] {
    return this.tabs.flatMap((
      tab
    ) => [...this.#timerFaults(tab), ...this.#truth(tab), ...rate(tab)])
  }

  #timerFaults ({ timers, page }: Tab): string[] {
    const delays = [...timers.values()].filter((delay) => delay !== 30_000)
    return [
      ...(delays.length > 1 ? [`two timers: ${delays.join()}`] : []),
      ...(delays.some((delay) => !(delay <= 60_000)) ? [`a long timer: ${delays.join()}`] : []),
      ...(timers.size === 0 && page.access.state !== 'idle' ? ['no timer'] : [])
    ]
  }

  #truth ({ page, validUntil }: Tab): string[] {
    const isLie = page.access.state === 'fresh' && this.now > validUntil
    return isLie ? [`fresh ${this.now - validUntil} ms after the end`] : []
  }
}

/** More requests in ten minutes than receipts asked for, and more than 130. */
function rate ({ unasked }: Tab): string[] {
  const last = unasked.at(-1)
  if (last === undefined) return []
  const window = unasked.filter(({ at }) => at > last.at - ten)
  const interval = Math.min(5, ...window.map(({ refreshIn }) => refreshIn))
  const most = 10 + Math.ceil(600 / interval)
  return window.length > most ? [`${window.length} requests in ten minutes, not ${most}`] : []
}

/** Lets one thing happen. */
export async function happen (world: World, draw: Draw): Promise<string> {
  const tab = world.tabs[draw(world.tabs.length)]
  const [name, run] = eventFor(world, tab, draw)
  await run()
  await settle()
  return name
}

type Happening = readonly [name: string, run: () => unknown]

function eventFor (world: World, tab: Tab | undefined, draw: Draw): Happening {
  const kind = draw(21)
  if (tab === undefined || (kind === 0 && world.tabs.length < 4)) {
    return ['open', () => world.open()]
  }
  const { page } = tab
  const events: Happening[] = [
    ['pass a moment', () => world.device.pass(draw(2000) / 1000)],
    ['pass a minute', () => world.device.pass(draw(60))],
    ['pass a while', () => world.device.pass(draw(900))],
    ['sleep', () => world.sleep(2 + draw(draw(2) === 0 ? 60 : 7200))],
    ['set the clock', () => world.setClock((draw(2) === 0 ? 1 : -1) * (2 + draw(86_400 * 30)))],
    ['another mood', () => {
      world.mood = draw(24)
    }],
    ['a message', () => world.say(world.gossip())],
    [
      'a page event',
      () => page.fire(['visibilitychange', 'pageshow', 'online', 'focus'][draw(4)]!)
    ],
    ['many page events', async () => {
      for (let turn = 0; turn < 40; turn++) {
        page.fire('focus')
        await world.device.pass(0.2 + draw(3))
      }
    }],
    ['many messages', async () => {
      for (let turn = 0; turn < 40; turn++) {
        world.say(world.gossip())
        await world.device.pass(draw(3))
      }
    }],
    ['hide or show', () => {
      page.document.hidden = !page.document.hidden
      page.document.media = [{ paused: draw(2) === 0 }]
      page.fire('visibilitychange')
    }],
    ['refresh', () => world.call(tab, () => page.access.refresh({ force: draw(2) === 0 }))],
    ['ensure', () => world.call(tab, () => page.access.ensure())],
    ['fetch', () => world.call(tab, () => page.access.fetch(`https://cdn.example.com/${draw(9)}`))],
    ['stop', () => page.access.stop()],
    ['end', () => world.call(tab, () => page.access.end())],
    ['close', () => {
      page.access.stop()
      world.tabs.splice(world.tabs.indexOf(tab), 1)
    }]
  ]
  const weights = [0, 0, 1, 1, 2, 2, 3, 4, 5, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]
  return events[weights[kind]!]!
}
