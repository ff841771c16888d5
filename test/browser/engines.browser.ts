import { generateKeyPairSync, randomBytes } from 'node:crypto'
import t, { type Test } from 'tap'
import { nginx, uriSigning, type Cdn } from '../../src/index.js'
import { startNginx } from '../engines/nginx.js'
import { freePort } from '../engines/program.js'
import { startTrafficServer } from '../engines/traffic-server.js'
import { certificate } from './certificate.js'
import { launchChromium, newViewer } from './chromium.js'
import { filesFolder } from './local-edge.js'
import { openTab, play, playedToEnd, report, statusOf } from './player.js'
import { startSite, type SiteOptions } from './site.js'
import { startTlsFront } from './tls-front.js'

t.setTimeout(180_000)
t.jobs = 2
const browser = await launchChromium(t)

/** Plays the whole clip through an edge, on cookies that live for 6 seconds. */
async function checkPlayback (
  t: Test,
  edge: NonNullable<SiteOptions['edge']>,
  cookieNames: string[]
): Promise<void> {
  const site = await startSite(t, { edge })
  const viewer = await newViewer(t, browser)
  const { page, fetched } = await openTab(viewer, site)
  await play(page, site)
  const names = new Set((await viewer.cookies()).map(({ name }) => name))
  t.strictSame([...names].filter((name) => !name.startsWith('__Host-')).toSorted(), cookieNames)

  const { at, duration, stalls, faults } = await playedToEnd(page)
  t.ok(duration > 23.5 && at > duration - 0.5, `played to ${at}`)
  t.equal(stalls, 0)
  t.strictSame(faults, [])
  t.ok(
    fetched.length >= 14 && fetched.every(({ status }) => status === 200),
    `${fetched.length} replies, no refusal`
  )
  t.strictSame((await report(page)).changes, ['fresh (receipt)'])
  const refreshed = site.apiLog.filter(({ outcome }) => outcome === 'refreshed')
  t.ok(refreshed.length >= 5, `${site.apiLog.length} requests to the API`)

  await page.evaluate(() => window.viewer.access!.end())
  t.equal(await statusOf(page, site.playlist), 403, 'the edge refuses after logout')
}

t.test('plays through nginx', { buffered: true }, async (t) => {
  const secret = randomBytes(32).toString('base64url')
  await checkPlayback(t, async (listener, { url, page }): Promise<Cdn> => {
    const { url: edge } = await startNginx(t, {
      server: `
        location ~ ^(?<cdn_access_scope>/courses/[^/]+/) {
          secure_link $cookie_cdn_access_hash,$cookie_cdn_access_expires;
          secure_link_md5 "$secure_link_expires$cdn_access_scope ${secret}";
          if ($secure_link != "1") { return 403; }
          root ${filesFolder};
        }
        location / { return 403; }`
    })
    startTlsFront(listener, { edge, page })
    return nginx({ url, secret, scope: '/courses/:id/' })
  }, ['cdn_access_expires', 'cdn_access_hash'])
})

t.test('plays through Traffic Server', { buffered: true }, async (t) => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const issuer = 'https://api.example.com'
  const kid = 'first'
  await checkPlayback(t, async (listener, { url, page }): Promise<Cdn> => {
    const { url: origin } = await startNginx(t, { server: `root ${filesFolder};` })
    const port = await freePort()
    await startTrafficServer(t, {
      origin,
      tls: { port, ...certificate() },
      keys: JSON.stringify({
        [issuer]: {
          renewal_kid: kid,
          keys: [{ ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256' }]
        }
      }),
      remap: (_own, files) => `map ${url}/ ${files}/ @plugin=uri_signing.so @pparam=keys.json\n`
    })
    startTlsFront(listener, { edge: `https://127.0.0.1:${port}`, page })
    return uriSigning({ url, issuer, kid, key: privateKey })
  }, ['URISigningPackage'])
})
