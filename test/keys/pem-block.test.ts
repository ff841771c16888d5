import t from 'tap'
import { beginsHalf, pemBlock } from '../../src/keys/pem-block.js'

const block = (label: string, body = 'AAAA'): string =>
  `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`
const place = { half: 'private', field: 'privateKey' } as const

t.test('prefers the half that is looked for, then any key, then what is there', async (t) => {
  const all = ['EC PARAMETERS', 'CERTIFICATE', 'PUBLIC KEY', 'RSA PRIVATE KEY']
  const found = (labels: readonly string[], half: 'private' | 'public'): string | undefined =>
    pemBlock(labels.map((label) => block(label)).join(''), { ...place, half })?.label
  t.equal(found(all, 'private'), 'RSA PRIVATE KEY')
  t.equal(found(all, 'public'), 'CERTIFICATE')
  t.equal(found(all.slice(0, 3), 'private'), 'PUBLIC KEY')
  t.equal(found(all.slice(0, 1), 'private'), 'EC PARAMETERS')
  t.equal(found([], 'private'), undefined)
})

t.test('makes the lines anew', async (t) => {
  t.match(pemBlock(block('PRIVATE KEY', `  ${'A'.repeat(70)}\r\n B `), place), {
    encrypted: false,
    pem: `-----BEGIN PRIVATE KEY-----\n${'A'.repeat(64)}\n${'A'.repeat(6)}B\n` +
      '-----END PRIVATE KEY-----\n'
  })
  const header = 'Proc-Type: 4,ENCRYPTED DEK-Info: AES-128-CBC,00 AAAA'
  t.match(pemBlock(block('RSA PRIVATE KEY', header), place), {
    encrypted: true,
    pem: '-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n' +
      'AAAA\n-----END RSA PRIVATE KEY-----\n'
  })
})

t.test('takes a block that ends behind one that does not', async (t) => {
  const cut = block('RSA PRIVATE KEY').slice(0, 40)
  t.equal(pemBlock(cut + block('PRIVATE KEY'), place)?.label, 'PRIVATE KEY')
  for (
    const text of [cut, `${cut}-----END PRIVATE KEY-----`, `-----BEGIN ${'A'.repeat(65)}-----`]
  ) {
    t.throws(() => pemBlock(text, place), { message: /it is cut off$/ })
  }
})

t.test('says which half begins in a text', async (t) => {
  t.ok(beginsHalf('-----BEGIN EC PRIVATE KEY-----', 'private'))
  t.notOk(beginsHalf('-----END EC PRIVATE KEY-----', 'private'))
  t.notOk(beginsHalf(block('EC PRIVATE KEY'), 'public'))
  t.ok(beginsHalf(block('CERTIFICATE'), 'public'))
})
