import t from 'tap'
import { attachMedia } from '../../src/players/media.js'
import { settle } from '../client/device.js'
import { openRefusingCdn, type RefusingCdn } from './refusing-cdn.js'

/** A media element as Chromium has it: loading and errors pause it, the first one silently. */
class Media extends EventTarget {
  currentTime = 0
  paused = true
  error: object | null = null
  loads = 0
  readonly #cdn: RefusingCdn

  constructor (cdn: RefusingCdn) {
    super()
    this.#cdn = cdn
  }

  load (): void {
    this.loads++
    this.paused = true
    this.error = null
    this.currentTime = 0
  }

  pause (): void {
    this.paused = true
    this.dispatchEvent(new Event('pause'))
  }

  fail (): void {
    this.error = { code: 4 }
    this.dispatchEvent(new Event('error'))
    this.pause()
  }

  async play (): Promise<void> {
    this.paused = false
    this.dispatchEvent(new Event('play'))
    if (this.#cdn.status() === 200) this.dispatchEvent(new Event('playing'))
    else this.fail()
  }
}

const asElement = (media: Media): HTMLMediaElement => media as unknown as HTMLMediaElement

t.test('goes on where it was, and playing where it was playing', async (t) => {
  const cdn = await openRefusingCdn(t)
  const media = new Media(cdn)
  attachMedia(asElement(media), cdn.access)
  media.currentTime = 42
  await media.play()
  await settle()
  t.match(media, { currentTime: 42, paused: false, loads: 1 })
  t.equal(cdn.api.methods, 'GP')
})

t.test('stays paused where it was paused', async (t) => {
  const cdn = await openRefusingCdn(t)
  const media = new Media(cdn)
  attachMedia(asElement(media), cdn.access)
  cdn.wants = 0
  await media.play()
  media.pause()
  media.fail()
  await settle()
  t.match(media, { paused: true, loads: 1 })
})

t.test('gives up with an event, and says nothing after it was detached', async (t) => {
  const cdn = await openRefusingCdn(t, 99)
  const media = new Media(cdn)
  const detach = attachMedia(asElement(media), cdn.access)
  await media.play()
  for (let turn = 0; turn < 5; turn++) {
    await settle()
    if (turn < 2) media.fail()
  }
  t.strictSame(cdn.given, [media])
  t.equal(media.loads, 2)
  detach()
  await media.play()
  await settle()
  t.equal(media.loads, 2)
  t.equal(cdn.api.methods, 'GP')
})
