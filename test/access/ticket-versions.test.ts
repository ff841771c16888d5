import t from 'tap'
import type { Place } from '../../src/cookies/cookies.js'
import { formatTicket, parseTicket, readEnd, writePlaces } from '../../src/access/ticket.js'

const places: Place[] = [
  { cdn: 'cloudfront', domain: 'example.com', partitioned: false, path: '/a/' },
  { cdn: 'cloudfront', domain: 'example.com', partitioned: false, path: '/b.png' },
  { cdn: 'akamai', domain: undefined, partitioned: true, path: '/' }
]
const groups = [['cloudfront', 'example.com', 0, ['/a/', '/b.png']], ['akamai', 0, 1, ['/']]]
const head = {
  expiresAt: 1_700_000_600,
  fingerprint: 'abcdefghij_-0123',
  keys: ['AAAAAAAA', 'b_-45678']
}
const text = 's44wuw'

/** A ticket of these places with another beginning. */
function beginning (front: string): string {
  return `${front}.${Buffer.from(JSON.stringify(groups)).toString('base64url')}`
}

t.test('says of an area when it was set', async (t) => {
  const setAt = 1_700_000_001
  const value = formatTicket({ ...head, setAt }, writePlaces(places)!)
  t.equal(value, beginning(`2.s44we9.${text}.abcdefghij_-0123.AAAAAAAAb_-45678`))
  t.same(parseTicket(value), { ticket: { ...head, places, setAt }, places })
  for (
    const front of [
      `2.${text}.abcdefghij_-0123.AAAAAAAA`,
      `2.0.${text}.abcdefghij_-0123.AAAAAAAA`,
      `2..${text}.abcdefghij_-0123.AAAAAAAA`,
      `2.zzzzzzzzz.${text}.abcdefghij_-0123.AAAAAAAA`,
      `1.s44we9.${text}.abcdefghij_-0123.AAAAAAAA`
    ]
  ) t.same(parseTicket(beginning(front)), { ticket: undefined, places }, front)
})

t.test('lets the places of a later version be cleared', async (t) => {
  t.same(parseTicket(beginning('3.what.ever.comes~then')), { ticket: undefined, places })
})

t.test('tells its end without a look at the rest', async (t) => {
  t.same(readEnd(beginning(`2.s44we9.${text}.anything`)), {
    expiresAt: 1_700_000_600,
    setAt: 1_700_000_001
  })
  t.same(readEnd(beginning(`1.${text}.anything`)), { expiresAt: 1_700_000_600, setAt: 0 })
  for (const value of ['', 'odd', '1.remains', '3.s44wuw.x']) t.equal(readEnd(value), undefined)
})
