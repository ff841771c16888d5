import t from 'tap'
import { attachShaka, type ShakaPlayer } from '../../src/players/shaka.js'
import { denial } from '../client/api.js'
import { settle } from '../client/device.js'
import { Emitter, openRefusingCdn, type RefusingCdn } from './refusing-cdn.js'

type Filter = (type: number, request: { allowCrossSiteCredentials: boolean }) => Promise<void>

/** Loads and streams as Shaka Player does: `load()` rejects, streaming is an error event. */
class Shaka extends Emitter implements ShakaPlayer {
  readonly sent: string[] = []
  readonly #filters: Filter[] = []
  readonly #cdn: RefusingCdn

  constructor (cdn: RefusingCdn) {
    super()
    this.#cdn = cdn
  }

  addEventListener (type: string, listener: (event: never) => unknown): void {
    this.on(type, listener)
  }

  getNetworkingEngine (): { registerRequestFilter: (filter: Filter) => void } {
    return { registerRequestFilter: (filter) => this.#filters.push(filter) }
  }

  async load (url: string): Promise<void> {
    await this.#ask(url)
  }

  retryStreaming (): boolean {
    void this.stream()
    return true
  }

  async stream (): Promise<void> {
    try {
      await this.#ask('segment')
      this.emit('segmentappended', {})
    } catch (error) {
      this.emit('error', { detail: error })
    }
  }

  async #ask (url: string): Promise<void> {
    const request = { allowCrossSiteCredentials: false }
    for (const filter of this.#filters) await filter(0, request)
    const status = request.allowCrossSiteCredentials ? this.#cdn.status() : 0
    this.sent.push(`${url} ${status}`)
    if (status !== 200) throw Object.assign(new Error('1001'), { code: 1001, data: [url, status] })
  }
}

t.test('loads again what was refused at the start', async (t) => {
  const cdn = await openRefusingCdn(t)
  const shaka = new Shaka(cdn)
  attachShaka(shaka, cdn.access)
  await shaka.load('manifest')
  t.strictSame(shaka.sent, ['manifest 403', 'manifest 200'])
  t.equal(cdn.api.methods, 'GP')
})

t.test('goes on with streaming', async (t) => {
  const cdn = await openRefusingCdn(t)
  const shaka = new Shaka(cdn)
  attachShaka(shaka, cdn.access)
  await shaka.stream()
  await settle()
  t.strictSame(shaka.sent, ['segment 403', 'segment 200'])
  t.equal(cdn.api.methods, 'GP')
  t.strictSame(cdn.given, [])
})

t.test('gives up with an event where the CDN refuses for good', async (t) => {
  const cdn = await openRefusingCdn(t, 99)
  const shaka = new Shaka(cdn)
  attachShaka(shaka, cdn.access)
  await t.rejects(shaka.load('manifest'), { code: 1001 })
  await shaka.stream()
  for (let turn = 0; turn < 5; turn++) await settle()
  t.equal(cdn.api.methods, 'GP')
  t.strictSame(cdn.given, [shaka])
})

t.test('hands over other errors, and why there is no access', async (t) => {
  const cdn = await openRefusingCdn(t)
  const shaka = new Shaka(cdn)
  cdn.status = () => 404
  attachShaka(shaka, cdn.access)
  await t.rejects(shaka.load('manifest'), { code: 1001 })
  t.strictSame(shaka.sent, ['manifest 404'])
  shaka.emit('error', { detail: { code: 3016 } })
  await settle()
  t.equal(cdn.api.methods, 'G')
  cdn.api.answer = denial
  await t.rejects(cdn.access.refresh())
  await t.rejects(shaka.load('manifest'), { code: 'denied' })
})
