import t from 'tap'
import { createTicketNames, isTicketName, readArea } from '../../src/access/area.js'

const base = '__Host-cdn-access'
const ticketNames = createTicketNames(base, 10)

t.test('takes texts of 1 to 256 characters as they are', async (t) => {
  for (
    const area of ['1', 'course 42', '../x', '\u0000', 'é', '🎬', '__proto__', 'x'.repeat(256)]
  ) {
    t.equal(readArea(area), area)
  }
  t.equal(readArea(undefined), undefined)
})

t.test('says what else came, and never its value', async (t) => {
  const cases: Array<[answer: unknown, words: string]> = [
    ['', 'a text of 0 characters'],
    ['s'.repeat(257), 'a text of 257 characters'],
    ['secret\ud800', 'half of a character'],
    [['secret', 'secret'], 'an array, as a query that names it twice makes one'],
    [Promise.resolve('secret'), 'a promise, and it must answer at once'],
    [null, 'null'],
    [42, 'a number'],
    [{ secret: true }, 'an object'],
    [Symbol('secret'), 'a symbol']
  ]
  for (const [answer, words] of cases) {
    t.throws(() => readArea(answer), {
      code: 'CDN_ACCESS_AREA_INVALID',
      statusCode: 400,
      message:
        `The request asks for an area that can't be: ${words}. An area is a text of 1 to 256 ` +
        'characters, or undefined for all that the viewer may fetch'
    })
  }
})

t.test('handles the rejection of a promise that it does not take', async (t) => {
  const unhandled: unknown[] = []
  const note = (error: unknown): number => unhandled.push(error)
  process.on('unhandledRejection', note)
  t.teardown(() => process.off('unhandledRejection', note))
  t.throws(() => readArea(Promise.reject(new Error('late'))), { code: 'CDN_ACCESS_AREA_INVALID' })
  await new Promise((resolve) => {
    setImmediate(resolve)
  })
  t.same(unhandled, [])
})

t.test('names a ticket of each area alike', async (t) => {
  t.equal(ticketNames(undefined), base)
  t.equal(ticketNames('course'), `${base}.qQgEPtRp82HN`)
  for (const area of ['a', '; Path=/', '\r\n', 'é'.repeat(256)]) {
    t.match(ticketNames(area), /^__Host-cdn-access\.[A-Za-z0-9_-]{12}$/)
    t.ok(isTicketName(ticketNames(area), base))
  }
  t.not(ticketNames('e\u0301'), ticketNames('\u00e9'), 'areas are not normalized')
})

t.test('knows the tickets of its own registration alone', async (t) => {
  t.ok(isTicketName(base, base))
  for (
    const other of [
      `${base}-files`,
      `${base}-files.LRAT5pYQsCtd`,
      `${base}.`,
      `${base}.short`,
      `${base}.LRAT5pYQsCtd9`,
      `${base}.LRAT5pYQsC.d`,
      `x${base}.LRAT5pYQsCtd`,
      '__Host-cdn'
    ]
  ) t.notOk(isTicketName(other, base), other)
})

t.test('keeps names, as many as it may, and makes the others anew', async (t) => {
  const names = createTicketNames(base, 1)
  const first = names('a')
  t.equal(names('a'), first)
  names('b')
  t.equal(names('a'), first)
  t.equal(createTicketNames(base, 0)('a'), first)
})
