import t from 'tap'
import type { CdnGrant, EdgeRequest } from '../../../src/cdn/cdn.js'
import { edge } from '../../fixtures/cloudfront-check.js'
import { expiresAt, now, refusedBy, targetOf, type Pairs } from '../../fixtures/cloudfront.js'

t.test('signed URLs, canned and custom, with an own query', async (t) => {
  const bound: Partial<CdnGrant> = { notBefore: now - 1, ip: '192.0.2.7' }
  for (
    const [query, grant] of [
      ['', {}],
      ['x=1&y=2', {}],
      ['', bound],
      ['x=1&y=2', bound],
      ['x=1', { paths: ['/a/*'] }]
    ] as const
  ) {
    const target = targetOf(await edge.signUrl({ path: '/a/b.mp4', query }, grant))
    const of = async (
      target: string,
      request: Partial<EdgeRequest> = {}
    ): Promise<string | undefined> => {
      const cookies: Pairs = [['CloudFront-Policy', 'ignored'], ['CloudFront-Expires', '1']]
      return refusedBy(await edge.check({ url: target, ip: '192.0.2.7', cookies, ...request }))
    }
    t.equal(await of(target), undefined, target)
    t.match((await edge.check({ url: target, ip: '192.0.2.7' })).checks[1], {
      name: 'credentials',
      detail: 'They are complete, in query parameters.'
    })
    t.equal(await of(target, { now: expiresAt }), 'expiry')
    const custom = new URLSearchParams(target.split('?')[1]).has('Policy')
    const refusal = custom ? 'resource' : 'signature'
    const other = await of(target.replace('b.mp4?', 'c.mp4?'))
    t.equal(other, 'paths' in grant ? undefined : refusal)
    t.equal(await of(target.replace('/a/', '/b/')) === undefined, false)
    t.equal(await of(target.replace(/&?Signature=[^&]*/, '')), 'credentials')
    t.equal(await of(target.replace('&Hash-Algorithm=SHA256', '')), 'signature')
    t.equal(await of(target.replace('&Hash-Algorithm=SHA256', '&Hash-Algorithm=SHA512')), 'hash')
    const later = target.replace(/Expires=\d+/, 'Expires=1900000600').replace(
      /Policy=./,
      'Policy=f'
    )
    t.equal(await of(later) === undefined, false)
  }
})
