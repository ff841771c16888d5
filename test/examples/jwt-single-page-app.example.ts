import t from 'tap'
import { openPage } from './browser.js'
import { installExample, typeErrors } from './project.js'
import { createVisitor, freePorts } from './visitor.js'

t.test('jwt-single-page-app: a token on one subdomain opens files on another', async (t) => {
  const project = await installExample(t, 'jwt-single-page-app')
  t.same(typeErrors(project, 'start.js', 'jwt.d.ts'), [])
  const ports = await freePorts('PORT', 'API_PORT', 'EDGE_PORT')
  await project.start(/Open http/, ports)
  const page = `http://app.school.localhost:${ports.PORT}`
  const api = `http://api.school.localhost:${ports.API_PORT}`
  const edge = `http://media.school.localhost:${ports.EDGE_PORT}`

  await t.test('by its headers', async (t) => {
    const { ask } = createVisitor()
    t.equal((await ask(`${api}/cdn-access`)).status, 401)
    const { token } = JSON.parse((await ask(`${api}/token`, { method: 'POST' })).body)
    const headers = { authorization: `Bearer ${token}`, origin: page }
    const issued = await ask(`${api}/cdn-access`, { headers })
    t.match(issued.body, /"status":"issued"/)
    t.equal(issued.headers['access-control-allow-origin'], page)
    t.match(issued.headers['set-cookie']?.[0], 'Domain=school.localhost')
    t.equal((await ask(`${edge}/users/ada/notes.txt`)).body, 'the file /users/ada/notes.txt\n')
    t.equal((await ask(`${edge}/users/ben/notes.txt`)).status, 403)
  })

  await t.test('in a browser', async (t) => {
    const browser = await openPage(t, page)
    await browser.click('button')
    await browser.locator('pre').filter({ hasText: 'the file /users/ada/notes.txt' }).waitFor()
    t.equal(await browser.locator('output').innerText(), 'fresh')
  })
})
