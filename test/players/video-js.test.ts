import t from 'tap'
import { attachVideoJs, type VideoJsPlayer } from '../../src/players/video-js.js'
import { heldReply, receipt } from '../client/api.js'
import { settle } from '../client/device.js'
import { Emitter, openRefusingCdn, type RefusingCdn } from './refusing-cdn.js'

type RequestHook = (options: object) => { withCredentials?: boolean }
type ResponseHook = (request: object, error: unknown, response: { statusCode: number }) => void

/** Loads as video.js with VHS does: hooks around each request; the first refusal is an error. */
class VideoJs extends Emitter implements VideoJsPlayer {
  readonly sent: string[] = []
  isPaused = false
  at = 0
  failed: object | null = null
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
    this.failed = null
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
    const statusCode = withCredentials === true ? this.#cdn.status() : 0
    this.sent.push(`${what} ${statusCode}`)
    this.#response({}, null, { statusCode })
    if (statusCode === 200 || what !== 'manifest') return
    this.failed = { code: 4 }
    this.emit('error')
  }

  currentSources (): unknown {
    return this.#source
  }

  currentTime (seconds?: number): number {
    return this.at = seconds ?? this.at
  }

  error (): object | null {
    return this.failed
  }

  paused (): boolean {
    return this.isPaused
  }

  play (): void {
    this.isPaused = false
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
    player.isPaused = false
    return receipt()
  }
  player.src(source)
  await settle()
  await settle()
  t.strictSame(player.sent, ['manifest 403', 'manifest 200'])
  t.match(player, { at: 42, isPaused: false })
  t.equal(cdn.api.methods, 'GP')
  t.strictSame(cdn.given, [])
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
  player.isPaused = true
  player.src(source)
  for (let turn = 0; turn < 5; turn++) await settle()
  player.load('manifest')
  await settle()
  t.equal(cdn.api.methods, 'GP')
  t.ok(cdn.given.includes(player))
  t.ok(player.sent.length < 6)
})
