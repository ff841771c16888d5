import { createSign, sign } from 'node:crypto'
import t from 'tap'
import { cloudFrontBase64, policyText } from '../../src/cdn/cloudfront/policy.js'
import { cloudfront } from '../../src/index.js'
import { ecPkcs8, otherEc, rsaPkcs8 } from '../fixtures/keys.js'
import { changed, end, explains, now, signerOf, url, type Pairs } from '../fixtures/situations.js'

const ec = signerOf(cloudfront({ url, keyPairId: 'K1', privateKey: ecPkcs8 }))
const rsa = signerOf(cloudfront({ url, keyPairId: 'KRSA', privateKey: rsaPkcs8, hash: 'SHA1' }))
const two = cloudfront({
  url,
  keys: [{ keyPairId: 'K1', privateKey: ecPkcs8 }, { keyPairId: 'K2', privateKey: otherEc }]
})
const good = await ec.cookies()

/** A policy of another signer, signed well with SHA-256. */
function custom (text: string, encode = cloudFrontBase64.encode, signedText = text): Pairs {
  return [
    ['CloudFront-Policy', encode(Buffer.from(text))],
    [
      'CloudFront-Signature',
      cloudFrontBase64.encode(sign('sha256', Buffer.from(signedText), ecPkcs8))
    ],
    ['CloudFront-Key-Pair-Id', 'K1'],
    ['CloudFront-Hash-Algorithm', 'SHA256']
  ]
}

/** A signature with a tilde, which some signers percent-encode. ECDSA makes another each time. */
function tilde (): Pairs {
  for (;;) {
    const pairs = custom(all)
    if (pairs[1]![1].includes('~')) {
      return changed(pairs, 'CloudFront-Signature', (value) => value.replaceAll('~', '%7E'))
    }
  }
}

/** A canned policy of another signer, for whatever it calls the URL. */
function canned (resource: string, expires: string = String(end)): Pairs {
  const text =
    `{"Statement":[{"Resource":"${resource}","Condition":{"DateLessThan":{"AWS:EpochTime":${expires}}}}]}`
  const signature = createSign('RSA-SHA1').update(text).sign(rsaPkcs8)
  return [
    ['CloudFront-Expires', expires],
    ['CloudFront-Signature', cloudFrontBase64.encode(signature)],
    ['CloudFront-Key-Pair-Id', 'KRSA']
  ]
}

const all = policyText(`${url}/*`, { expiresAt: end })
const timed = (time: string): string => all.replace(String(end), time)
const without = (...names: string[]): Pairs =>
  good.filter(([name]) => !names.includes(name.slice('CloudFront-'.length)))
const onRsa = { cdn: rsa.cdn }

t.test('names what is wrong with a request to CloudFront', async (t) => {
  await explains(t, ec.cdn, [
    ['no cookie at all', {}, 'cookies-none'],
    ['cookies of others alone', { cookies: [['session', 'x']] }, 'access-missing'],
    ['a preflight', { method: 'OPTIONS' }, 'preflight'],
    ['a token of Akamai', { cookies: [['hdnts', 'exp=1~acl=/*~hmac=ab']] }, 'other-kind'],
    ['the session cookie dropped one', { cookies: without('Signature') }, 'credentials-incomplete'],
    ['the policy is lost', { cookies: without('Policy') }, 'credentials-incomplete'],
    ['expired', { cookies: good, now: end }, 'expired'],
    [
      'not begun',
      ec.cookies({ notBefore: now + 30 }).then((cookies) => ({ cookies })),
      'not-begun'
    ],
    ['another folder', { cookies: good, url: '/courses/43/a.mp4' }, 'path-outside'],
    [
      'another folder than the browser would send them to',
      { cookies: good, url: '/courses/43/a' },
      'cookie-path'
    ],
    [
      'a name that is spelled otherwise',
      ec.cookies({ paths: ['/u/O%27Neil/*'] }).then((cookies) => ({
        cookies,
        url: '/u/O\'Neil/a'
      })),
      'encoding-differs'
    ],
    [
      'a query on an exact file',
      ec.cookies({ paths: ['/a.png'] }).then((cookies) => ({ cookies, url: '/a.png?v=1' })),
      'query-differs'
    ],
    ['signed for http', { cookies: custom(all.replace('https', 'http')) }, 'scheme-differs'],
    ['signed for the distribution\'s own name', {
      cookies: custom(all.replace('media.example.com', 'd1.cloudfront.net'))
    }, 'host-differs'],
    ['a key id that is not in the group', {
      cookies: changed(good, 'CloudFront-Key-Pair-Id', () => 'K9')
    }, 'key-unknown'],
    [
      'the id of another key of the group',
      { cookies: changed(good, 'CloudFront-Key-Pair-Id', () => 'K2') },
      'key-differs',
      { cdn: two }
    ],
    [
      'a SHA-256 signature without its marker',
      { cookies: without('Hash-Algorithm') },
      'hash-marker'
    ],
    [
      'an unknown hash',
      { cookies: changed(good, 'CloudFront-Hash-Algorithm', () => 'SHA512') },
      'hash-marker'
    ],
    ['a changed signature', {
      cookies: changed(good, 'CloudFront-Signature', (value) => `AA${value.slice(2)}`)
    }, 'signature-wrong'],
    ['a cut signature', {
      cookies: changed(good, 'CloudFront-Signature', (value) => value.slice(0, 9))
    }, 'malformed'],
    ['percent-encoded by a cookie library', {
      cookies: changed(good, 'CloudFront-Policy', (value) => `${value.slice(0, -2)}%3D%3D`)
    }, 'percent-encoded'],
    ['a tilde as %7E', { cookies: tilde() }, 'tilde-encoded', { allowed: true }],
    [
      'standard base64 in the policy',
      { cookies: custom(all, (bytes) => bytes.toString('base64')) },
      'base64-standard'
    ],
    ['standard base64 in the signature', {
      cookies: changed(custom(all), 'CloudFront-Signature', (value) => `${value.slice(0, -1)}=`)
    }, 'base64-standard'],
    ['milliseconds in the policy', { cookies: custom(timed(`${end}000`)) }, 'time-milliseconds', {
      allowed: true
    }],
    ['a time as text', { cookies: custom(timed(`"${end}"`)) }, 'time-unreadable'],
    ['a time with a fraction', { cookies: custom(timed(`${end}.5`)) }, 'time-unreadable'],
    ['no Resource', { cookies: custom(all.replace(`"Resource":"${url}/*",`, '')) }, 'policy-open', {
      allowed: true
    }],
    ['two statements', { cookies: custom(all.replace('}]}', '},{}]}')) }, 'policy-unreadable'],
    ['a policy that is no JSON', { cookies: custom('policy') }, 'policy-unreadable'],
    ['blanks that were not signed', {
      cookies: custom(JSON.stringify(JSON.parse(all), null, 1), cloudFrontBase64.encode, all)
    }, 'policy-rewritten'],
    [
      'blanks that were signed',
      { cookies: custom(JSON.stringify(JSON.parse(all), null, 1)) },
      'policy-blanks',
      { allowed: true }
    ],
    [
      'a bare star in a cookie',
      { cookies: custom(policyText('*', { expiresAt: end })) },
      'resource-form'
    ],
    ['an address without its mask', {
      cookies: custom(
        policyText(`${url}/*`, { expiresAt: end, ip: '192.0.2.7' }).replace('/32', '')
      ),
      ip: '192.0.2.7'
    }, 'address-differs'],
    [
      'another address',
      ec.cookies({ ip: '192.0.2.7' }).then((cookies) => ({ cookies, ip: '2001:db8::1' })),
      'address-differs'
    ],
    [
      'an address that nobody told',
      ec.cookies({ ip: '192.0.2.7' }).then((cookies) => ({ cookies })),
      'address-unknown'
    ],
    ['a dot segment', { cookies: good, url: '/courses/42/../43/a' }, 'path-ambiguous'],
    [
      'a parameter of the app called Expires',
      { cookies: good, url: '/courses/42/a.mp4?Expires=1' },
      'query-hides-cookies'
    ],
    [
      'a signed URL that was changed',
      ec.target('/courses/42/a.mp4').then((target) => ({ url: `${target}&v=2` })),
      'query-differs'
    ],
    [
      'sent twice, the old one first',
      { cookies: [['CloudFront-Signature', 'AAAA'], ...good] },
      'sent-twice'
    ],
    [
      'a canned policy with a wildcard',
      { cookies: canned(`${url}/courses/42/*`) },
      'wildcard-canned',
      onRsa
    ],
    [
      'a canned policy with a wildcard for both schemes',
      { cookies: canned('http*://media.example.com/*') },
      'wildcard-canned',
      onRsa
    ],
    [
      'a canned policy for http',
      { cookies: canned('http://media.example.com/courses/42/a.mp4') },
      'scheme-differs',
      onRsa
    ],
    [
      'a canned policy for another file',
      { cookies: canned(`${url}/courses/42/b.mp4`) },
      'signature-wrong',
      onRsa
    ],
    [
      'a canned policy, and a query',
      { cookies: canned(`${url}/courses/42/a.mp4`), url: '/courses/42/a.mp4?v=1' },
      'query-differs',
      onRsa
    ],
    [
      'milliseconds in a canned policy',
      { cookies: canned(`${url}/courses/42/a.mp4`, `${end}000`) },
      'time-milliseconds',
      onRsa
    ],
    [
      'a canned time as a float',
      { cookies: canned(`${url}/courses/42/a.mp4`, `${end}.5`) },
      'time-unreadable',
      onRsa
    ],
    [
      'canned beside custom',
      { cookies: [...good, ['CloudFront-Expires', String(end)]] },
      'kinds-mixed'
    ],
    [
      'SHA-1 marked as SHA-256',
      rsa.cookies().then((cookies) => ({
        cookies: [...cookies, ['CloudFront-Hash-Algorithm', 'SHA256'] as const]
      })),
      'hash-marker',
      onRsa
    ]
  ])
})
