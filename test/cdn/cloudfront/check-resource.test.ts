import t from 'tap'
import { policyText } from '../../../src/cdn/cloudfront/policy.js'
import { edge, good, last, signed } from '../../fixtures/cloudfront-check.js'
import { ecOptions, edgeOf, expiresAt } from '../../fixtures/cloudfront.js'

t.test('a path that the policy does not cover', async (t) => {
  const outside = [
    'resource',
    /^The policy is good for "https:\/\/media\.example\.com\/courses\/42\/\*", which is not this URL\./
  ]
  for (
    const target of [
      '/',
      '/courses/42',
      '/courses/421/a',
      '/courses/43/a',
      '/Courses/42/a',
      '/courses%2F42/a',
      '/courses//42/a',
      '/x?/courses/42/a',
      '/x?https://media.example.com/courses/42/a'
    ]
  ) {
    const found = await last({ url: target, cookies: good })
    if (target.includes('%')) t.match(found, ['path'])
    else t.match(found, outside, target)
  }
  const exact = await edge.pairs({ paths: ['/a.png'] })
  t.strictSame(await last({ url: '/a.png', cookies: exact }), ['expiry', 'ok'])
  for (const target of ['/a.png/', '/a.pngx', '/a.pn', '/a.png?x=1', '/A.png']) {
    t.match(await last({ url: target, cookies: exact }), ['resource'], target)
  }
  const canned = edgeOf({ ...ecOptions, policy: 'canned' })
  const cannedPairs = await canned.pairs({ paths: ['/a.png'] })
  t.match(await last({ url: '/b.png', cookies: cannedPairs }, canned), ['signature'])
  t.match(await last({ url: '/a.png?x=1', cookies: cannedPairs }, canned), ['signature'])
  for (const origin of ['http://media.example.com', 'https://media.example.com:8443']) {
    const elsewhere = await edgeOf({ ...ecOptions, url: origin }).pairs()
    t.match(await last({ cookies: elsewhere }), ['resource'])
  }
})

t.test('wildcards in a policy\'s scheme and host count as AWS describes them', async (t) => {
  for (
    const [resource, covered] of [
      ['*', 'in a URL'],
      ['https://*', true],
      ['http*://media.example.com/*', true],
      ['*://media.example.com/*', 'in a URL'],
      ['*.example.com/*', 'in a URL'],
      ['https://*.example.com/courses/*', true],
      ['http://*', false],
      ['https://*.example.org/*', false],
      ['https://media.example.com', false],
      ['/courses/*', false]
    ] as const
  ) {
    const cookies = signed(policyText(resource, { expiresAt }))
    const query = cookies.map(([name, value]) => `${name.slice('CloudFront-'.length)}=${value}`)
    const target = `/courses/42/a.mp4?${query.join('&')}`
    const inUrl = covered === false ? 'resource' : 'expiry'
    t.match(await last({ url: target }), [inUrl], `${resource} in a URL`)
    const inCookies = covered === true ? ['expiry'] : ['resource']
    const found = await last({ cookies })
    t.match(found, inCookies, resource)
    if (covered === 'in a URL') t.match(found, [String, /in a cookie a Resource must begin with/])
  }
})
