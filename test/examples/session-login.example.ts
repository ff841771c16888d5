import t from 'tap'
import { openPage } from './browser.js'
import { installExample, typeErrors } from './project.js'
import { createVisitor, freePorts } from './visitor.js'

t.test('session-login: a login opens the own folder, and a logout closes it', async (t) => {
  const project = await installExample(t, 'session-login')
  t.same(typeErrors(project, 'start.js', 'session.d.ts'), [])
  const ports = await freePorts('PORT', 'EDGE_PORT')
  await project.start(/Open http/, ports)
  const [api, edge] = [ports.PORT, ports.EDGE_PORT].map((port) => `http://localhost:${port}`)
  const { ask, names } = createVisitor()
  const logIn = (password: string) =>
    ask(`${api}/login`, { method: 'POST', json: { user: 'ada', password } })

  t.equal((await ask(`${api}/me`)).status, 204)
  t.match((await ask(`${api}/`)).body, /<title>Login/)
  t.match((await ask(`${api}/client.js`)).body, /createCdnAccess/)
  t.equal((await ask(`${api}/cdn-access`)).status, 403)
  t.equal((await logIn('orbit')).status, 401)
  const { user, files, receipt } = JSON.parse((await logIn('harbour')).body)
  t.same([user, files, receipt.status], ['ada', edge, 'issued'])
  const mine = await ask(`${edge}/users/ada/notes.txt`, { headers: { origin: api! } })
  t.equal(mine.body, 'the file /users/ada/notes.txt\n')
  t.equal(mine.headers['access-control-allow-credentials'], 'true')
  t.equal(mine.headers['access-control-allow-origin'], api)
  const other = await ask(`${edge}/users/ben/notes.txt`, { headers: { origin: api! } })
  t.equal(other.status, 403)
  t.equal(other.headers['access-control-allow-origin'], api, 'a refusal can be read')
  t.match((await ask(`${api}/cdn-access`)).body, /"status":"fresh"/)

  t.equal((await ask(`${api}/logout`, { method: 'POST' })).status, 204)
  t.same((await names(`${edge}/users/ada/`)).filter((name) => name.startsWith('CloudFront')), [])
  t.equal((await ask(`${edge}/users/ada/notes.txt`)).status, 403)
  t.equal((await ask(`${api}/cdn-access`)).status, 403)

  await t.test('in a browser, and again when the page is loaded anew', async (t) => {
    const page = await openPage(t, api!)
    const state = (name: string) => page.locator('output').filter({ hasText: name }).waitFor()
    const notes = page.locator('pre').filter({ hasText: 'the file /users/ada/notes.txt' })
    await state('denied')
    await page.click('button:not([type])')
    await notes.waitFor()
    await state('fresh')
    await page.reload()
    await notes.waitFor()
    await page.click('#logout')
    await state('idle')
    await page.locator('pre').filter({ hasNotText: 'the file' }).waitFor({ state: 'attached' })
    const cookies = (await page.context().cookies()).map(({ name }) => name)
    t.same(cookies, ['sessionId'])
  })
})
