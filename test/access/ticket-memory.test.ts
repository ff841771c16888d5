import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import {
  createTicketReader,
  formatTicket,
  parseTicket,
  writePlaces
} from '../../src/access/ticket.js'

const written = writePlaces([
  { cdn: 'cloudfront', domain: 'example.com', partitioned: false, path: '/a/' }
])!
const head = {
  expiresAt: 1_700_000_600,
  fingerprint: 'abcdefghij_-0123',
  keys: ['AAAAAAAA'],
  setAt: 0
}
const value = formatTicket(head, written)
const readers = 500

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** What readers hold on to, in bytes each, after each has read a cookie of a header of its own. */
function keptBytes (cookieOf: (header: string) => string): number {
  collect()
  const before = process.memoryUsage().heapUsed
  const kept = Array.from({ length: readers }, (_, index) => {
    const read = createTicketReader()
    const header = Buffer.alloc(16_384, `${value}${index}`).toString('latin1')
    read(cookieOf(header))
    return read
  })
  collect()
  const bytes = (process.memoryUsage().heapUsed - before) / kept.length
  return Math.round(bytes)
}

t.test('keeps nothing that is too long to be a ticket', async (t) => {
  const bytes = keptBytes((header) => header)
  t.ok(bytes < 4096, `${bytes} bytes for each reader`)
})

t.test('keeps a ticket, and not the header that it came in', async (t) => {
  const bytes = keptBytes((header) => header.slice(0, value.length))
  t.ok(bytes < 4096, `${bytes} bytes for each reader`)
})

t.test('reads what it does not keep as it stands', async (t) => {
  const read = createTicketReader(written)
  const first = read(value)
  const long = `${'1'.repeat(1024)}.${value}`
  t.same(read(long), parseTicket(long))
  const wide = value.replace('A', '\u0141')
  t.same(read(wide), parseTicket(wide))
  t.equal(read(wide).ticket, undefined, 'a character is not cut to the byte that it ends in')
  t.equal(read(value), first, 'and the last one stays')
})
