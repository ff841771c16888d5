import t from 'tap'
import { execFile, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import Fastify, { type FastifyInstance } from 'fastify'
import { installDemo, newVisitor, startDemo } from './running-demo.js'

const folder = await installDemo(t)

await t.test('a running demo', async (t) => {
  const demo = startDemo(folder)
  t.teardown(() => demo.process.kill('SIGKILL'))
  const { api, edge } = await demo.addresses()
  const { cookies, visit, statusOf } = newVisitor()

  async function openPictures (): Promise<string[]> {
    const { folders } = await (await visit(`${api}/session`)).json() as {
      folders: Array<{ path: string, pictures: Array<{ file: string }> }>
    }
    const paths = folders.flatMap(({ path, pictures }) => pictures.map(({ file }) => path + file))
    const statuses = await Promise.all(paths.map((path) => statusOf(edge + path)))
    t.same([...new Set(statuses)].filter((status) => status !== 200 && status !== 403), [])
    return paths.filter((_path, index) => statuses[index] === 200)
  }

  await t.test('lets nobody in without a login', async (t) => {
    t.equal(await statusOf(`${api}/cdn-access`), 403)
    t.same(await openPictures(), [])
  })

  await t.test('says why the edge refuses, to the page alone', async (t) => {
    const response = await visit(`${edge}/courses/1/harbour.svg`, { headers: { origin: api } })
    t.equal(response.status, 403)
    t.equal(response.headers.get('access-control-allow-origin'), api)
    t.equal(response.headers.get('access-control-allow-credentials'), 'true')
    t.match(await response.json(), {
      checks: [{ name: 'path', ok: true }, { name: 'credentials', ok: false }]
    })
  })

  await t.test('gives each person a course and what is shared', async (t) => {
    t.equal(await statusOf(`${api}/login/ada`, { method: 'POST' }), 200)
    t.same(await openPictures(), [], 'a login alone sets no cookie of the CDN')
    t.match(await (await visit(`${api}/cdn-access`)).json(), { status: 'issued' })
    t.same(await openPictures(), [
      '/courses/1/harbour.svg',
      '/courses/1/waves.svg',
      '/shared/library.svg',
      '/shared/garden.svg'
    ])

    t.equal(await statusOf(`${api}/login/bob`, { method: 'POST' }), 200)
    t.match(await (await visit(`${api}/cdn-access`)).json(), { status: 'refreshed' })
    t.same(await openPictures(), [
      '/courses/2/orbits.svg',
      '/courses/2/ridge.svg',
      '/shared/library.svg',
      '/shared/garden.svg'
    ])
  })

  await t.test('sets nothing where access is fresh', async (t) => {
    const response = await visit(`${api}/cdn-access`)
    const { status, expiresIn, refreshIn } = await response.json() as {
      status: string
      expiresIn: number
      refreshIn: number
    }
    t.equal(status, 'fresh')
    t.same(response.headers.getSetCookie(), [])
    t.ok(
      expiresIn > 40 && expiresIn <= 60 && refreshIn > 3 && refreshIn < expiresIn,
      `refresh in ${refreshIn} s of ${expiresIn} s`
    )
  })

  await t.test('takes access away on DELETE and at logout', async (t) => {
    t.equal(await statusOf(`${api}/cdn-access`, { method: 'DELETE' }), 204)
    t.same(await openPictures(), [])
    t.equal(await statusOf(`${api}/cdn-access`), 200)
    t.equal((await openPictures()).length, 4)
    t.equal(await statusOf(`${api}/logout`, { method: 'POST' }), 204)
    t.same(await openPictures(), [])
    t.same(await cookies.getCookies(api, { allPaths: true }), [])
  })

  await t.test('believes no session that it has not signed', async (t) => {
    t.equal(await statusOf(`${api}/login/eve`, { method: 'POST' }), 404)
    const response = await fetch(`${api}/session`, { headers: { cookie: 'demo-session=ada' } })
    t.match(await response.json(), { user: null })
  })

  await t.test('serves the page on localhost, where its cookies reach the edge', async (t) => {
    const page = await visit(`${api}/`)
    t.match(await page.text(), '<title>fastify-cdn-access demo</title>')
    t.equal(page.headers.get('cache-control'), 'no-cache')
    const elsewhere = await visit(api.replace('localhost', '127.0.0.1'))
    t.equal(elsewhere.status, 302)
    t.equal(elsewhere.headers.get('location'), `${api}/`)
    const course = await visit(`${api.replace('localhost', '127.0.0.1')}/?course=1`)
    t.equal(course.headers.get('location'), `${api}/?course=1`)
  })

  await t.test('serves what the page imports, and nothing else of its packages', async (t) => {
    const modules = {
      '/client/cdn-access.js': 'createCdnAccess',
      '/client/clock.js': 'export',
      '/hls.js': 'ErrorTypes'
    }
    for (const [path, text] of Object.entries(modules)) {
      const module = await visit(api + path)
      t.match(module.headers.get('content-type'), 'javascript', path)
      t.match(await module.text(), text, path)
    }
    t.equal(await statusOf(`${api}/client/..%2fplugin.js`), 404)
    t.equal(await statusOf(`${api}/hls.mjs`), 404)
  })

  await t.test('plays a clip, whose parts are as protected as its list', async (t) => {
    const folder = `${edge}/courses/1/video/`
    t.equal(await statusOf(`${folder}index.m3u8`), 403)
    t.equal(await statusOf(`${api}/login/ada`, { method: 'POST' }), 200)
    t.equal(await statusOf(`${api}/cdn-access`), 200)
    const list = await visit(`${folder}index.m3u8`)
    t.equal(list.headers.get('content-type'), 'application/vnd.apple.mpegurl')
    const text = await list.text()
    const parts = [...text.matchAll(/^[^#\n].*|(?<=URI=").*(?=")/gm)].map(([name]) => name)
    t.equal(parts.length, 13, 'a header and twelve times two seconds')
    t.equal(parts.find((name) => name.includes('/')), undefined, 'all names are relative')
    const types = await Promise.all(
      parts.map(async (name) => (await visit(folder + name)).headers.get('content-type'))
    )
    t.same([...new Set(types)], ['video/mp4', 'video/iso.segment'])
  })

  await t.test('rotates the key and lets cookies end early', async (t) => {
    const trial = async (name: string): Promise<unknown> =>
      (await visit(`${api}/trials/${name}`, { method: 'POST' })).json()

    t.match(await trial('rotate'), { key: 'KDEMO2' })
    t.equal((await openPictures()).length, 4, 'what the old key signed stays good')
    await setTimeout(3000)
    t.equal(await statusOf(`${api}/cdn-access`, { method: 'POST' }), 200)
    const held = await cookies.getCookies(`${edge}/shared/garden.svg`)
    t.same(held.find(({ key }) => key === 'CloudFront-Key-Pair-Id')?.value, 'KDEMO2')
    t.equal((await openPictures()).length, 4, 'and the new one is accepted')

    const { expiresIn } = await trial('expire') as { expiresIn: number }
    t.ok(expiresIn >= 3 && expiresIn <= 4, `ends in ${expiresIn} s`)
    t.equal((await openPictures()).length, 4)
    await setTimeout(expiresIn * 1000)
    t.same(await openPictures(), [])

    t.equal(await statusOf(`${api}/cdn-access`), 200)
    t.equal((await openPictures()).length, 4)
    t.equal(await statusOf(`${api}/logout`, { method: 'POST' }), 204)
  })

  await t.test('prints lines for curl that do what they say', {
    skip: spawnSync('curl', ['--version']).status !== 0 && 'curl is not there'
  }, async (t) => {
    const lines = demo.out().split('\n').map((line) => line.trim())
    const commands = lines.filter((line) => line.startsWith('curl ') || line.startsWith('JAR='))
    const announced = lines.flatMap((line) => /^(\d{3})[ :,]/.exec(line)?.[1] ?? [])
    const { stdout } = await promisify(execFile)('sh', [
      '-ec',
      [...commands, 'rm "$JAR"'].join('\n')
    ])
    t.same(
      stdout.split('\n').flatMap((line) => /^(?:HTTP\/1\.1 )?(\d{3})\b/.exec(line)?.[1] ?? []),
      announced
    )
    t.same(announced, ['403', '200', '200', '200', '200', '403', '204', '403'])
    const answers = [...stdout.matchAll(/"status":"(\w+)"/g)].map(([, status]) => status)
    t.same(answers, ['issued', 'fresh'])
  })

  await t.test('logs paths, but no query and no cookie', async (t) => {
    t.equal(await statusOf(`${edge}/courses/1/harbour.svg?secret=1`), 403)
    await demo.until('  edge  403  GET /courses/1/harbour.svg\n')
    t.match(demo.out(), '  api   200  GET /cdn-access  (13 Set-Cookie)\n')
    t.notMatch(demo.out(), /secret|CloudFront-Policy|demo-session/)
  })

  await t.test('ends on Ctrl-C, with connections still open', async (t) => {
    demo.process.kill('SIGINT')
    demo.process.kill('SIGINT')
    t.equal(await demo.ended, 0)
    t.equal(demo.errors(), '')
    await t.rejects(fetch(api))
    await t.rejects(fetch(edge))
  })
})

await t.test('a taken port is named, with the variable that changes it', async (t) => {
  const other = createServer().listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => other.close())
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  await Promise.all(['PORT', 'EDGE_PORT'].map(async (variable) => {
    const demo = startDemo(folder, { [variable]: String(port) })
    t.equal(await demo.ended, 1)
    t.equal(
      demo.errors(),
      `Port ${port} is taken. Set ${variable} to another one: ${variable}=${port + 100} npm start\n`
    )
    t.equal(demo.out(), '')
  }))
})

await t.test('a stopped API is back after 15 seconds, and says so before', async (t) => {
  const { createTrials } = await import(pathToFileURL(`${folder}/demo/trials.js`).href) as {
    createTrials: (app: FastifyInstance, keys: unknown, now: () => number) => void
  }
  let now = 1_700_000_000_000
  const app = Fastify()
  createTrials(app, {}, () => now)
  app.get('/cdn-access', async () => 'access')
  app.get('/session', async () => 'session')
  const get = async (url: string): Promise<number> => (await app.inject(url)).statusCode

  t.equal(await get('/cdn-access'), 200)
  t.same((await app.inject({ method: 'POST', url: '/trials/stop' })).json(), { seconds: 15 })
  now += 14_999
  const refusal = await app.inject('/cdn-access')
  t.equal(refusal.statusCode, 503)
  t.equal(refusal.headers['retry-after'], '5')
  t.equal(await get('/session'), 200, 'the rest of the API answers')
  now += 1
  t.equal(await get('/cdn-access'), 200)
})

await t.test('settings have defaults, and are refused by name out of their bounds', async (t) => {
  const { readSettings } = await import(pathToFileURL(`${folder}/demo/settings.js`).href) as {
    readSettings: (env: Record<string, string>) => unknown
  }
  t.same(readSettings({ PORT: '' }), { port: 3000, edgePort: 3001, ttl: 60 })
  t.same(readSettings({ PORT: '0', EDGE_PORT: '65535', TTL: '5' }), {
    port: 0,
    edgePort: 65535,
    ttl: 5
  })
  t.throws(() => readSettings({ PORT: 'web' }), {
    message: 'PORT must be a whole number from 0 to 65535.'
  })
  t.throws(() => readSettings({ EDGE_PORT: '65536' }), {
    message: 'EDGE_PORT must be a whole number from 0 to 65535.'
  })
  t.throws(() => readSettings({ TTL: '4' }), {
    message: 'TTL must be a whole number from 5 to 86400.'
  })
  t.throws(() => readSettings({ TTL: '-5' }), {
    message: 'TTL must be a whole number from 5 to 86400.'
  })
})
