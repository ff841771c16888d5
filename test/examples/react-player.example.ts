import t from 'tap'
import { openPage } from './browser.js'
import { installExample, typeErrors } from './project.js'
import { createVisitor, freePorts } from './visitor.js'

t.test('react-player: Vite builds it, and Chromium plays the film while access is renewed', async (t) => {
  const project = await installExample(t, 'react-player')
  t.same(typeErrors(project, 'start.js'), [])
  const ports = await freePorts('PORT', 'EDGE_PORT')
  await project.start(/Open http/, ports)
  const [page, edge] = [ports.PORT, ports.EDGE_PORT].map((port) => `http://localhost:${port}`)
  t.equal((await createVisitor().ask(`${edge}/film/index.m3u8`)).status, 403)
  const browser = await openPage(t, page!)
  const refusals: string[] = []
  browser.on('response', (reply) => {
    if (reply.status() >= 400 && reply.url().includes('/film/')) refusals.push(reply.url())
  })
  await browser.waitForFunction('document.querySelector("video")?.currentTime > 0.5')
  t.equal(await browser.locator('output').innerText(), 'fresh')

  await browser.getByText('renewed 1 times').waitFor({ timeout: 60_000 })
  const { origin, pathname } = new URL((await browser.waitForResponse(/\.m4s$/)).url())
  t.equal(origin, edge)
  t.match(pathname, /^\/film\/\d\d\.m4s$/, 'the film is asked for with what was renewed')
  t.equal(await browser.evaluate('document.querySelector("video").paused'), false)
  t.equal(await browser.locator('output').innerText(), 'fresh')
  t.same(refusals, [])
})
