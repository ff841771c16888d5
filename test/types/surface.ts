import type { CloudFrontClient } from '@aws-sdk/client-cloudfront'
import type { KMSClient } from '@aws-sdk/client-kms'
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { CloudFrontKeyValueStoreClient } from '@aws-sdk/client-cloudfront-keyvaluestore'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Cluster, Redis } from 'ioredis'
import { Valkey } from 'iovalkey'
import { createClient } from 'redis'
import cdnAccess, {
  akamai,
  cdnPath,
  cloudFrontKeyValueStore,
  cloudfront,
  commonAccessToken,
  googleCloudCdn,
  googleMediaCdn,
  type GoogleMediaCdnKeyEntry,
  memoryRevocations,
  nginx,
  redisRevocations,
  uriSigning,
  type Authorization,
  type Cdn,
  type CdnAccess,
  type CdnAccessOptions,
  type CdnPath,
  type CookieOptions,
  type CookieValues,
  type Receipt,
  type Revoked,
  type TicketHint
} from '../../src/index.js'
import { awsKms, awsSecret, cloudFrontDistribution, directory } from '../../src/key-ring/keys.js'

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
  cdn,
  cookie: { domain: 'example.com' },
  area: ({ headers }) => headers['x-course']?.toString(),
  areas: 4,
  authorize: (_request, area) => area !== undefined && [cdnPath`/courses/${area}/*`],
  values: async ({ headers }) => headers.authorization !== undefined
})
app.register(cdnAccess, {
  cdn,
  cookie: { domain: 'example.com' },
  authorize: () => true,
  revocation: {
    id: (request: FastifyRequest<{ Headers: { 'x-user': string } }>) => request.headers['x-user'],
    store: memoryRevocations(),
    edges: [cloudFrontKeyValueStore({ arn: 'arn', client: new CloudFrontKeyValueStoreClient({}) })],
    secret: Buffer.alloc(32)
  }
})
redisRevocations({ client: new Redis() })
redisRevocations({ client: new Cluster([]) })
redisRevocations({ client: new Valkey(), prefix: 'p:' })
redisRevocations({ client: createClient() })
redisRevocations({ client: createClient({ RESP: 3 }) })
// @ts-expect-error it needs a client
redisRevocations({ prefix: 'p:' })
expectType<Equals<ReturnType<CdnAccess['revoke']>, Promise<Revoked>>>()
app.register(cdnAccess, {
  area: (request: FastifyRequest<{ Querystring: { course?: string } }>) => request.query.course,
  authorize: (request: FastifyRequest<{ Params: { user: string } }>, area) =>
    area !== undefined && [cdnPath`/${request.params.user}/${area}/*`],
  values: ({ query }: FastifyRequest<{ Querystring: { app?: string } }>) => query.app === 'tv'
})
// @ts-expect-error an area is a text
export const oddArea: CdnAccessOptions = { authorize: () => true, area: () => 1 }
// @ts-expect-error the plugin calls it with a request
export const ofDate: CdnAccessOptions = { authorize: (date: Date) => date.valueOf() > 0 }
expectType<Equals<CookieValues['pairs'][number]['value'], string>>()
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

const url = 'https://media.example.com'
const key = 'PEM'
const pair = { url, keyPairId: 'K1', privateKey: key }

// @ts-expect-error a policy is custom or canned
cloudfront({ ...pair, policy: 'signed' })
cloudfront({ ...pair, host: 'http*://*.example.com' })
// @ts-expect-error a pattern of hosts has a scheme
cloudfront({ ...pair, host: '*.example.com' })
// @ts-expect-error a pattern of hosts is written in code, and comes from nowhere else
cloudfront({ ...pair, host: String(process.env['MEDIA_HOST']) })

cloudfront(pair)
cloudfront({ url, keys: [{ keyPairId: 'K1', publicKey: key }] })
cloudfront({ url, keys: { file: 'keys.json' } })
cloudfront({ url, keys: { load: async () => [{ keyPairId: 'K1', privateKey: key }] } })
// @ts-expect-error neither a key nor keys
cloudfront({ url })
// @ts-expect-error a key without its id
cloudfront({ url, privateKey: key })
// @ts-expect-error an id without its key
cloudfront({ url, keyPairId: 'K1' })
// @ts-expect-error a key that the environment may lack
cloudfront({ url, keyPairId: 'K1', privateKey: process.env['MEDIA_KEY'] })
// @ts-expect-error a shorthand and keys
cloudfront({ ...pair, keys: [] })

googleCloudCdn({ url, keyName: 'k', key })
// @ts-expect-error a key without its name
googleCloudCdn({ url, key })
// @ts-expect-error a shorthand and keys
googleCloudCdn({ url, keyName: 'k', key, keys: [] })

googleMediaCdn({ url, keyName: 'k', privateKey: key, urlStyle: 'path' })
googleMediaCdn({ url, keyName: 'k', privateKey: key, mode: 'token' })
googleMediaCdn({ url, keyName: 'k', sharedKey: key, mode: 'token', urlStyle: 'query' })
googleMediaCdn({ url, keys: [{ keyName: 'k', sharedKey: key }], mode: 'token' })
declare const mediaKeys: GoogleMediaCdnKeyEntry[]
googleMediaCdn({ url, keys: mediaKeys })
googleMediaCdn({ url, keys: { load: () => mediaKeys } })
googleMediaCdn({ url, keys: mediaKeys, mode: 'token' })
// @ts-expect-error a token is in the query
googleMediaCdn({ url, keyName: 'k', privateKey: key, mode: 'token', urlStyle: 'path' })
// @ts-expect-error a shared key signs tokens alone
googleMediaCdn({ url, keyName: 'k', sharedKey: key })
// @ts-expect-error a shared key signs tokens alone
googleMediaCdn({ url, keys: [{ keyName: 'k', sharedKey: key }] })
// @ts-expect-error two keys in one entry
googleMediaCdn({ url, keyName: 'k', privateKey: key, sharedKey: key, mode: 'token' })
// @ts-expect-error neither a key nor keys
googleMediaCdn({ url, keyName: 'k' })
// @ts-expect-error a shorthand and keys
googleMediaCdn({ url, keyName: 'k', privateKey: key, keys: [] })

akamai({ url, key })
// @ts-expect-error neither a key nor keys
akamai({ url })
// @ts-expect-error a shorthand and keys
akamai({ url, key, keys: [] })

nginx({ url, scope: '/', secret: key })
// @ts-expect-error neither a secret nor keys
nginx({ url, scope: '/' })
// @ts-expect-error a shorthand and keys
nginx({ url, scope: '/', secret: key, keys: [] })

const renewAtEdgeWithoutRevocation = { seconds: 60 }
uriSigning({ url, issuer: 'api', key, renewAtEdgeWithoutRevocation })
uriSigning({ url, issuer: 'api', key, verifier: 'jwt', audience: 'edge' })
uriSigning({ url, issuer: 'api', keys: [{ key }], verifier: 'jwt', audience: 'edge' })
// @ts-expect-error without an audience any token of this issuer would open the CDN
uriSigning({ url, issuer: 'api', key, verifier: 'jwt' })
const plain = { url, issuer: 'api', key, verifier: 'jwt', audience: 'edge' } as const
// @ts-expect-error such an edge renews nothing
uriSigning({ ...plain, renewAtEdgeWithoutRevocation })
// @ts-expect-error neither a key nor keys
uriSigning({ url, issuer: 'api' })
// @ts-expect-error a shorthand and keys
uriSigning({ url, issuer: 'api', key, keys: [] })

commonAccessToken({ url, issuer: 'api', key, kid: 'k', renewAtEdgeWithoutRevocation })
commonAccessToken({ url, issuer: 'api', keys: [{ key, kid: 'k' }], cookieName: 'cat' })
// @ts-expect-error no issuer, which edges compare
commonAccessToken({ url, key, kid: 'k' })
// @ts-expect-error a shorthand and keys
commonAccessToken({ url, issuer: 'api', key, keys: [] })

declare const secure: boolean
declare const partitioned: boolean
export const cookies: CookieOptions[] = [
  {},
  { domain: false },
  { sameSite: 'none' },
  { sameSite: 'none', secure: true, partitioned },
  { sameSite: 'lax', secure, partitioned: false },
  { secure: false },
  // @ts-expect-error browsers take none with Secure alone
  { sameSite: 'none', secure: false },
  // @ts-expect-error nor where it may be false
  { sameSite: 'none', secure },
  // @ts-expect-error nor a partitioned cookie
  { partitioned: true, secure: false },
  // @ts-expect-error nor where it may be false
  { partitioned, secure }
]
// @ts-expect-error the same for the option, and for a CDN's own
export const embed: CdnAccessOptions['cookie'] = { domain: false, sameSite: 'none', secure: false }
// @ts-expect-error a partitioned cookie without Secure
cloudfront({ ...pair, cookie: { partitioned: true, secure: false } })

declare const kms: KMSClient
declare const secrets: SecretsManagerClient
declare const distributions: CloudFrontClient
const sources = {
  secret: awsSecret({ id: 'media', client: secrets, settle: '1h' }),
  folder: directory({ path: '/run/secrets/media', every: '1m' })
}
export const withSources: Cdn[] = [
  cloudfront({ url, keys: sources.secret }),
  googleCloudCdn({ url, keys: sources.folder }),
  googleMediaCdn({ url, keys: directory({ path: '/a' }) }),
  akamai({ url, keys: awsSecret({ id: 'media' }) }),
  uriSigning({ url, issuer: 'a', keys: sources.folder }),
  nginx({ url, scope: '/v/:id/', keys: sources.folder }),
  cloudfront({ url, keyPairId: 'K1', privateKey: awsKms({ keyId: 'alias/media', client: kms }) }),
  googleMediaCdn({ url, keyName: 'k', privateKey: awsKms({ keyId: 'a', region: 'eu-central-1' }) })
]
export const ownEntry: Cdn = cloudfront({
  url,
  keys: directory({
    path: '/a',
    entry: ({ id, bytes }) => ({ keyPairId: id, privateKey: bytes })
  })
})
export const oddEntry: Cdn = cloudfront({
  url,
  // @ts-expect-error an entry of another CDN
  keys: directory({ path: '/a', entry: ({ id }) => ({ keyName: id }) })
})
const privateKey = awsKms({ keyId: 'alias/media', client: kms })
export const foundDistribution: Cdn = cloudfront(
  await cloudFrontDistribution({ id: 'E1', privateKey, client: distributions })
)
// @ts-expect-error a distribution has no url of its own to be given
await cloudFrontDistribution({ id: 'E1', privateKey, url })
// @ts-expect-error what takes no commands is no client
awsKms({ keyId: 'alias/media', client: { get: () => undefined } })
