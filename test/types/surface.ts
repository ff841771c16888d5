import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import cdnAccess, {
  cdnPath,
  cloudfront,
  type Authorization,
  type CdnAccess,
  type CdnAccessOptions,
  type CdnPath,
  type Receipt,
  type TicketHint
} from '../../src/index.js'

type Equals<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true :
  false

/** Compiles where its argument is true, and nowhere else. */
export function expectType<T extends true> (): T | undefined {
  return undefined
}

expectType<Equals<FastifyInstance['cdnAccess'], CdnAccess>>()
expectType<Equals<ReturnType<FastifyReply['issueCdnAccess']>, Promise<Receipt>>>()
expectType<Equals<ReturnType<FastifyReply['clearCdnAccess']>, FastifyReply>>()
expectType<Equals<FastifyRequest['cdnAccessTicket'], TicketHint>>()
expectType<Equals<Receipt['status'], 'issued' | 'refreshed' | 'fresh'>>()
expectType<Equals<ReturnType<typeof cdnPath>, CdnPath>>()

declare const app: FastifyInstance
const cdn = cloudfront({ url: 'https://media.example.com', keyPairId: 'K1', privateKey: 'PEM' })

app.register(cdnAccess, {
  cdn,
  cookie: { domain: 'example.com' },
  authorize: () => true,
  prefix: '/api'
})
app.register(cdnAccess, {
  cdn: [cdn, cdn],
  cookie: { domain: false },
  authorize: async () => [cdnPath`/a/${1}/*`, '/b', { path: '/c', cdn: 'cloudfront' }]
})
app.register(cdnAccess, {
  authorize: () => ({
    paths: ['/a'],
    ttl: '5m',
    until: new Date(),
    ip: { cidr: '203.0.113.0/24' }
  }),
  ttl: '10m',
  route: { url: '/x', schema: { tags: ['media'] } }
})

// @ts-expect-error authorize is required
export const withoutAuthorize: CdnAccessOptions = { cdn }
// @ts-expect-error a number with a unit, or a bare number
export const oddDuration: CdnAccessOptions = { authorize: () => true, ttl: 'ten minutes' }
// @ts-expect-error no grant is a bare string
export const bareString: Authorization = '/a'
// @ts-expect-error what is interpolated is a string or a whole number
export const oddSegment = cdnPath`/a/${{ id: 1 }}`
export const write = (request: FastifyRequest): void => {
  // @ts-expect-error the ticket is read only
  request.cdnAccessTicket = { status: 'valid' }
}
// @ts-expect-error a policy is custom or canned
cloudfront({ url: 'https://media.example.com', policy: 'signed' })
