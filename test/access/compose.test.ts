import t from 'tap'
import { cdnPath, type Cdn } from '../../src/index.js'
import { createViewer, fixedClock, media, startApi } from '../fixtures/site.js'

t.test('passes a coded error of a CDN on as it is', async (t) => {
  let fails = false
  const real = media()
  const cdn: Cdn = {
    ...real,
    sign: async (grant, key) => {
      if (!fails) return real.sign(grant, key)
      throw Object.assign(new Error('own'), { code: 'CDN_ACCESS_GRANT_UNSUPPORTED' })
    }
  }
  const app = await startApi(fixedClock(), { cdn })
  fails = true
  t.match((await createViewer({ 'x-user': 'a' }).ask(app)).body, {
    code: 'CDN_ACCESS_GRANT_UNSUPPORTED'
  })
})

t.test('refuses cookies that a CDN did not plan, for they could not be cleared', async (t) => {
  for (
    const cookie of [{ name: 'CloudFront-Policy', value: 'x', path: '/b/' }, {
      name: 'other',
      value: 'x',
      path: '/a/'
    }]
  ) {
    const cdn: Cdn = {
      ...media(),
      sign: async () => [cookie],
      check: async () => ({ allowed: true, status: 200, checks: [] })
    }
    t.match(
      (await createViewer().ask(
        await startApi(fixedClock(), { cdn, authorize: () => [cdnPath`/a/*`] })
      )).body,
      { code: 'CDN_ACCESS_CDN_INVALID' }
    )
  }
})

t.test('refuses cookies that no browser keeps and replies that no proxy passes', async (t) => {
  let value = ''
  let paths = [cdnPath`/a/*`]
  const cdn: Cdn = {
    ...media(),
    sign: async ({ paths: granted }) =>
      granted.map((path) => ({ name: 'CloudFront-Policy', value, path: path.slice(0, -1) })),
    check: async () => ({ allowed: true, status: 200, checks: [] })
  }
  const lines: string[] = []
  const app = await startApi(fixedClock(), { cdn, authorize: () => paths }, {
    logger: {
      level: 'warn',
      stream: {
        write: (line: string) => {
          lines.push(JSON.parse(line).msg)
        }
      }
    }
  })
  value = 'x'.repeat(4080)
  t.match((await createViewer().ask(app)).body, {
    code: 'CDN_ACCESS_COOKIE_TOO_LARGE',
    message:
      'The cookie "CloudFront-Policy" would be 4097 bytes, and browsers keep 4096: grant fewer or shorter paths, or a common prefix'
  })
  value = 'x'.repeat(4079)
  t.equal((await createViewer().ask(app)).status, 200)
  paths = [cdnPath`/a/*`, cdnPath`/b/*`]
  t.match((await createViewer().ask(app)).body, { code: 'CDN_ACCESS_COOKIES_TOO_LARGE' })
  for (const odd of ['a b', 'a;b', 'a,b', 'a"b', 'a\\b', 'a\tb', 'é']) {
    value = odd
    t.match((await createViewer().ask(app)).body, { code: 'CDN_ACCESS_COOKIE_VALUE_INVALID' }, odd)
  }
  t.match(lines.filter((line) => line.includes('nginx')), [
    /a grant needs \d+ bytes of Set-Cookie lines/
  ])
})
