import { createHmac } from 'node:crypto'
import t from 'tap'
import { openPage } from './browser.js'
import { installExample, typeErrors } from './project.js'
import { createVisitor, freePorts } from './visitor.js'

t.test('jwt-single-page-app: a token on one subdomain opens files on another', async (t) => {
  const project = await installExample(t, 'jwt-single-page-app')
  t.same(typeErrors(project, 'start.js', 'jwt.d.ts'), [])
  const ports = await freePorts('PORT', 'API_PORT', 'EDGE_PORT')
  const secret = 'a secret of this test, and of nobody else'
  await project.start(/Open http/, { ...ports, JWT_SECRET: secret })
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

  await t.test('and by no token that is over or of another', async (t) => {
    const { ask, names } = createVisitor()
    const soon = Math.floor(Date.now() / 1000) + 60
    const good = { iss: api, aud: api, sub: 'ada', exp: soon }
    const askWith = async (claims: object, alg = 'HS256') => {
      const authorization = `Bearer ${tokenOf(claims, { secret, alg })}`
      return (await ask(`${api}/cdn-access`, { headers: { authorization } })).status
    }
    t.equal(await askWith(good), 200)
    t.equal(await askWith({ ...good, exp: soon - 120 }), 401)
    t.equal(await askWith({ ...good, aud: 'http://other.school.localhost' }), 401)
    t.equal(await askWith({ ...good, iss: 'http://other.school.localhost' }), 401)
    for (const claim of ['aud', 'iss', 'exp', 'sub']) {
      t.equal(await askWith({ ...good, [claim]: undefined }), 401, `without ${claim}`)
    }
    t.equal(await askWith(good, 'none'), 401)
    t.match(await names(`${edge}/users/ada/`), ['CloudFront-Policy'], 'access is left alone')
    t.equal((await ask(`${edge}/users/ada/notes.txt`)).status, 200)
  })

  await t.test('in a browser', async (t) => {
    const browser = await openPage(t, page)
    await browser.click('button')
    await browser.locator('pre').filter({ hasText: 'the file /users/ada/notes.txt' }).waitFor()
    t.equal(await browser.locator('output').innerText(), 'fresh')
  })
})

function tokenOf (claims: object, { secret, alg }: { secret: string, alg: string }): string {
  const parts = [{ alg, typ: 'JWT' }, claims].map((part) => JSON.stringify(part))
  const signed = parts.map((part) => Buffer.from(part).toString('base64url')).join('.')
  if (alg === 'none') return `${signed}.`
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}
