import t from 'tap'
import { attachHls, type HlsPlayer } from '../../src/players/hls.js'
import { heldReply, receipt } from '../client/api.js'
import { settle } from '../client/device.js'
import { Emitter, openRefusingCdn, type RefusingCdn } from './refusing-cdn.js'

/** Asks as hls.js does: the setup hook first, then the CDN; a 403 is an error event. */
class Hls extends Emitter implements HlsPlayer {
  readonly config: HlsPlayer['config'] = {}
  readonly sent: string[] = []
  url: string | null = null
  levels: unknown[] = []
  readonly #cdn: RefusingCdn

  constructor (cdn: RefusingCdn) {
    super()
    this.#cdn = cdn
  }

  loadSource (url: string): void {
    this.url = url
    void this.#load('playlist')
  }

  startLoad (): void {
    void this.#load('segment')
  }

  async #load (what: string): Promise<void> {
    const xhr = { withCredentials: false } as XMLHttpRequest
    await this.config.xhrSetup?.(xhr, this.url!, {})
    this.sent.push(`${what} ${xhr.withCredentials ? this.#cdn.status() : 'without cookies'}`)
    if (this.#cdn.status() === 403) {
      this.emit('hlsError', 'hlsError', { response: { code: 403 } })
      return
    }
    if (what === 'playlist') this.levels = [{}]
    else this.emit('hlsFragLoaded')
  }
}

const playlist = 'https://media.example.com/index.m3u8'

t.test('waits for access before the first load', async (t) => {
  const cdn = await openRefusingCdn(t, 0)
  cdn.device.sleep(700)
  const held = heldReply()
  cdn.api.answer = () => held.reply
  const hls = new Hls(cdn)
  attachHls(hls, cdn.access)
  hls.loadSource(playlist)
  await settle()
  t.strictSame(hls.sent, [])
  held.release(receipt())
  await settle()
  t.strictSame(hls.sent, ['playlist 200'])
})

t.test('loads again after a refusal at the start, with one forced refresh', async (t) => {
  const cdn = await openRefusingCdn(t)
  const hls = new Hls(cdn)
  attachHls(hls, cdn.access)
  hls.loadSource(playlist)
  await settle()
  t.strictSame(hls.sent, ['playlist 403', 'playlist 200'])
  t.equal(cdn.api.methods, 'GP')
  t.strictSame(cdn.given, [])
})

t.test('goes on after refusals in mid-play, however many in a long film', async (t) => {
  const cdn = await openRefusingCdn(t, 0)
  const hls = new Hls(cdn)
  attachHls(hls, cdn.access)
  hls.loadSource(playlist)
  await settle()
  for (let time = 1; time <= 4; time++) {
    cdn.wants = time
    hls.startLoad()
    await settle()
    await cdn.device.pass(30)
    t.equal(hls.sent.at(-1), 'segment 200')
  }
  t.equal(cdn.api.methods, 'GPPPP')
  t.strictSame(cdn.given, [])
})

t.test('gives up with an event where the CDN refuses for good', async (t) => {
  const cdn = await openRefusingCdn(t, 99)
  const hls = new Hls(cdn)
  attachHls(hls, cdn.access)
  hls.loadSource(playlist)
  for (let turn = 0; turn < 5; turn++) await settle()
  t.equal(cdn.api.methods, 'GP')
  t.strictSame(cdn.given, [hls])
  t.ok(hls.sent.length <= 3)
})

t.test('keeps the hooks of the page', async (t) => {
  const cdn = await openRefusingCdn(t, 0)
  const hls = new Hls(cdn)
  const calls: unknown[] = []
  hls.config.xhrSetup = (_xhr, ...what: unknown[]) => {
    calls.push(what[0])
  }
  hls.config.fetchSetup = (context: { url: string }, init: RequestInit) => {
    calls.push(init.credentials)
    return new Request(context.url, init)
  }
  attachHls(hls, cdn.access)
  hls.loadSource(playlist)
  await settle()
  await hls.config.fetchSetup({ url: playlist }, {})
  t.strictSame(calls, [playlist, 'include'])
})

t.test('sends credentials with fetch, too', async (t) => {
  const cdn = await openRefusingCdn(t, 0)
  const hls = new Hls(cdn)
  attachHls(hls, cdn.access)
  const request = await hls.config.fetchSetup!({ url: playlist }, { method: 'GET' })
  t.equal(request.credentials, 'include')
  t.equal(request.url, playlist)
})

t.test('other errors are not its business', async (t) => {
  const cdn = await openRefusingCdn(t, 0)
  const hls = new Hls(cdn)
  attachHls(hls, cdn.access)
  hls.emit('hlsError', 'hlsError', { response: { code: 404 } })
  hls.emit('hlsError', 'hlsError', {})
  await settle()
  t.equal(cdn.api.methods, 'G')
})

t.test('goes on when the API is back, where access ran out meanwhile', async (t) => {
  const cdn = await openRefusingCdn(t, 0)
  const hls = new Hls(cdn)
  attachHls(hls, cdn.access)
  hls.loadSource(playlist)
  await settle()
  const { answer } = cdn.api
  cdn.api.answer = () => Promise.reject(new TypeError('no network'))
  cdn.device.sleep(700)
  cdn.status = () => cdn.access.state === 'fresh' ? 200 : 403
  hls.emit('hlsError', 'hlsError', { response: { code: 403 } })
  await cdn.device.pass(300)
  t.strictSame(hls.sent, ['playlist 200'])
  cdn.api.answer = answer
  await cdn.device.pass(150)
  t.strictSame(hls.sent, ['playlist 200', 'segment 200'])
  t.strictSame(cdn.given, [])
})
