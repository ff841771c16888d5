import t from 'tap'
import { base64UrlPadded, decodeStrictly } from '../../../src/cdn/format/base64.js'
import {
  encodedSignature,
  refuseConditions,
  refuseParameters,
  signedFields,
  signQuery,
  type NamedKey
} from '../../../src/cdn/google/signature.js'

const format = {
  name: 'edge',
  url: 'https://h',
  cookieName: 'C',
  codec: base64UrlPadded,
  decode: (text: string) => decodeStrictly(text, base64UrlPadded),
  sign: async (text: string) => Buffer.from(text.length.toString()),
  verify: () => true
}
const key: NamedKey = { id: 'k', keyName: 'k', identity: '', canSign: true }

t.test('refuses to sign a URL with a parameter that the CDN reads', async (t) => {
  for (const name of ['URLPrefix', 'Expires', 'KeyName', 'Signature']) {
    await t.rejects(
      signQuery(
        format,
        { path: '/a', query: `q=1&${name}=2` },
        { paths: ['/a'], expiresAt: 9 },
        key
      ),
      {
        code: 'CDN_ACCESS_SIGNED_URL_UNSUPPORTED',
        message: 'The CDN "edge" can\'t sign this URL: ' +
          `its query has a parameter "${name}" of its own, which the CDN reads. ` +
          'Give it another name'
      }
    )
  }
  t.doesNotThrow(() => refuseParameters('edge', 'expires=1', ['Expires']))
})

t.test('refuses what a grant says beyond paths and an end', async (t) => {
  const grant = { paths: ['/a'], expiresAt: 9 }
  t.doesNotThrow(() => refuseConditions('edge', grant, 'leave it out'))
  for (const [part, value] of [['notBefore', 1], ['ip', '192.0.2.7'], ['claims', {}]] as const) {
    t.throws(() => refuseConditions('edge', { ...grant, [part]: value }, 'leave it out'), {
      code: 'CDN_ACCESS_GRANT_UNSUPPORTED',
      message: `The CDN "edge" can't hold "${part}" of a grant: leave it out`
    })
  }
})

t.test('writes the fields and the signature of a text', async (t) => {
  t.equal(signedFields({ expiresAt: 9 }, key, ':'), 'Expires=9:KeyName=k')
  t.equal(signedFields({ expiresAt: 9 }, key, '&'), 'Expires=9&KeyName=k')
  t.equal(await encodedSignature(format, 'abc', key), 'Mw==')
})
