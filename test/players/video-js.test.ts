import t from 'tap'
import { attachVideoJs, type VideoJsPlayer } from '../../src/players/video-js.js'
import { heldReply, receipt } from '../client/api.js'
import { settle } from '../client/device.js'
import { Emitter, openRefusingCdn, type RefusingCdn } from './refusing-cdn.js'

type RequestHook = (options: object) => { withCredentials?: boolean }
type ResponseHook = (request: XMLHttpRequest) => void

/** Loads as video.js with VHS does: hooks around each request; the first refusal is an error. */
class VideoJs extends Emitter implements VideoJsPlayer {
  readonly sent: string[] = []
  isPaused = true
  at = 0
  #source: unknown
  #request: RequestHook = () => ({})
  #response: ResponseHook = () => {}
  readonly #cdn: RefusingCdn

  constructor (cdn: RefusingCdn) {
    super()
    this.#cdn = cdn
  }

  tech (): object {
    const xhr = {
      onRequest: (hook: RequestHook) => {
        this.#request = hook
      },
      onResponse: (hook: ResponseHook) => {
        this.#response = hook
      }
    }
    return { vhs: { xhr } }
  }

  src (...what: unknown[]): unknown {
    if (what.length === 0) return this.#source
    this.#source = what[0]
    this.at = 0
    this.isPaused = true
    setImmediate(() => {
      this.emit('xhr-hooks-ready')
      this.load('manifest')
    })
    return undefined
  }

  load (what: string): void {
    const { withCredentials } = this.#request({})
    const status = withCredentials === true ? this.#cdn.status() : 0
    this.sent.push(`${what} ${status}`)
    this.#response({ status } as XMLHttpRequest)
    if (status === 200 || what !== 'manifest') return
    this.emit('error')
    this.pause()
  }

  currentSources (): unknown {
    return this.#source
  }

  currentTime (seconds?: number): number {
    return this.at = seconds ?? this.at
  }

  pause (): void {
    this.isPaused = true
    this.emit('pause')
  }

  play (): void {
    this.isPaused = false
    this.emit('play')
    if (this.#cdn.status() === 200) this.emit('playing')
  }
}

const source = { src: 'https://media.example.com/index.m3u8', type: 'application/x-mpegURL' }

t.test('waits for access before the first load', async (t) => {
  const cdn = await openRefusingCdn(t, 0)
  cdn.device.sleep(700)
  const held = heldReply()
  cdn.api.answer = () => held.reply
  const player = new VideoJs(cdn)
  attachVideoJs(player, cdn.access)
  player.src(source)
  await settle()
  t.strictSame(player.sent, [])
  held.release(receipt())
  await settle()
  t.strictSame(player.sent, ['manifest 200'])
  t.equal(player.src(), source)
})

t.test('loads again what was refused at the start, where it was and playing', async (t) => {
  const cdn = await openRefusingCdn(t)
  const player = new VideoJs(cdn)
  attachVideoJs(player, cdn.access)
  cdn.api.answer = async () => {
    player.at = 42
    return receipt()
  }
  player.src(source)
  player.play()
  await settle()
  await settle()
  t.strictSame(player.sent, ['manifest 403', 'manifest 200'])
  t.match(player, { at: 42, isPaused: false })
  t.equal(cdn.api.methods, 'GP')
  t.strictSame(cdn.given, [])
})

t.test('stays paused where it was paused', async (t) => {
  const cdn = await openRefusingCdn(t)
  const player = new VideoJs(cdn)
  attachVideoJs(player, cdn.access)
  player.src(source)
  player.play()
  player.pause()
  await settle()
  await settle()
  t.strictSame(player.sent, ['manifest 403', 'manifest 200'])
  t.match(player, { at: 0, isPaused: true })
})

t.test('a segment that is refused has the cookies set anew, and nothing loaded twice', async (t) => {
  const cdn = await openRefusingCdn(t, 0)
  const player = new VideoJs(cdn)
  attachVideoJs(player, cdn.access)
  player.src(source)
  await settle()
  cdn.wants = 1
  player.load('segment')
  await settle()
  t.equal(cdn.api.methods, 'GP')
  player.load('segment')
  t.strictSame(player.sent, ['manifest 200', 'segment 403', 'segment 200'])
})

t.test('gives up with an event where the CDN refuses for good', async (t) => {
  const cdn = await openRefusingCdn(t, 99)
  const player = new VideoJs(cdn)
  attachVideoJs(player, cdn.access)
  player.src(source)
  for (let turn = 0; turn < 5; turn++) await settle()
  player.load('manifest')
  await settle()
  t.equal(cdn.api.methods, 'GP')
  t.ok(cdn.given.includes(player))
  t.ok(player.sent.length < 6)
})
