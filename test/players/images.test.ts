import { Window } from 'happy-dom'
import t, { type Test } from 'tap'
import { keepImages } from '../../src/players/images.js'
import { settle } from '../client/device.js'
import { openRefusingCdn, type RefusingCdn } from './refusing-cdn.js'

/** A page with pictures that ask the CDN whenever their address is set, as browsers do. */
function openGallery (t: Test, cdn: RefusingCdn, count: number): { root: Node, images: Picture[] } {
  const { document, HTMLImageElement } = new Window()
  t.intercept(globalThis, 'HTMLImageElement', { value: HTMLImageElement })
  const images = Array.from({ length: count }, (_, index) => {
    const image = document.createElement('img')
    const picture: Picture = { asked: [], image: image as unknown as HTMLImageElement }
    Object.defineProperty(image, 'src', {
      get: () => `https://media.example.com/${index}.png`,
      set: () => {
        const status = cdn.status()
        picture.asked.push(status)
        setImmediate(() => {
          const type = status === 200 ? 'load' : 'error'
          picture.image.dispatchEvent(new document.defaultView!.Event(type) as unknown as Event)
        })
      }
    })
    document.body.append(image)
    return picture
  })
  return { root: document.body as unknown as Node, images }
}

interface Picture {
  readonly image: HTMLImageElement
  readonly asked: number[]
}

const show = (images: readonly Picture[]): void => {
  for (const { image } of images) {
    const { src } = image
    image.src = src
  }
}

t.test('30 pictures that the CDN refuses are shown after one refresh', async (t) => {
  const cdn = await openRefusingCdn(t)
  const { root, images } = openGallery(t, cdn, 30)
  const stop = keepImages(root, cdn.access)
  show(images.slice(0, 6))
  await settle()
  const late = images.slice(6)
  cdn.wants = 0
  for (const { image, asked } of late) {
    asked.push(403)
    image.dispatchEvent(new image.ownerDocument.defaultView!.Event('error'))
  }
  await settle()
  for (const { asked } of images) t.strictSame(asked, [403, 200])
  t.equal(cdn.api.methods, 'GP')
  t.strictSame(cdn.given, [])
  stop()
  cdn.wants = 99
  show(images)
  await settle()
  t.equal(cdn.api.methods, 'GP')
})

t.test('a picture that stays refused is repeated once', async (t) => {
  const cdn = await openRefusingCdn(t, 99)
  const { root, images } = openGallery(t, cdn, 2)
  keepImages(root, cdn.access)
  show(images)
  for (let turn = 0; turn < 5; turn++) await settle()
  for (const { asked } of images) t.strictSame(asked, [403, 403])
  t.equal(cdn.given.length, 2)
  t.ok(cdn.given.includes(images[0]!.image))
  t.equal(cdn.api.methods, 'GP')
})

t.test('what is no picture is not its business', async (t) => {
  const cdn = await openRefusingCdn(t)
  const { root, images } = openGallery(t, cdn, 1)
  keepImages(root, cdn.access)
  root.dispatchEvent(new images[0]!.image.ownerDocument.defaultView!.Event('error'))
  await settle()
  t.equal(cdn.api.methods, 'G')
})
