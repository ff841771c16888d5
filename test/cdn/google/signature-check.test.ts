import t from 'tap'
import { base64UrlPadded, decodeStrictly } from '../../../src/cdn/format/base64.js'
import { verdict } from '../../../src/cdn/format/verdict.js'
import { findSignature, type Signed } from '../../../src/cdn/google/signature-check.js'
import { outcome } from '../../fixtures/google.js'

const format = {
  name: 'edge',
  url: 'https://h',
  cookieName: 'C',
  codec: base64UrlPadded,
  decode: (text: string) => decodeStrictly(text, base64UrlPadded),
  sign: async (text: string) => Buffer.from(text.length.toString()),
  verify: () => true
}
const good = 'URLPrefix=aHR0cHM6Ly9oLw==:Expires=9:KeyName=k:Signature=eA=='

async function find (
  query: string | undefined,
  ...cookies: string[]
): Promise<Signed | string | undefined> {
  let found: Signed | undefined
  const answer = await verdict(403, (list) => {
    found = findSignature(list, format, { path: '/a', query }, cookies.map((value) => ['C', value]))
  })
  return answer.allowed ? found : outcome(answer)
}

t.test('finds what a cookie signs', async (t) => {
  t.strictSame(await find(undefined, good), {
    text: 'URLPrefix=aHR0cHM6Ly9oLw==:Expires=9:KeyName=k',
    prefix: 'https://h/',
    expiresAt: 9,
    keyName: 'k',
    signature: Buffer.from('x')
  })
})

t.test('finds what a query signs, with all before the signature', async (t) => {
  t.match(await find('Expires=9&KeyName=k&Signature=eA=='), {
    text: 'https://h/a?Expires=9&KeyName=k',
    prefix: undefined
  })
  t.match(await find('q=1&&r&Expires=9&KeyName=k&Signature=eA=='), {
    text: 'https://h/a?q=1&&r&Expires=9&KeyName=k'
  })
  t.match(await find('q=1&URLPrefix=aHR0cHM6Ly9oLw==&Expires=9&KeyName=k&Signature=eA=='), {
    text: 'URLPrefix=aHR0cHM6Ly9oLw==&Expires=9&KeyName=k',
    prefix: 'https://h/'
  })
})

t.test('finds nothing where there is no signature', async (t) => {
  t.equal(await find(undefined), undefined)
  t.equal(await find('Expires=9&KeyName=k'), undefined)
})

t.test('refuses fields that are out of order, missing, doubled or unknown', async (t) => {
  const bad = [
    '',
    'URLPrefix',
    good.replace('KeyName=k:', ''),
    good.replace('Expires=9', 'Expires=09'),
    good.replace('Expires=9', 'Expires=9.5'),
    good.replace('Expires=9', 'Expires=123456789012'),
    good.replaceAll(':', '&'),
    `${good}:`,
    `${good}:ClientIP=1`,
    `x:${good}`,
    `${good}\n`,
    good.replace('KeyName=k:', 'KeyName=k:KeyName=k:'),
    good.replace('Expires=9:KeyName=k', 'KeyName=k:Expires=9'),
    'Expires=9:KeyName=k:Signature=eA==',
    encodeURIComponent(good)
  ]
  const start = '403 credentials: ' +
    'The cookie does not hold URLPrefix, Expires, KeyName and Signature in this order'
  for (const value of bad) {
    t.match(await find(undefined, value), new RegExp(`^${start}`), value)
  }
  for (
    const query of [
      'Signature=eA==',
      'Expires=9&q=1&KeyName=k&Signature=eA==',
      'Expires=9&KeyName=k&Signature=eA==&q=1',
      'Expires=1&Expires=9&KeyName=k&Signature=eA=='
    ]
  ) {
    t.match(await find(query), /^403 credentials: The query does not hold/, query)
  }
})

t.test('refuses base64 that is not the one way to write the bytes', async (t) => {
  for (
    const value of [
      good.replace('eA==', 'eA'),
      good.replace('eA==', 'eB=='),
      good.replace('aHR0cHM6Ly9oLw==', 'aHR0cHM6Ly9oLw'),
      good.replace('aHR0cHM6Ly9oLw==', 'aHR0cHM6Ly9oLx==')
    ]
  ) {
    t.equal(
      await find(undefined, value),
      '403 credentials: A value in the cookie is not in the base64 that this CDN is given.'
    )
  }
})

t.test('refuses two cookies of the name, even where both are good', async (t) => {
  t.equal(
    await find(undefined, good, good),
    '403 credentials: There are 2 cookies C, and which one counts is not documented: ' +
      'clear the one of the wider or the former Path, or of another Domain.'
  )
})
