import t from 'tap'
import { installExample, typeErrors } from './project.js'
import { createVisitor, freePorts } from './visitor.js'

t.test('two-cdns: one reply opens a folder at each', async (t) => {
  const project = await installExample(t, 'two-cdns')
  t.same(typeErrors(project, 'start.js'), [])
  const ports = await freePorts('PORT', 'FILMS_PORT', 'PICTURES_PORT')
  await project.start(/Without cookies: /, ports)
  const at = (port: string): string => `http://localhost:${port}`
  const [films, pictures] = [at(ports.FILMS_PORT), at(ports.PICTURES_PORT)]
  const { ask } = createVisitor()
  t.equal((await ask(`${films}/courses/42/film.mp4`)).status, 403)
  t.equal((await ask(`${pictures}/covers/42.png`)).status, 403)
  t.match((await ask(`${at(ports.PORT)}/cdn-access`)).body, /"status":"issued"/)
  t.equal((await ask(`${films}/courses/42/film.mp4`)).body, 'films: /courses/42/film.mp4\n')
  t.equal((await ask(`${pictures}/covers/42.png`)).body, 'pictures: /covers/42.png\n')
  t.equal((await ask(`${films}/covers/42.png`)).status, 403)
  t.equal((await ask(`${pictures}/courses/42/film.mp4`)).status, 403)
  t.equal((await ask(`${films}/courses/43/film.mp4`)).status, 403)

  const stranger = createVisitor()
  const { status, headers } = await stranger.ask(`${at(ports.PORT)}/download`)
  t.equal(status, 302)
  t.equal((await stranger.ask(headers.location!)).body, 'films: /courses/42/film.mp4\n')
})
