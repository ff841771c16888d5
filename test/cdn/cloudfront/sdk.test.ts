import { createPrivateKey } from 'node:crypto'
import { getSignedCookies, getSignedUrl } from '@aws-sdk/cloudfront-signer'
import t from 'tap'
import { cdnPath, parseLiteralPath } from '../../../src/cdn/cdn-path.js'
import type { Hash } from '../../../src/cdn/cloudfront/key.js'
import { policyText } from '../../../src/cdn/cloudfront/policy.js'
import {
  ecOptions,
  edgeOf,
  expiresAt,
  keyPairId,
  refusedBy,
  rsaOptions,
  targetOf,
  url
} from '../../fixtures/cloudfront.js'
import { ecPkcs8, rsaPkcs8 } from '../../fixtures/keys.js'

const hashes: readonly Hash[] = ['SHA256', 'SHA1']
const start = 1799999999
const dates = { dateLessThan: new Date(expiresAt * 1000) }
const bound = { notBefore: start, ip: '192.0.2.0/24' }
const theirBound = { dateGreaterThan: new Date(start * 1000), ipAddress: '192.0.2.0/24' }
// Their types want PEM; a parsed key spares them the parsing at each call.
const parsedKey = createPrivateKey(rsaPkcs8) as unknown as string
const theirs = (algorithm: Hash, privateKey = parsedKey) => ({ keyPairId, privateKey, algorithm })

const sorted = (cookies: Iterable<readonly [string, unknown]>): Array<[string, string]> => {
  const pairs = [...cookies].map(([name, value]): [string, string] => [name, String(value)])
  return pairs.toSorted(([a], [b]) => a < b ? -1 : 1)
}
const parametersOf = (signed: string): Array<[string, string]> =>
  sorted(new URLSearchParams(signed.slice(signed.indexOf('?') + 1)))

const unsigned = (pairs: Array<[string, string]>): Array<[string, string]> =>
  pairs.filter(([name]) => name !== 'CloudFront-Signature')

/** A path of these values, each one segment. */
const pathOf = (values: readonly string[], end = ''): string => {
  const strings = ['/', ...values.slice(1).map(() => '/'), end]
  return cdnPath(Object.assign(strings, { raw: strings }), ...values).path
}
const values = [
  'a&b',
  'a+b',
  'a=b',
  'a~b',
  'a b',
  'ü',
  '日本 語',
  '😀',
  '100%',
  '!\'()*',
  'a?b#c',
  '"<>\\^`{|}'.replace('\\', ''),
  'a;b,c:d@e$f',
  '.m3u8',
  '%2F',
  '-._'
]
const literals = ['/a&b/c=d', '/a+b', '/~user/a', '/a%20b/%C3%BC', '/!$\'(),:@', '/', '/a/']

/** mulberry32: the same numbers in every run. */
function generator (seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6D2B79F5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

t.test('the cookies are those of AWS\'s signer, byte for byte', async (t) => {
  for (const algorithm of hashes) {
    const edge = edgeOf({ ...rsaOptions, hash: algorithm })
    const canned = edgeOf({ ...rsaOptions, hash: algorithm, policy: 'canned' })
    for (
      const path of [
        ...values.map((value) => pathOf([value, 'x'])),
        ...literals.map(parseLiteralPath)
      ]
    ) {
      t.strictSame(
        sorted(await canned.pairs({ paths: [path] })),
        sorted(
          Object.entries(getSignedCookies({ ...theirs(algorithm), ...dates, url: url + path }))
        ),
        `canned ${path}`
      )
      t.strictSame(
        sorted(await edge.pairs({ paths: [path], ...bound })),
        sorted(Object.entries(getSignedCookies({
          ...theirs(algorithm),
          ...dates,
          ...theirBound,
          url: url + path
        }))),
        `bound ${path}`
      )
      const policy = policyText(url + path, { expiresAt })
      t.strictSame(
        sorted(await edge.pairs({ paths: [path] })),
        sorted(Object.entries(getSignedCookies({ ...theirs(algorithm), policy }))),
        `custom ${path}`
      )
    }
    const one = { ...theirs(algorithm), ...dates, url: `${url}/a/*`, ipAddress: '192.0.2.7' }
    t.strictSame(
      sorted(await edge.pairs({ paths: ['/a/*'], ip: '192.0.2.7' })),
      sorted(Object.entries(getSignedCookies(one)))
    )
  }
})

t.test('the URLs are those of AWS\'s signer where it leaves the path as it is', async (t) => {
  for (const algorithm of hashes) {
    const edge = edgeOf({ ...rsaOptions, hash: algorithm })
    for (
      const path of values.filter((value) => !/[!'()*~]/.test(value)).map((value) =>
        pathOf(['v', value])
      )
    ) {
      for (const query of ['', 'x=1', 'x=1&y=a%20b+c&z=%C3%BC~']) {
        const whole = url + path + (query === '' ? '' : `?${query}`)
        t.equal(
          await edge.signUrl({ path, query }),
          getSignedUrl({ ...theirs(algorithm), ...dates, url: whole }),
          whole
        )
        t.equal(
          await edge.signUrl({ path, query }, bound),
          getSignedUrl({ ...theirs(algorithm), ...dates, ...theirBound, url: whole }),
          whole
        )
      }
    }
  }
})

t.test('where it writes the path anew, the parameters of one policy are the same', async (t) => {
  for (const algorithm of hashes) {
    const edge = edgeOf({ ...rsaOptions, hash: algorithm })
    for (
      const path of [
        ...values.filter((value) => /[!'()*~]/.test(value)).map((value) => pathOf(['v', value])),
        ...literals
      ]
    ) {
      const policy = policyText(url + path, { expiresAt, ...bound })
      t.strictSame(
        parametersOf(await edge.signUrl({ path }, bound)),
        parametersOf(getSignedUrl({ ...theirs(algorithm), url: url + path, policy })),
        path
      )
    }
    const policy = policyText(`${url}/a/*`, { expiresAt })
    t.strictSame(
      parametersOf(await edge.signUrl({ path: '/a/b' }, { paths: ['/a/*'] })),
      parametersOf(getSignedUrl({ ...theirs(algorithm), url: `${url}/a/b`, policy }))
    )
  }
})

t.test('1,000 random paths, starts and addresses give the same cookies', async (t) => {
  const random = generator(20260411)
  const ascii = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index))
  const alphabet = ascii.filter((character) => !'/\\'.includes(character)).concat(
    'ü',
    'ß',
    '日',
    '😀',
    '\n',
    '\u0301'
  )
  const text = (): string =>
    `x${Array.from({ length: random(12) }, () => alphabet[random(alphabet.length)]).join('')}`
  const edges = hashes.map((algorithm) => ({
    algorithm,
    edge: edgeOf({ ...rsaOptions, hash: algorithm })
  }))
  const odd: string[] = []
  for (let count = 0; count < 1000; count++) {
    const { algorithm, edge } = edges[count % 2]!
    const path = pathOf(Array.from({ length: 1 + random(4) }, text), random(2) === 0 ? '/*' : '')
    const begins = random(3) === 0
    const ip =
      [undefined, `192.0.2.${random(256)}`, `10.${random(256)}.0.0/${8 + random(25)}`][random(3)]
    const grant = {
      paths: [path],
      ...(begins ? { notBefore: start - random(1000) } : {}),
      ...(ip === undefined ? {} : { ip })
    }
    const signer = theirs(algorithm)
    const expected = 'notBefore' in grant || ip !== undefined
      ? getSignedCookies({
        ...signer,
        ...dates,
        url: url + path,
        ...('notBefore' in grant ? { dateGreaterThan: new Date(grant.notBefore * 1000) } : {}),
        ...(ip === undefined ? {} : { ipAddress: ip })
      })
      : getSignedCookies({ ...signer, policy: policyText(url + path, { expiresAt }) })
    if (
      JSON.stringify(sorted(await edge.pairs(grant))) !==
        JSON.stringify(sorted(Object.entries(expected)))
    ) odd.push(path)
  }
  t.strictSame(odd, [])
})

t.test('ours differs from AWS\'s signer with an EC key in the signature alone', async (t) => {
  const edge = edgeOf(ecOptions)
  const signer = { ...theirs('SHA256', ecPkcs8), ...dates }
  const ip = '192.0.2.9'
  for (const value of values) {
    const path = pathOf(['v', value])
    const theirCookies = getSignedCookies({ ...signer, ...theirBound, url: url + path })
    const cookies = sorted(Object.entries(theirCookies))
    t.equal(refusedBy(await edge.check({ url: path, ip, cookies })), undefined, path)
    const own = sorted(await edge.pairs({ paths: [path], ...bound }))
    t.strictSame(unsigned(own), unsigned(cookies))
    t.equal(refusedBy(await edge.check({ url: path, ip, cookies: own })), undefined, path)
    for (const limits of [{}, theirBound]) {
      const signed = getSignedUrl({ ...signer, ...limits, url: `${url}/a?x=1` })
      const target = targetOf(signed)
      t.equal(refusedBy(await edge.check({ url: target, ip })), undefined, signed)
    }
  }
})

t.test('the wildcard that AWS\'s signer puts into a canned policy opens nothing', async (t) => {
  const edge = edgeOf()
  const wide = getSignedCookies({ ...theirs('SHA256'), ...dates, url: `${url}/courses/42/*` })
  const cookies = sorted(Object.entries(wide))
  t.equal(refusedBy(await edge.check({ cookies })), 'signature')
})
