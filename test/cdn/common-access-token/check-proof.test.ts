import t from 'tap'
import type { Check } from '../../../src/cdn/cdn.js'
import { checkProof, readToken } from '../../../src/cdn/common-access-token/check-proof.js'
import { parseCommonAccessTokenKey } from '../../../src/cdn/common-access-token/key.js'
import { verdict } from '../../../src/cdn/format/verdict.js'
import { secretOld, secretOne, secretTwo, token, type EdgeKey } from '../../fixtures/edge-tokens.js'

const parse = ({ jwk }: EdgeKey) => parseCommonAccessTokenKey({ key: jwk }, 'media')

/** The last check of a value. */
async function last (value: string, keys: readonly EdgeKey[] = [secretOne]): Promise<Check> {
  const { checks } = await verdict(403, (list) => {
    checkProof(list, readToken(list, { token: value, place: 'query' }), keys.map(parse))
  })
  return checks.at(-1)!
}

t.test('passes a token that fits the key it names', async (t) => {
  t.match(await last(token()), { ok: true, detail: 'It fits the key one, with HS256.' })
  t.match(await last(token(secretTwo), [secretOne, secretTwo]), { ok: true })
  const renamed = { ...secretOne, jwk: { ...secretOne.jwk, kid: 'new' } }
  t.match(await last(token(), [renamed, secretOne]), { ok: true }, 'one secret under two names')
})

t.test('says what is wrong with the value', async (t) => {
  const value = token()
  const cases = {
    'percent-encoded': `${value}%3D`,
    'base64-standard': `${value}+/`,
    'base64-padding': `${value}=`,
    malformed: value.slice(1)
  }
  for (const [code, odd] of Object.entries(cases)) {
    t.match(await last(odd), {
      name: 'token',
      code,
      detail: 'The query holds no CWT in COSE: was the value percent-encoded or cut off?'
    })
  }
  t.match(await last('A'.repeat(1367)), {
    code: 'malformed',
    detail: 'The token in the query has more than 1366 characters.'
  })
})

t.test('says what is wrong with the key', async (t) => {
  t.match(await last(token(secretOld)), { name: 'signature', code: 'key-unknown' })
  t.match(await last(token(secretOne, { prove: secretOld.prove })), { code: 'signature-wrong' })
  t.match(await last(token(secretOne, { kid: Buffer.from('two') })), {
    code: 'key-differs',
    expected: 'one',
    found: 'another'
  })
  t.match(await last(token(secretOne, { kid: Buffer.from('one\0') })), { code: 'key-differs' })
  t.match(await last(token(secretOne, { kid: false })), { code: 'key-differs', found: 'none' })
})
