import t from 'tap'
import {
  accessOf,
  addressOf,
  keyOf,
  stateOf,
  type Serving
} from '../../src/cli/distribution-findings.js'
import type { AccessCdn } from '../../src/cookies/cookies.js'
import { cloudfront } from '../../src/index.js'
import type { Behaviour, Distribution } from '../../src/key-ring/aws/distribution.js'
import { ecPublic } from '../fixtures/keys.js'

const trusting: Behaviour = {
  pattern: '/a/*',
  allowsHttp: false,
  restriction: 'keys',
  keyIds: ['K1']
}
const open: Behaviour = { pattern: '*', allowsHttp: true, restriction: 'none', keyIds: [] }
const distribution: Distribution = {
  id: 'E1',
  domain: 'd111.cloudfront.net',
  enabled: true,
  aliases: ['media.example.com'],
  certified: true,
  behaviours: [trusting, open],
  publicKeys: new Map([['K1', 'one'], ['K2', 'two']])
}
const serving: Serving = { distribution, paths: ['/a/*'], behaviours: [trusting] }
const key = { id: 'K1', identity: 'one', canSign: true }

function at (url: string): AccessCdn {
  const cdn = cloudfront({ url, keys: [{ keyPairId: 'K1', publicKey: ecPublic }] })
  const attributes = {} as AccessCdn['attributes']
  return { cdn, attributes }
}

const target = at('https://media.example.com')

t.test('finds nothing in what fits', async (t) => {
  t.same(stateOf(distribution), {
    name: 'distribution E1',
    ok: true,
    detail: 'It is enabled, and 1 of 2 behaviours ask for access.'
  })
  t.same(addressOf(target, serving), {
    name: 'address of cloudfront',
    ok: true,
    detail: 'The distribution answers at https://media.example.com.'
  })
  t.same(accessOf(target, serving), {
    name: 'access at cloudfront',
    ok: true,
    detail: 'Viewers are asked for access by /a/*.'
  })
  t.same(keyOf(target, key, serving), {
    name: 'key K1 of cloudfront',
    ok: true,
    detail: 'Each behaviour that asks for access trusts it.'
  })
})

t.test('names a distribution that answers nobody', async (t) => {
  t.same(stateOf({ ...distribution, enabled: false }), {
    name: 'distribution E1',
    ok: false,
    detail: 'It is disabled, and answers nobody.',
    code: 'distribution-disabled',
    fix: 'Enable the distribution.'
  })
})

t.test('names an address at which it does not answer', async (t) => {
  t.match(addressOf(at('https://img.example.com'), serving), {
    code: 'alias-missing',
    detail: 'The distribution does not answer at img.example.com.',
    expected: 'media.example.com, d111.cloudfront.net',
    found: 'img.example.com'
  })
  t.match(addressOf(at('http://media.example.com'), serving), {
    code: 'scheme-differs',
    detail: 'Files are served over https alone by /a/*: what is signed for http is refused there.',
    expected: 'https://media.example.com',
    found: 'http://media.example.com'
  })
  const loose = { ...serving, behaviours: [{ ...trusting, allowsHttp: true }] }
  t.match(addressOf(at('http://media.example.com'), loose), { ok: true })
  const bare = { ...serving, distribution: { ...distribution, certified: false } }
  t.match(addressOf(target, bare), {
    code: 'certificate-missing',
    detail: 'The distribution has no certificate for media.example.com.'
  })
  t.match(addressOf(at('https://d111.cloudfront.net'), bare), { ok: true })
})

t.test('names behaviours that serve what is granted to everybody', async (t) => {
  t.match(accessOf(target, { ...serving, behaviours: [trusting, open] }), {
    code: 'open-to-all',
    detail: 'What is granted is served to everybody, by the default one (*).'
  })
  t.match(accessOf(target, { ...serving, paths: undefined, behaviours: [] }), {
    code: 'open-to-all',
    detail: 'No behaviour asks viewers for access.'
  })
  const signers = { ...trusting, restriction: 'signers', keyIds: [] } as const
  t.match(accessOf(target, { ...serving, behaviours: [signers] }), {
    code: 'signers-trusted',
    detail: 'Access is by the keys of AWS accounts, trusted signers, at /a/*.'
  })
})

t.test('names a key that is not trusted, or is another', async (t) => {
  t.match(keyOf(target, { ...key, id: 'K9', identity: 'nine' }, serving), {
    name: 'key K9 of cloudfront',
    code: 'key-untrusted',
    fix: 'Upload its public half, and put it into a trusted key group.',
    expected: 'K1, K2',
    found: 'K9'
  })
  t.match(keyOf(target, { ...key, id: 'K9' }, serving), {
    code: 'key-untrusted',
    fix: 'CloudFront knows this key as K1: set "keyPairId" to that.'
  })
  const empty = { ...serving, distribution: { ...distribution, publicKeys: new Map() } }
  t.match(keyOf(target, key, empty), { code: 'key-untrusted', expected: 'none' })
  t.match(keyOf(target, { ...key, identity: 'two' }, serving), {
    code: 'key-differs',
    detail: 'CloudFront has another public key under this id: whatever is signed is refused.'
  })
})

t.test('names behaviours that serve what is granted and do not trust a key', async (t) => {
  const other = { ...trusting, pattern: '/b/*', keyIds: ['K2'] }
  const both = { ...serving, behaviours: [trusting, other, open] }
  t.match(keyOf(target, key, both), {
    code: 'key-untrusted',
    detail: 'What is granted is also served by /b/*, which do not trust it.'
  })
  t.match(keyOf(target, key, { ...both, paths: undefined }), {
    ok: true,
    detail: 'It opens nothing of /b/*; the option "paths" is not given.'
  })
})
