import { generateKeyPairSync, sign, verify } from 'node:crypto'
import t from 'tap'
import { joinDerSignature } from '../../../src/cdn/format/ecdsa-signature.js'

const fromHex = (hex: string): Buffer => Buffer.from(hex, 'hex')

t.test('puts both numbers side by side, each of full size', async (t) => {
  t.same(joinDerSignature(fromHex('3006020101020102'), 4), fromHex('0000000100000002'))
  t.same(
    joinDerSignature(fromHex('3009020500ff000000020102'.replace('3009', '300a')), 4),
    fromHex('ff00000000000002')
  )
})

t.test('yields signatures that verify', async (t) => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  for (let round = 0; round < 300; round++) {
    const data = Buffer.from(String(round))
    const joined = joinDerSignature(sign('sha256', data, privateKey), 32)!
    t.ok(
      joined.length === 64 &&
        verify('sha256', data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, joined)
    )
  }
})

t.test('takes nothing else', async (t) => {
  for (
    const odd of [
      '',
      '30',
      '3106020101020102',
      '3007020101020102',
      '3006030101020102',
      '3006020101030102',
      '3006020001020102',
      '300602010102010200',
      '3006020101020103'.slice(0, -2),
      '3003020101',
      '3005020101020102',
      '300402020101',
      '300b020500ff00000001020102'.replace('020500ff00000001', '02060001ff000000'),
      '3006020101020502'
    ]
  ) {
    t.equal(joinDerSignature(fromHex(odd), 4), undefined, odd)
  }
})
