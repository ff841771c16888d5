import t from 'tap'
import { openPage } from './browser.js'
import { installExample, typeErrors } from './project.js'
import { createVisitor, freePorts } from './visitor.js'

t.test('react-player: Vite builds it, and Chromium plays the film', async (t) => {
  const project = await installExample(t, 'react-player')
  t.same(typeErrors(project, 'start.js'), [])
  const ports = await freePorts('PORT', 'EDGE_PORT')
  await project.start(/Open http/, ports)
  const [page, edge] = [ports.PORT, ports.EDGE_PORT].map((port) => `http://localhost:${port}`)
  t.equal((await createVisitor().ask(`${edge}/film/index.m3u8`)).status, 403)
  const browser = await openPage(t, page!)
  await browser.waitForFunction('document.querySelector("video")?.currentTime > 0.5')
  t.equal(await browser.locator('output').innerText(), 'fresh')
})
