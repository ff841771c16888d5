import { createRequire } from 'node:module'
import t from 'tap'
import { edge, good, last, sha1Edge, without } from '../../fixtures/cloudfront-check.js'
import { expiresAt, keyPairId, targetOf, type Pairs } from '../../fixtures/cloudfront.js'
import { rsaPkcs8 } from '../../fixtures/keys.js'

t.test('missing and incomplete cookies', async (t) => {
  const none = 'The request has no CloudFront-* cookie and no signed-URL parameter: ' +
    'is this path granted, was access issued, and do the cookies\' Domain and Path cover this request?'
  const lowerCase: Pairs = good.map(([name, value]) => [name.toLowerCase(), value])
  for (
    const [cookies, detail] of [
      [[], none],
      [lowerCase, none],
      [without('Key-Pair-Id'), 'Key-Pair-Id is missing among the cookies.'],
      [without('Signature'), 'Signature is missing among the cookies.'],
      [without('Policy'), 'Neither Policy nor Expires is among the cookies.'],
      [
        [['CloudFront-__proto__', 'x'], ['CloudFront-', 'y']],
        'Key-Pair-Id is missing among the cookies.'
      ],
      [
        [...good, ['CloudFront-Expires', String(expiresAt)]],
        'Both Policy and Expires are there, of a custom and of a canned policy: ' +
        'clear the one of the earlier kind.'
      ]
    ] as ReadonlyArray<[Pairs, string]>
  ) t.strictSame(await last({ cookies }), ['credentials', detail])
})

t.test('of two cookies of one name the first counts', async (t) => {
  t.strictSame(await last({ cookies: [...good, ['CloudFront-Signature', 'x']] }), ['expiry', 'ok'])
  t.match(await last({ cookies: [['CloudFront-Signature', 'x'], ...good] }), ['signature'])
  const twice =
    ' The cookie CloudFront-Signature was sent 2 times, for the browser keeps it with ' +
    'another Domain or Path as well: the first counts here, and AWS does not say which.'
  const { checks } = await edge.check({ cookies: [['CloudFront-Signature', 'x'], ...good] })
  t.equal(
    checks.find(({ name }) => name === 'credentials')!.detail,
    `They are complete, in cookies.${twice}`
  )
  t.ok(checks.at(-1)!.detail.endsWith(twice))
})

t.test('a query parameter called like CloudFront\'s own makes it ignore the cookies', async (t) => {
  for (const name of ['Expires', 'Policy', 'Signature', 'Key-Pair-Id', 'Hash-Algorithm']) {
    const missing = name === 'Key-Pair-Id' ? 'Signature' : 'Key-Pair-Id'
    for (const query of [`x=1&${name}=2`, name]) {
      t.strictSame(await last({ url: `/courses/42/a?${query}`, cookies: good }), [
        'credentials',
        `${missing} is missing among the query parameters: a parameter called ${name} makes ` +
        'CloudFront take this for a signed URL and ignore the cookies.'
      ], query)
    }
  }
  t.strictSame(await last({ url: '/courses/42/a?expires=1&policy=2', cookies: good }), [
    'expiry',
    'ok'
  ])
})

t.test('a URL with both Policy and Expires counts by its policy', async (t) => {
  const target = targetOf(await edge.signUrl({ path: '/a/b.mp4' }, { paths: ['/a/*'] }))
  for (const extra of ['Expires=1', `Expires=${expiresAt + 999}`, 'Expires=x']) {
    const url = target.replace('?', `?${extra}&`)
    t.strictSame(await last({ url }), ['expiry', 'ok'], extra)
    t.match(await last({ url, now: expiresAt }), ['expiry', /^Access ended/])
    t.match(await last({ url: url.replace('/a/b', '/b/b') }), ['resource'])
  }
})

t.test('takes the URLs of aws-cloudfront-sign, a widely used signer', async (t) => {
  const { getSignedUrl } = createRequire(import.meta.url)('aws-cloudfront-sign') as {
    getSignedUrl: (url: string, options: object) => string
  }
  const sha1 = sha1Edge
  for (let round = 0; round < 20; round++) {
    const signed = getSignedUrl(`https://media.example.com/a/${round}.mp4`, {
      keypairId: keyPairId,
      privateKeyString: rsaPkcs8,
      expireTime: expiresAt * 1000
    })
    t.strictSame(await last({ url: targetOf(signed) }, sha1), ['expiry', 'ok'], signed)
  }
})

t.test('a tilde may come percent-encoded, in cookies and in queries', async (t) => {
  for (const [from, to] of [['~', '%7E'], ['~', '%7e']] as const) {
    let seen = 0
    for (let round = 0; round < 20; round++) {
      const pairs = await edge.pairs({ paths: [`/a/${round}/*`], notBefore: 1 })
      const encoded = pairs.map(([name, value]) => [name, value.replaceAll(from, to)] as const)
      if (encoded.some(([, value]) => value.includes(to))) seen++
      t.strictSame(await last({ url: `/a/${round}/b`, cookies: encoded }), ['start', 'ok'])
      const query = encoded.map(([name, value]) => `${name.slice('CloudFront-'.length)}=${value}`)
      t.strictSame(await last({ url: `/a/${round}/b?${query.join('&')}` }), ['start', 'ok'])
    }
    t.ok(seen > 0)
  }
})
