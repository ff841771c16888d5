import t from 'tap'
import { cannedSha256, policy, sha256 } from '../../fixtures/cloudfront-vectors.js'
import { edgeOf, targetOf, url } from '../../fixtures/cloudfront.js'

t.test('a signed URL is canned for one file, and custom for anything else', async (t) => {
  const edge = edgeOf()
  t.equal(
    await edge.signUrl({ path: '/img/a%20%26b.png' }),
    `${url}/img/a%20%26b.png?Expires=1800000600&Key-Pair-Id=K2JCJMDEHXQW5F&` +
      `Signature=${cannedSha256}&Hash-Algorithm=SHA256`
  )
  t.equal(
    await edge.signUrl({ path: '/courses/42/a', query: 'x=1' }, { paths: ['/courses/42/*'] }),
    `${url}/courses/42/a?x=1&Policy=${policy}&Key-Pair-Id=K2JCJMDEHXQW5F&Signature=${sha256}&` +
      'Hash-Algorithm=SHA256'
  )
  for (
    const [target, grant, ip] of [
      [{ path: '/a.mp4' }, {}],
      [{ path: '/a.mp4', query: 'x=1&y=a%20b+c' }, {}],
      [{ path: '/a.mp4', query: 'x=1&&y' }, {}],
      [{ path: '/a.mp4', query: '&' }, {}],
      [{ path: '/a.mp4' }, { notBefore: 1 }],
      [{ path: '/a.mp4', query: 'x=1&y=2' }, { notBefore: 1, ip: '192.0.2.0/24' }, '192.0.2.9'],
      [{ path: '/a/b/c.mp4' }, { paths: ['/a/*'] }],
      [{ path: '/a/b/c.mp4', query: 'x=1' }, { paths: ['/a/*'], ip: '192.0.2.7' }, '192.0.2.7'],
      [{ path: '/a/7.ts' }, { paths: ['/a/?.ts'] }],
      [{ path: '/a/7.ts', query: 'v=1' }, { paths: ['/a/*.ts'] }]
    ] as const
  ) {
    const signed = targetOf(await edge.signUrl(target, grant))
    const request = ip === undefined ? {} : { ip }
    const { checks } = await edge.check({ url: signed, ...request })
    t.strictSame(checks.filter(({ ok }) => !ok), [], signed)
    const elsewhere = signed.replace('.mp4', '.mp3').replace('.ts', '.tx').replace('/a/b', '/b/b')
    t.notOk((await edge.check({ url: elsewhere, ...request })).allowed, signed)
    if (!(grant as { paths?: unknown }).paths) {
      const longer = signed.replace('?', '?z=1&')
      t.notOk((await edge.check({ url: longer, ...request })).allowed, signed)
    }
  }
})

t.test('a query that a policy would misread is refused', async (t) => {
  const edge = edgeOf()
  for (
    const [query, reason] of [
      ['x=*', 'its query holds "*", which must be percent-encoded'],
      ['x=a?b', 'its query holds "?", which must be percent-encoded'],
      ['x=a b', 'its query holds " ", which must be percent-encoded'],
      ['x=#', 'its query holds "#", which must be percent-encoded'],
      ['x="', 'its query holds "\\"", which must be percent-encoded'],
      ['x=\\', 'its query holds "\\\\", which must be percent-encoded'],
      ['x=😀', 'its query holds "😀", which must be percent-encoded'],
      ['x=1&Policy=a', 'its query has a parameter "Policy", which CloudFront takes for its own'],
      ['Expires=1', 'its query has a parameter "Expires", which CloudFront takes for its own'],
      ['Signature', 'its query has a parameter "Signature", which CloudFront takes for its own']
    ] as const
  ) {
    for (const grant of [{}, { notBefore: 1 }]) {
      await t.rejects(edge.signUrl({ path: '/a', query }, grant), {
        code: 'CDN_ACCESS_SIGNED_URL_UNSUPPORTED',
        message: `The CDN "cloudfront" can't sign this URL: ${reason}`
      }, query)
    }
  }
})
