import t from 'tap'
import { seeds } from '../fixtures/property.js'
import { seeded } from '../fixtures/seeded.js'
import { Api, cleared, receipt, type Seen } from './api.js'
import { Device, settle } from './device.js'
import { openPage, type Page } from './page.js'

t.setTimeout(3_600_000)

type Draw = (limit: number) => number

/** Milliseconds after which a browser takes nothing any more of what its page has given up. */
const giveUp = 20
const fastestReply = 25
const slowestReply = 300

const urls = ['/cdn-access', '/cdn-access?course=1', '/cdn-access?course=2']

/**
 * The cookies of a browser and an API that is slow. Replies arrive in any order, and may just set
 * cookies where the page has given the request up.
 */
class Cookies {
  readonly held = new Map<string, number>()
  readonly #device: Device
  readonly #draw: Draw
  #count = 0

  constructor (device: Device, draw: Draw) {
    this.#device = device
    this.#draw = draw
  }

  readonly answer = ({ method, url, init: { signal } }: Seen): Promise<Response> => {
    const sent = new Map(this.held)
    let until = Infinity
    signal?.addEventListener('abort', () => {
      until = this.#device.monotonic + giveUp
    })
    return new Promise((resolve) => {
      this.#device.setTimeout(() => {
        if (this.#device.monotonic <= until) resolve(this.#arrive(method, url, sent))
      }, fastestReply + this.#draw(slowestReply))
    })
  }

  /** The API takes away what came with the request: it knows of no other. */
  #arrive (method: string, url: string, sent: ReadonlyMap<string, number>): Response {
    if (method !== 'DELETE') {
      this.held.set(url, ++this.#count)
      return receipt({ status: 'issued', expiresIn: 60, refreshIn: 10 + this.#draw(20) })
    }
    for (const area of sent.keys()) {
      if (area.startsWith(url)) this.held.delete(area)
    }
    return cleared()
  }
}

for (const seed of seeds(100)) {
  t.test(`after the end no cookies are left, whatever is under way: seed ${seed}`, async (t) => {
    const draw = seeded(seed)
    for (let skipped = 0; skipped < 9; skipped++) draw(2)
    const device = new Device()
    const cookies = new Cookies(device, draw)
    const api = new Api(() => device.monotonic)
    api.answer = cookies.answer
    const open = (url: string): Promise<Page> =>
      openPage(t, { device, api, url, hidden: draw(2) === 0 })
    const ends = await open(urls[0]!)
    const pages = [ends]
    for (let more = draw(5); more > 0; more--) pages.push(await open(urls[draw(urls.length)]!))
    for (let turn = draw(12); turn > 0; turn--) {
      const { access } = pages[draw(pages.length)]!
      if (draw(2) === 0) access.refresh({ force: draw(2) === 0 }).catch(() => {})
      await device.pass(draw(400) / 1000)
    }
    const ending = ends.access.end()
    ending.catch(() => {})
    await device.pass(2 * (slowestReply + fastestReply) / 1000)
    await ending
    await settle()
    t.strictSame([...cookies.held.keys()], [])
    t.strictSame(pages.map(({ access }) => access.state).filter((state) => state !== 'idle'), [])
    t.equal(device.timers.size, 0)
  })
}
