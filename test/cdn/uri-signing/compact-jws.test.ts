import t from 'tap'
import { readCompactJws, signCompactJws } from '../../../src/cdn/uri-signing/compact-jws.js'

const text = (value: string): string => Buffer.from(value).toString('base64url')

t.test('signs the bytes of header and payload', async (t) => {
  const signed: string[] = []
  const jws = await signCompactJws({ alg: 'HS256' }, { a: 'é' }, async (input) => {
    signed.push(input.toString())
    return Buffer.from('fbff', 'hex')
  })
  t.equal(jws, 'eyJhbGciOiJIUzI1NiJ9.eyJhIjoiw6kifQ.-_8')
  t.same(signed, ['eyJhbGciOiJIUzI1NiJ9.eyJhIjoiw6kifQ'])
})

t.test('takes a JWS apart', async (t) => {
  t.same(readCompactJws('eyJhbGciOiJIUzI1NiJ9.eyJhIjoiw6kifQ.-_8'), {
    header: { alg: 'HS256' },
    payload: { a: 'é' }
  })
})

t.test('takes nothing else', async (t) => {
  const head = text('{"alg":"HS256"}')
  const body = text('{}')
  for (
    const odd of [
      '',
      'a',
      `${head}.${body}`,
      `${head}.${body}.AA.AA`,
      `${head}.${body}.AB`,
      `${head}.${body}.A+`,
      `${head}=.${body}.AA`,
      `${text('{}')}.${body}.AA`,
      `${text('{"alg":1}')}.${body}.AA`,
      `${text('[]')}.${body}.AA`,
      `${text('null')}.${body}.AA`,
      `${head}.${text('1')}.AA`,
      `${head}.${text('{')}.AA`
    ]
  ) {
    t.equal(readCompactJws(odd), undefined, odd)
  }
})
