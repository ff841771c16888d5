import t from 'tap'
import type { Place } from '../../src/cookies/cookies.js'
import {
  formatRemains,
  createPlacesReader,
  createTicketReader,
  formatTicket,
  parseTicket,
  shortIdentity,
  writePlaces,
  type Ticket
} from '../../src/access/ticket.js'

const places: Place[] = [
  { cdn: 'cloudfront', domain: 'example.com', partitioned: false, path: '/a/' },
  { cdn: 'cloudfront', domain: 'example.com', partitioned: false, path: '/b.png' },
  { cdn: 'akamai', domain: undefined, partitioned: true, path: '/' }
]
const head = {
  expiresAt: 1_700_000_600,
  fingerprint: 'abcdefghij_-0123',
  keys: ['AAAAAAAA', 'b_-45678'],
  setAt: 0
}
const none = { ticket: undefined, places: [] }
const text = 's44wuw'

function encode (groups: unknown): string {
  return Buffer.from(JSON.stringify(groups)).toString('base64url')
}

function write (ticket: Ticket): string {
  return formatTicket(ticket, writePlaces(ticket.places)!)
}

/** A ticket of these places, whatever they are. */
function withGroups (groups: unknown, front = `1.${text}.abcdefghij_-0123.AAAAAAAA`): string {
  return `${front}.${encode(groups)}`
}

t.test('comes back as it was written', async (t) => {
  const value = write({ ...head, places })
  t.equal(
    value,
    `1.s44wuw.abcdefghij_-0123.AAAAAAAAb_-45678.${
      encode([['cloudfront', 'example.com', 0, ['/a/', '/b.png']], ['akamai', 0, 1, ['/']]])
    }`
  )
  t.same(parseTicket(value), { ticket: { ...head, places }, places })
  t.match(value, /^[A-Za-z0-9._-]+$/, 'it needs no encoding as a cookie')
})

t.test('needs no parsing where it names the likely places', async (t) => {
  const written = writePlaces(places)!
  const value = formatTicket(head, written)
  t.equal(createTicketReader(written)(value).places, written.places)
  t.not(createTicketReader(writePlaces([]))(value).places, written.places)
})

t.test('keeps the places of texts that come again', async (t) => {
  const read = createPlacesReader(2)
  const text = encode([['cloudfront', 'example.com', 0, ['/a/']]])
  const first = read(text)
  t.equal(read(text), first)
  t.same(first, { places: [places[0]], odd: false })
  t.not(read('odd'), read('odd'), 'what is odd is not kept')
})

t.test('is read once where the next viewer holds the same', async (t) => {
  const written = writePlaces(places)!
  const read = createTicketReader(written)
  const value = formatTicket(head, written)
  const first = read(value)
  t.strictSame(first, parseTicket(value))
  t.equal(read(`${value} `.trim()), first)
  const later = formatTicket({ ...head, expiresAt: head.expiresAt + 1 }, written)
  t.equal(read(later).ticket?.expiresAt, head.expiresAt + 1)
  t.same(read(value), first)
  for (const odd of ['', 'x', 'ü', '1.a.b.c.d', `${value}é`]) {
    t.same(read(odd), parseTicket(odd), 'what is odd is read as it is')
  }
  t.same(read(value), first)
})

t.test('shortens identities to 48 bits', async (t) => {
  t.equal(shortIdentity('0123456789abcdef'), '01234567')
})

t.test('refuses to write what it could not read', async (t) => {
  const place = places[0]!
  const many = (count: number, length: number): Place[] =>
    Array.from(
      { length: count },
      (_, index) => ({ ...place, path: `/${index}${'a'.repeat(length)}/` })
    )
  t.ok(writePlaces(many(16, 20)))
  t.ok(writePlaces(many(32, 1)))
  t.equal(writePlaces(many(33, 1)), undefined, 'more than 32 places')
  t.equal(writePlaces(many(16, 100)), undefined, 'more than 1 kB')
  t.equal(
    writePlaces([{ ...place, path: '/'.padEnd(257, 'a') }]),
    undefined,
    'a path over 256 bytes'
  )
  t.ok(writePlaces([{ ...place, path: '/'.padEnd(256, 'a') }]))
  t.equal(writePlaces([{ ...place, path: '/a;b' }]), undefined)
  const longest = writePlaces(many(3, 150))!
  t.ok(formatTicket({ ...head, keys: Array(16).fill('AAAAAAAA') }, longest).length <= 1024)
})

t.test('takes what is broken for no ticket', async (t) => {
  const good = write({ ...head, places: [] })
  for (
    const value of [
      '',
      '.',
      '1',
      '....',
      'null',
      good.slice(1),
      good.slice(0, -1),
      `${good}=`,
      ` ${good}`,
      `"${good}"`,
      good.replace('1.', '2.'),
      good.replace('1.', '01.'),
      good.replace('s44wuw', ''),
      good.replace('s44wuw', '0'),
      good.replace('s44wuw', '-1'),
      good.replace('s44wuw', '1e9'.toUpperCase()),
      good.replace('s44wuw', 'zzzzzzzzz'),
      good.replace('0123', ''),
      good.replace('AAAAAAAAb_-45678', ''),
      good.replace('AAAAAAAA', 'A'),
      good.replace('AAAAAAAA', 'AAAAAAA+'),
      `${good}.x`,
      `x.${good}`,
      'x'.repeat(8192),
      `1.${'('.repeat(1000)}`
    ]
  ) {
    t.same(parseTicket(value), none, value.slice(0, 60))
  }
})

t.test('takes wrong types, deep JSON and odd keys for no ticket', async (t) => {
  for (
    const groups of [
      null,
      true,
      1,
      'x',
      {},
      { length: 1 },
      { __proto__: [] },
      [null],
      [[]],
      [{}],
      [['cloudfront']],
      ['cloudfront', 0, 0, ['/']],
      [['cloud front', 0, 0, ['/']]],
      [['__proto__'.repeat(10), 0, 0, ['/']]],
      [[1, 0, 0, ['/']]],
      [['cloudfront', null, 0, ['/']]],
      [['cloudfront', false, 0, ['/']]],
      [['cloudfront', 1, 0, ['/']]],
      [['cloudfront', '', 0, ['/']]],
      [['cloudfront', 'Example.com', 0, ['/']]],
      [['cloudfront', 'a..b', 0, ['/']]],
      [['cloudfront', 'a.b; Path=/', 0, ['/']]],
      [['cloudfront', 'a.b\r\nX: 1', 0, ['/']]],
      [['cloudfront', `${'a.'.repeat(127)}b`, 0, ['/']]],
      [['cloudfront', 0, true, ['/']]],
      [['cloudfront', 0, 2, ['/']]],
      [['cloudfront', 0, 0, '/']],
      [['cloudfront', 0, 0, { 0: '/' }]],
      [['cloudfront', 0, 0, ['/'], 0]]
    ]
  ) {
    t.same(parseTicket(withGroups(groups)), none, JSON.stringify(groups))
  }
  t.same(
    parseTicket(
      `1.${text}.abcdefghij_-0123.AAAAAAAA.${Buffer.from('['.repeat(600)).toString('base64url')}`
    ),
    none
  )
  t.same(parseTicket(withGroups(JSON.parse(`${'['.repeat(300)}${']'.repeat(300)}`))), none)
  t.equal(({} as Record<string, unknown>)['polluted'], undefined)
})

t.test('gives the places that pass the grammar, so that they can be cleared', async (t) => {
  const odd = [
    '',
    'a',
    'https://x',
    '/a;b',
    '/a b',
    '/a\r\nSet-Cookie: x=1',
    '/a\u0000',
    '/é',
    '/a*',
    '/a?b',
    '/a#b',
    '/a\\b',
    '/a"b',
    '/a<b',
    '/'.padEnd(257, 'a'),
    1,
    null,
    ['/a']
  ]
  for (const path of odd) {
    t.same(parseTicket(withGroups([['c', 'a.example', 1, ['/good/', path]]])), {
      ticket: undefined,
      places: [{ cdn: 'c', domain: 'a.example', partitioned: true, path: '/good/' }]
    }, JSON.stringify(path))
  }
  const place = { cdn: 'c', domain: undefined, partitioned: false, path: '/' }
  t.same(parseTicket(withGroups([['c', 0, 0, ['/']]], '9.x')), {
    ticket: undefined,
    places: [place]
  }, 'another version')
  t.same(parseTicket(withGroups([['c', 0, 0, ['/']], ['d e', 0, 0, ['/']]])), {
    ticket: undefined,
    places: [place]
  }, 'a CDN that has no name')
  const many = parseTicket(withGroups([['c', 0, 0, Array(33).fill('/')]]))
  t.equal(many.ticket, undefined)
  t.equal(many.places.length, 32)
})

t.test('never throws, and lets nothing odd through', async (t) => {
  const random = generator(20_231_114)
  const good = write({ ...head, places })
  let tickets = 0
  for (let run = 0; run < 5000; run++) {
    const value = run % 3 === 0
      ? noise(random)
      : run % 3 === 1
      ? mutate(good, random)
      : withGroups(
        JSON.parse(
          mutate('[["cloudfront","a.example",0,["/a/","/b"]],["c",0,1,["/"]]]', random, true)
        )
      )
    const { ticket, places } = parseTicket(value)
    if (ticket !== undefined) tickets++
    const fine = places.length <= 32 && places.every(({ cdn, domain, partitioned, path }) =>
      /^[\w-]{1,64}$/.test(cdn) && (domain === undefined || /^[a-z0-9.-]{1,253}$/.test(domain)) &&
      typeof partitioned === 'boolean' && path.length <= 256 &&
      /^\/[\w\-.~!$&'()+,=:@[\]%/]*$/.test(path)
    ) &&
      (ticket === undefined ||
        (Number.isSafeInteger(ticket.expiresAt) && ticket.expiresAt > 0 &&
          /^[\w-]{16}$/.test(ticket.fingerprint)))
    if (!fine) {
      t.fail(`run ${run} let ${JSON.stringify(value)} through`)
    }
  }
  t.ok(tickets > 100 && tickets < 4000, `${tickets} of 5000 read as tickets`)
})

/** A small generator of numbers below 1 (mulberry32), so that each run is the same. */
function generator (seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

function noise (random: () => number): string {
  return Array.from(
    { length: Math.floor(random() ** 3 * 8192) },
    () => String.fromCharCode(Math.floor(random() * 256))
  ).join('')
}

/**
 * The text with one to four characters changed, left out or put in; where it must stay JSON, only
 * if it does.
 */
function mutate (value: string, random: () => number, json = false): string {
  const characters = value.split('')
  for (let times = 1 + Math.floor(random() * 4); times > 0; times--) {
    characters.splice(
      Math.floor(random() * characters.length),
      random() < 0.5 ? 1 : 0,
      ...random() < 0.7 ? [String.fromCharCode(32 + Math.floor(random() * 95))] : []
    )
  }
  const changed = characters.join('')
  if (!json) return changed
  try {
    JSON.parse(changed)
    return changed
  } catch {
    return value
  }
}

t.test('names what is left once it is no ticket any more', async (t) => {
  const written = writePlaces(places)!
  t.same(parseTicket(formatRemains(written)), { ticket: undefined, places: written.places })
})
