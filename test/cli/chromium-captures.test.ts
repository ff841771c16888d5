import { join } from 'node:path'
import t from 'tap'
import { cli } from '../fixtures/command-line.js'
import { ecPkcs8 } from '../fixtures/keys.js'

/** Chromium 156 saved and copied these of one refused request; test/browser saves them anew. */
const file = (name: string): string => join(process.cwd(), 'test/fixtures/captures', name)

const env = {
  CDN_ACCESS_CDN: 'cloudfront',
  CDN_ACCESS_URL: 'http://media.example.test:18081',
  CDN_ACCESS_KEY_ID: 'K1',
  CDN_ACCESS_PRIVATE_KEY: ecPkcs8
}

t.test('explains what Chromium saved with its sensitive data, and what it copied', async (t) => {
  const captures = [['--har', 'whole.har'], ['--curl', 'bash.txt'], ['--curl', 'cmd.txt']] as const
  for (const [option, name] of captures) {
    for (const own of [env, {}]) {
      const { code, out } = await cli(['explain', option, file(name), '--json'], { env: own })
      t.equal(code, 1, name)
      const [{ url, checks }] = JSON.parse(out).requests
      t.equal(url, 'http://media.example.test:18081/courses/43/a.mp4')
      t.match(checks.at(-1), { code: 'path-outside', found: /courses\/43/ }, name)
      t.notMatch(out, 'MEUCIEWj')
    }
  }
})

t.test('says of its default export that cookies were removed, never that none were sent', async (t) => {
  for (const own of [env, {}]) {
    const { code, out } = await cli(['explain', '--har', file('sanitized.har')], { env: own })
    t.equal(code, 1)
    t.match(out, 'Cookies were removed from this file')
    t.notMatch(out, /No cookie was sent/)
  }
  const inspected = await cli(['inspect', '--har', file('sanitized.har')])
  t.match(inspected, { code: 1, out: /Cookies were removed from this file/ })
})
