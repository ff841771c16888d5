import t from 'tap'
import { good, last, without } from '../../fixtures/cloudfront-check.js'
import { expiresAt, type Pairs } from '../../fixtures/cloudfront.js'

t.test('missing and incomplete cookies', async (t) => {
  const none = 'The request has no CloudFront-* cookie and no signed-URL parameter: ' +
    'was access issued, and do the cookies\' Domain and Path cover this request?'
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
