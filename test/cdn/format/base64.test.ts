import t from 'tap'
import { base64Url, base64UrlPadded, decodeStrictly } from '../../../src/cdn/format/base64.js'

const bytes = Buffer.from([0xfb, 0xff, 0xfe, 0x3e])

t.test('base64url is written without and with padding', async (t) => {
  t.equal(base64Url.encode(bytes), '-__-Pg')
  t.equal(base64UrlPadded.encode(bytes), '-__-Pg==')
  t.strictSame(base64Url.decode('-__-Pg'), bytes)
  t.strictSame(base64UrlPadded.decode('-__-Pg=='), bytes)
})

t.test('only the text that the codec would write is read', async (t) => {
  t.strictSame(decodeStrictly('-__-Pg', base64Url), bytes)
  t.strictSame(decodeStrictly('-__-Pg==', base64UrlPadded), bytes)
  t.strictSame(decodeStrictly('', base64Url), Buffer.alloc(0))
  for (
    const text of [
      '-__-Pg==',
      '+//+Pg',
      '-__-Ph',
      '-__-P',
      '-__-Pg ',
      ' -__-Pg',
      '-__-Pg.',
      '-__-\nPg',
      '-__-Pg%3D',
      'é'
    ]
  ) t.equal(decodeStrictly(text, base64Url), undefined, text)
  for (const text of ['-__-Pg', '-__-Pg=', '+//+Pg==', '-__-Pg===', '-__-Ph==']) {
    t.equal(decodeStrictly(text, base64UrlPadded), undefined, text)
  }
})
