import { createHash } from 'node:crypto'
import t from 'tap'
import { createRevocationIds, readRevocationId } from '../../src/revocation/revocation-ids.js'

const secret = Buffer.alloc(32, 's')

t.test('makes 16 bytes of an id, the same in each process', async (t) => {
  const hashed = createHash('sha256').update('fastify-cdn-access revocation user 7').digest()
  for (const size of [0, 10]) {
    const ids = createRevocationIds(undefined, size)
    t.equal(ids('user 7'), hashed.subarray(0, 16).toString('base64url'))
    t.equal(ids('user 7'), 'Jva1qENbn4mYwg8v9U4I0Q', 'and again')
    t.not(ids('user 8'), ids('user 7'))
  }
})

t.test('makes others with a secret', async (t) => {
  const [own, other, plain] = [secret, Buffer.alloc(32, 't'), undefined].map((each) =>
    createRevocationIds(each, 10)('user 7')
  )
  t.match(own, /^[\w-]{22}$/)
  t.equal(new Set([own, other, plain]).size, 3)
})

t.test('reads an id of 1 to 256 characters', async (t) => {
  for (const id of ['7', 'é'.repeat(256), ' ', '../x']) t.equal(readRevocationId(id, 'It'), id)
  const refused = [
    ['', 'one of 0 characters'],
    ['x'.repeat(257), 'one of 257 characters'],
    ['\ud800', 'one with half of a character'],
    [7, 'of type number'],
    [null, 'null'],
    [undefined, 'undefined'],
    [{}, 'of type object'],
    [Promise.reject(new Error('late')), 'a promise, and it must be there at once']
  ] as const
  for (const [id, words] of refused) {
    t.throws(() => readRevocationId(id, 'It', ', or undefined'), {
      code: 'CDN_ACCESS_REVOCATION_ID_INVALID',
      message: `It must be a text of 1 to 256 characters, or undefined: it is ${words}`
    })
  }
})
