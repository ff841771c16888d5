import t from 'tap'
import { resolveRevocation } from '../../src/config/revocation-options.js'
import { memoryRevocations, uriSigning, type Cdn } from '../../src/index.js'
import { media } from '../fixtures/server.js'

const id = (): string => 'ada'
const store = memoryRevocations()
const revoke = async (): Promise<void> => undefined

function targetsOf (...cdns: Cdn[]): Parameters<typeof resolveRevocation>[1] {
  return cdns.map((cdn) => ({ cdn })) as unknown as Parameters<typeof resolveRevocation>[1]
}

t.test('is nothing where it is left out', async (t) => {
  t.equal(resolveRevocation(undefined, []), undefined)
})

t.test('fills in its defaults, frozen and apart from what was given', async (t) => {
  const bytes = new Uint8Array(32).fill(7)
  const edges = [{ name: 'one', revoke }]
  const config = resolveRevocation({ id, store, edges, secret: bytes }, targetsOf(media()))!
  bytes.fill(0)
  edges.pop()
  t.same(config.secret, new Uint8Array(32).fill(7))
  t.equal(config.edges.length, 1)
  t.ok(Object.isFrozen(config) && Object.isFrozen(config.edges))
  t.same(resolveRevocation({ id, store }, []), { id, store, edges: [], secret: undefined })
  const text = 'ä'.repeat(16)
  t.same(
    resolveRevocation({ id, store, secret: text }, [])?.secret,
    Uint8Array.from(Buffer.from(text))
  )
})

t.test('refuses what it can not use, by name', async (t) => {
  const words = {
    id: 'a function such as (request) => request.user?.id',
    store: 'a store such as redisRevocations({ client }), with the functions "revoke" and "since"',
    edges: 'an array of edges such as cloudFrontKeyValueStore({ arn }), ' +
      'each with a "name" of its own and a function "revoke"',
    secret: 'a string or a Uint8Array of at least 32 bytes, or left out'
  }
  const edge = { name: 'one', revoke }
  const wrong: Array<[object, keyof typeof words]> = [
    [{ store }, 'id'],
    [{ id: 'ada', store }, 'id'],
    [{ id }, 'store'],
    [{ id, store: { since: revoke } }, 'store'],
    [{ id, store: [] }, 'store'],
    [{ id, store, edges: edge }, 'edges'],
    [{ id, store, edges: [edge, edge] }, 'edges'],
    [{ id, store, edges: [{ name: 'a b', revoke }] }, 'edges'],
    [{ id, store, edges: [{ name: 'one' }] }, 'edges'],
    [{ id, store, edges: [null] }, 'edges'],
    [{ id, store, secret: 'x'.repeat(31) }, 'secret'],
    [{ id, store, secret: 7 }, 'secret']
  ]
  for (const [options, field] of wrong) {
    t.throws(() => resolveRevocation(options, []), {
      code: 'CDN_ACCESS_OPTION_INVALID',
      message: `Option "revocation.${field}" must be ${words[field]}`
    })
  }
  for (const odd of [true, null, []]) {
    t.throws(() => resolveRevocation(odd, []), {
      code: 'CDN_ACCESS_OPTION_INVALID',
      message: 'Option "revocation" must be an object { id, store }'
    })
  }
  t.throws(() => resolveRevocation({ id, store, edge: [] }, []), {
    code: 'CDN_ACCESS_OPTION_UNKNOWN',
    message: 'The option "revocation" has no option "edge": it takes id, store, edges, secret'
  })
})

t.test('refuses an edge that prolongs access by itself', async (t) => {
  const jwk = { kty: 'oct', k: Buffer.alloc(32, 1).toString('base64url'), alg: 'HS256' }
  const cdn = uriSigning({
    url: 'https://media.example.com',
    issuer: 'example',
    key: jwk,
    renewAtEdgeWithoutRevocation: { seconds: 60 }
  })
  t.throws(() => resolveRevocation({ id, store }, targetsOf(media(), cdn)), {
    code: 'CDN_ACCESS_OPTION_INVALID',
    message:
      'Option "renewAtEdgeWithoutRevocation" must be left out of "uriSigning" where there is ' +
      'the option "revocation": what an edge renews by itself outlives a revocation'
  })
})
