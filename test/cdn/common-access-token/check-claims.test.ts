import t from 'tap'
import type { Check } from '../../../src/cdn/cdn.js'
import { checkClaims, type IssuedToken } from '../../../src/cdn/common-access-token/check-claims.js'
import { encodeCbor, type CborKey, type CborValue } from '../../../src/cdn/format/cbor.js'
import { verdict } from '../../../src/cdn/format/verdict.js'
import {
  catu,
  edgeId,
  edgeNow,
  edgeSettings,
  goodClaims,
  match
} from '../../fixtures/edge-tokens.js'

const settings = { ...edgeSettings, renews: false }

interface Asked {
  readonly checks: readonly Check[]
  readonly issued?: IssuedToken
}

async function ask (
  changes: ReadonlyArray<[CborKey, CborValue | undefined]>,
  { renews = false, path = '/courses/42/a' } = {}
): Promise<Asked> {
  const map = new Map<CborKey, CborValue>(
    Object.entries(goodClaims).map(([claim, value]) => [Number(claim), value])
  )
  for (const [claim, value] of changes) {
    if (value === undefined) map.delete(claim)
    else map.set(claim, value)
  }
  let issued: IssuedToken | undefined
  const { checks } = await verdict(403, (list) => {
    issued = checkClaims(list, encodeCbor(map), { ...settings, renews }, { path, now: edgeNow })
  })
  return issued === undefined ? { checks } : { checks, issued }
}

const last = async (...changes: Array<[CborKey, CborValue | undefined]>): Promise<Check> =>
  (await ask(changes)).checks.at(-1)!

t.test('gives what revocation goes by', async (t) => {
  const { checks, issued } = await ask([[5, edgeNow]])
  t.same(checks.map(({ name, ok }) => `${name} ${ok}`), [
    'claims true',
    'expiry true',
    'start true',
    'uri true'
  ])
  t.same(issued, { id: edgeId.toString('base64url'), issuedAt: edgeNow - 60 })
})

t.test('refuses claims by name', async (t) => {
  t.match(await last([401, 1]), {
    code: 'claim-refused',
    detail: 'The claim 401 is numbered as in AWS\'s documentation: CTA-5007 has 312 for the URL, ' +
      'and edges know that one.'
  })
  t.match(await last([3, 'edge']), {
    code: 'claim-refused',
    detail: 'The claim 3 is none that the edge knows.'
  })
  t.match(await last(['secret-text', 1]), {
    code: 'claim-refused',
    detail: 'The claim with a text for a number is none that the edge knows.'
  })
  t.match(await last([323, 1]), { code: 'claim-refused' })
  t.ok((await ask([[323, 1]], { renews: true })).issued, 'where the edge renews')
})

t.test('says which claim is missing, or wrong', async (t) => {
  t.match(await last([1, 'x']), {
    code: 'issuer-differs',
    expected: 'https://api.example.com',
    found: 'x'
  })
  t.match(await last([1, undefined]), { code: 'issuer-differs', found: 'none that is text' })
  t.match(await last([310, undefined]), { code: 'claim-missing', detail: /"catv" is not 1/ })
  t.match(await last([310, 2]), { code: 'claim-refused' })
  t.match(await last([7, undefined]), { code: 'claim-missing', detail: /"cti"/ })
  t.match(await last([7, 'x']), { code: 'claim-refused' })
  for (const [claim, name] of [[4, 'exp'], [6, 'iat']] as const) {
    t.match(await last([claim, undefined]), {
      code: 'claim-missing',
      detail: `The claim "${name}" is no whole number of seconds.`
    })
    t.match(await last([claim, 'x']), { code: 'time-unreadable' })
    t.match(await last([claim, -1]), { code: 'time-unreadable' })
  }
  t.match(await last([5, 'x']), { code: 'time-unreadable', detail: /"nbf"/ })
  t.match(await last([312, undefined]), { name: 'uri', code: 'claim-missing' })
  t.match(await last([312, 7]), { name: 'uri', code: 'claim-refused' })
})

t.test('says what differs in time and place', async (t) => {
  t.match(await last([4, edgeNow]), { name: 'expiry', code: 'expired' })
  t.match(await last([5, edgeNow + 1]), { name: 'start', code: 'not-begun' })
  t.match(await last([312, catu(match(0, '/a'), 'other.example.com')]), {
    code: 'host-differs',
    expected: 'other.example.com',
    found: 'media.example.com'
  })
  t.match((await ask([], { path: '/courses/43/a' })).checks.at(-1), {
    code: 'path-outside',
    expected: '/courses/42/*',
    found: '/courses/43/a'
  })
  t.match((await ask([], { path: '/courses/%34%32/a' })).checks.at(-1), {
    code: 'encoding-differs'
  })
})

t.test('refuses claims that are no map', async (t) => {
  const { checks } = await verdict(403, (list) => {
    checkClaims(list, Buffer.of(0x80), settings, { path: '/', now: 0 })
  })
  t.match(checks, [{ name: 'claims', code: 'malformed' }])
})
