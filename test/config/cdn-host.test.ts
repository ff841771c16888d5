import t from 'tap'
import { checkCdnHost } from '../../src/config/cdn-host.js'
import { media, start } from '../fixtures/server.js'

const at = (domain: string): ReturnType<typeof media> =>
  media({ url: `https://media.${domain}`, host: `https://*.${domain}` })

t.test('refuses a pattern that covers a public suffix, private ones among them', async (t) => {
  for (const suffix of ['co.uk', 'github.io', 'cloudfront.net', 's3.amazonaws.com']) {
    await t.rejects(checkCdnHost(at(suffix)), {
      code: 'CDN_ACCESS_HOST_INVALID',
      message: `Option "host" of cloudfront is too wide: "${suffix}" is a public suffix, and ` +
        `"*.${suffix}" covers hosts of others. Name a domain of your own behind the "*"`
    }, suffix)
  }
})

t.test('takes a domain below one, and a CDN of one host', async (t) => {
  await t.resolves(checkCdnHost(at('example.co.uk')))
  await t.resolves(checkCdnHost(at('d111.cloudfront.net')))
  await t.resolves(checkCdnHost(media({ url: 'https://d1.cloudfront.net' })))
  const scheme = { url: 'https://example.co.uk', host: 'http*://example.co.uk' } as const
  await t.resolves(checkCdnHost(media(scheme)))
})

t.test('is asked at registration', async (t) => {
  const cdn = at('github.io')
  await t.rejects(start(t, { cdn, cookie: { domain: false } }), { code: 'CDN_ACCESS_HOST_INVALID' })
  await t.resolves(start(t, { cdn: at('example.com') }))
})
