import type { BrowserContext } from 'playwright-core'
import t, { type Test } from 'tap'
import { launchChromium, newTolerantViewer, newViewer } from './chromium.js'
import { startSite, type Site } from './site.js'

t.setTimeout(120_000)
const browser = await launchChromium(t)

const lines = {
  lax: 'lax=1; Domain=example.com; Path=/; HttpOnly; Secure; SameSite=Lax',
  strict: 'strict=1; Domain=example.com; Path=/; HttpOnly; Secure; SameSite=Strict',
  unsaid: 'unsaid=1; Domain=example.com; Path=/; Secure',
  none: 'none=1; Domain=example.com; Path=/; Secure; SameSite=None',
  partitioned: 'partitioned=1; Domain=example.com; Path=/; Secure; SameSite=None; Partitioned',
  laxPartitioned: 'laxPartitioned=1; Domain=example.com; Path=/; Secure; SameSite=Lax; Partitioned',
  noneInsecure: 'noneInsecure=1; Domain=example.com; Path=/; SameSite=None',
  partitionedInsecure:
    'partitionedInsecure=1; Domain=example.com; Path=/; SameSite=Lax; Partitioned',
  siblingHost: 'siblingHost=1; Domain=media.example.com; Path=/; Secure',
  otherSite: 'otherSite=1; Domain=example.org; Path=/; Secure',
  publicSuffix: 'publicSuffix=1; Domain=com; Path=/; Secure',
  '__Host-ticket': '__Host-ticket=1; Path=/; Secure; SameSite=Lax',
  '__Host-domain': '__Host-domain=1; Domain=example.com; Path=/; Secure',
  '__Host-path': '__Host-path=1; Path=/courses; Secure'
}

/**
 * What a browser keeps of these lines when a page fetches them from the API, and what it says of
 * the others.
 */
async function offer (
  site: Site,
  viewer: BrowserContext,
  address: string
): Promise<{ kept: string[], refused: Record<string, string> }> {
  site.raw = Object.values(lines)
  const page = await viewer.newPage()
  await page.goto(address)
  const refused: Record<string, string> = {}
  const devTools = await viewer.newCDPSession(page)
  await devTools.send('Network.enable')
  const informed = new Promise<void>((resolve) => {
    devTools.on('Network.responseReceivedExtraInfo', ({ blockedCookies, headers }) => {
      for (const { cookieLine, blockedReasons } of blockedCookies) {
        refused[cookieLine.split('=')[0]!] = blockedReasons.join()
      }
      if (Object.keys(headers).some((name) => name.toLowerCase() === 'set-cookie')) resolve()
    })
  })
  const status = await page.evaluate(
    async (url) => (await fetch(url, { credentials: 'include' })).status,
    new URL('/raw', site.api).href
  )
  if (status !== 204) throw new Error(`The API answered ${status}`)
  await informed
  const kept = (await viewer.cookies()).map(({ name, partitionKey }) =>
    partitionKey === undefined ? name : `${name} for ${partitionKey}`
  )
  await page.close()
  return { kept: kept.toSorted(), refused }
}

/** What no browser takes, wherever the page is. */
const alwaysRefused = {
  siblingHost: 'InvalidDomain',
  otherSite: 'InvalidDomain',
  publicSuffix: 'InvalidDomain',
  '__Host-domain': 'InvalidPrefix',
  '__Host-path': 'InvalidPrefix'
}

function checkOffer (
  t: Test,
  { kept, refused }: { kept: string[], refused: Record<string, string> },
  expected: { kept: string[], refused: Record<string, string> }
): void {
  t.strictSame(kept, expected.kept)
  t.strictSame(refused, { ...alwaysRefused, ...expected.refused })
}

t.test('a page of the same site gets all but what is insecure or for another host', async (t) => {
  const site = await startSite(t)
  checkOffer(t, await offer(site, await newViewer(t, browser), site.page), {
    kept: [
      '__Host-ticket',
      'lax',
      'laxPartitioned for https://example.com',
      'none',
      'partitioned for https://example.com',
      'strict',
      'unsaid'
    ],
    refused: { noneInsecure: 'SameSiteNoneInsecure' }
  })
})

t.test('another site gets Partitioned ones alone, where third parties are blocked', async (t) => {
  const site = await startSite(t)
  checkOffer(t, await offer(site, await newViewer(t, browser), site.otherPage), {
    kept: ['partitioned for https://example.org'],
    refused: {
      lax: 'UserPreferences',
      strict: 'UserPreferences',
      unsaid: 'UserPreferences',
      none: 'UserPreferences',
      noneInsecure: 'UserPreferences',
      laxPartitioned: 'SchemefulSameSiteLax',
      '__Host-ticket': 'UserPreferences'
    }
  })
})

t.test('another site gets SameSite=None as well, where third parties are allowed', async (t) => {
  const site = await startSite(t)
  checkOffer(t, await offer(site, await newTolerantViewer(t), site.otherPage), {
    kept: ['none', 'partitioned for https://example.org'],
    refused: {
      lax: 'SchemefulSameSiteLax',
      strict: 'SchemefulSameSiteStrict',
      unsaid: 'SchemefulSameSiteUnspecifiedTreatedAsLax',
      noneInsecure: 'SameSiteNoneInsecure',
      laxPartitioned: 'SchemefulSameSiteLax',
      '__Host-ticket': 'SchemefulSameSiteLax'
    }
  })
})
