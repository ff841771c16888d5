import t from 'tap'
import { cloudfront } from '../../../src/cdn/cloudfront/cloudfront.js'
import { cloudFrontBase64 } from '../../../src/cdn/cloudfront/policy.js'
import { fingerprintOf } from '../../../src/access/fingerprint.js'
import { resolveCookie } from '../../../src/config/cookie-options.js'
import {
  ecOptions,
  edgeOf,
  refusedBy,
  rsaOptions,
  targetOf,
  url
} from '../../fixtures/cloudfront.js'
import { signed } from '../../fixtures/cloudfront-check.js'

const host = 'https://*.example.com'
const edge = edgeOf({ ...ecOptions, host })
const alias = 'https://img.example.com'
const policyOf = (text: string): string => cloudFrontBase64.decode(text).toString()

t.test('writes the pattern into the policy, and checks the host that was asked', async (t) => {
  const cookies = await edge.pairs()
  t.equal(
    policyOf(cookies[0]![1]),
    '{"Statement":[{"Resource":"https://*.example.com/courses/42/*",' +
      '"Condition":{"DateLessThan":{"AWS:EpochTime":1800000600}}}]}'
  )
  for (const origin of [url, alias, 'https://a.b.example.com']) {
    t.equal(refusedBy(await edge.check({ origin, cookies })), undefined, origin)
    t.equal(refusedBy(await edge.check({ origin, url: '/courses/43/a', cookies })), 'resource')
  }
  t.equal(refusedBy(await edge.check({ cookies })), undefined, 'its own url for none')
  const { checks } = await edge.check({ origin: alias, cookies })
  t.match(checks[0], { name: 'host', ok: true, detail: `${alias} is one of ${host}.` })
})

t.test('refuses a host that the pattern does not cover, before all else', async (t) => {
  const cookies = await edge.pairs()
  for (
    const origin of [
      'https://example.com',
      'https://badexample.com',
      'https://img.example.org',
      'https://img.example.com.evil.org',
      'https://evil.org/.example.com',
      'http://img.example.com',
      'https://img.example.com:8443',
      'https://'
    ]
  ) {
    const { checks, status } = await edge.check({ origin, cookies })
    t.equal(status, 403)
    t.match(checks, [{
      name: 'host',
      ok: false,
      code: 'host-differs',
      detail: `The request came to ${
        JSON.stringify(origin)
      }, which "host", ${host}, does not cover.`
    }])
  }
})

t.test('a CDN of one host looks at its own url alone, whatever was asked', async (t) => {
  const one = edgeOf(ecOptions)
  t.equal(
    refusedBy(await one.check({ origin: 'https://evil.org', cookies: await one.pairs() })),
    undefined
  )
  t.equal(refusedBy(await one.check({ origin: alias, cookies: await edge.pairs() })), undefined)
  t.equal(
    refusedBy(await edge.check({ origin: alias, cookies: await one.pairs() })),
    'resource',
    'access to one host does not open another'
  )
})

t.test('takes http and https for http*, in the order of neither', async (t) => {
  const both = edgeOf({ ...ecOptions, host: 'http*://media.example.com' })
  const cookies = await both.pairs()
  for (const origin of [url, 'http://media.example.com']) {
    t.equal(refusedBy(await both.check({ origin, cookies })), undefined, origin)
  }
  t.equal(refusedBy(await both.check({ origin: 'ftp://media.example.com', cookies })), 'host')
  t.equal(refusedBy(await both.check({ origin: alias, cookies })), 'host')
})

t.test('a star of the host takes nothing of the path, and none of the path the host', async (t) => {
  const cookies = await edge.pairs()
  for (const path of ['/x.example.com/courses/42/a', '/secret/.example.com/courses/42/a']) {
    t.equal(refusedBy(await edge.check({ origin: alias, url: path, cookies })), 'resource', path)
  }
})

t.test('signs URLs with a custom policy, good on every host', async (t) => {
  for (const query of ['', 'v=1']) {
    const target = targetOf(await edge.signUrl({ path: '/a.png', query }))
    const [, policy = ''] = /[?&]Policy=([^&]+)/.exec(target) ?? []
    t.match(policyOf(policy), `"Resource":"${host}/a.png${query === '' ? '' : `?${query}`}"`)
    for (const origin of [url, alias]) {
      t.equal(refusedBy(await edge.check({ origin, url: target })), undefined)
      t.equal(
        refusedBy(await edge.check({ origin, url: target.replace('a.png', 'b.png') })),
        'resource'
      )
    }
    t.equal(refusedBy(await edge.check({ origin: 'https://img.example.org', url: target })), 'host')
  }
})

t.test('a canned URL of another signer is good on the host for which it was made', async (t) => {
  const [, one = ''] = (await edgeOf(ecOptions).signUrl({ path: '/a.png' })).split(url)
  t.match(one, 'Expires=')
  t.equal(refusedBy(await edge.check({ url: one })), undefined)
  t.equal(refusedBy(await edge.check({ origin: alias, url: one })), 'signature')
})

t.test('other patterns of other signers go no farther than this one', async (t) => {
  const cookies = signed(
    '{"Statement":[{"Resource":"https://*","Condition":{"DateLessThan":{"AWS:EpochTime":1800000600}}}]}'
  )
  t.equal(refusedBy(await edge.check({ origin: alias, cookies })), undefined)
  t.equal(refusedBy(await edge.check({ origin: 'https://evil.org', cookies })), 'host')
})

t.test('refuses a canned policy, and what is no pattern', async (t) => {
  t.throws(() => cloudfront({ ...rsaOptions, host, policy: 'canned' }), {
    code: 'CDN_ACCESS_HOST_INVALID',
    message: /^Option "host" of cloudfront must be left out with canned policies/
  })
  t.throws(() => cloudfront({ ...rsaOptions, name: 'video', host: 'https://*.org' }), {
    code: 'CDN_ACCESS_HOST_INVALID',
    message: /^Option "host" of video is too wide/
  })
  t.equal(cloudfront({ ...rsaOptions, host: 'https://*.EXAMPLE.com' }).host, host)
})

t.test('another pattern is another permission, and none the one of before', async (t) => {
  const print = (more: object): string => {
    const cdn = cloudfront({ ...rsaOptions, ...more })
    const attributes = resolveCookie({ domain: 'example.com' }, cdn)
    return fingerprintOf([{ target: { cdn, attributes }, grant: { paths: ['/a/*'] } }])
  }
  const prints = [{}, { host }, { host: 'http*://*.example.com' }, {
    host: 'https://m*.example.com'
  }].map(print)
  t.equal(new Set(prints).size, prints.length)
  t.strictSame(cloudfront(rsaOptions).format, { policy: 'custom', hash: 'SHA256' })
})
