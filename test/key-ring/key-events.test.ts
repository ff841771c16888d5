import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import t from 'tap'
import { createKeyTeller, type KeyEvent } from '../../src/key-ring/key-events.js'
import { keepLines } from '../fixtures/key-log.js'

const cdn = 'media'
const until = Date.UTC(2027, 0, 1) / 1000

const events: ReadonlyArray<readonly [event: KeyEvent, level?: string, message?: string]> = [
  [
    { event: 'loaded', cdn, ids: ['a', 'b'], changed: true, source: 'file' },
    'info',
    'the keys of "media" are loaded: a, b'
  ],
  [
    { event: 'loaded', cdn, ids: ['a'], changed: false, source: 'file' },
    'debug',
    'the keys of "media" are loaded: a'
  ],
  [
    { event: 'loaded', cdn, ids: ['a'], changed: true, source: 'array' },
    'debug',
    'the keys of "media" are loaded: a'
  ],
  [{ event: 'failed', cdn, reason: 'its loader failed with Error' }],
  [
    { event: 'waiting', cdn, id: 'b', from: until, signing: 'a' },
    'info',
    'the key "b" of "media" is to settle, and signs from 2027-01-01T00:00:00Z on; now "a" does'
  ],
  [
    { event: 'rotated', cdn, id: 'b', previous: 'a', settled: true },
    'info',
    'the key "b" of "media" signs from now on'
  ],
  [
    { event: 'rotated', cdn, id: 'b', settled: false },
    'warn',
    'the key "b" of "media" signs before it has settled, for no other may: ' +
    'viewers are refused where the CDN does not have it yet'
  ],
  [{ event: 'dropped', cdn, id: 'a' }],
  [
    { event: 'dropped', cdn, id: 'a', until },
    'warn',
    'the key "a" of "media" has left the ring, and what it signed lives until ' +
    '2027-01-01T00:00:00Z: each viewer gets new cookies at the next poll'
  ],
  [
    { event: 'running-out', cdn, id: 'a', until, over: false },
    'warn',
    '"a" is the last key of "media" that can sign, until 2027-01-01T00:00:00Z, and no other begins by then. Add one before'
  ],
  [
    { event: 'running-out', cdn, id: 'a', until, over: true },
    'error',
    'no key of "media" can sign: "a" was the last. Add one'
  ]
]

t.test('publishes each event, frozen, and logs those that have a line', async (t) => {
  const heard: unknown[] = []
  const listen = (message: unknown): void => {
    heard.push(message)
  }
  subscribe('fastify-cdn-access:keys', listen)
  t.teardown(() => unsubscribe('fastify-cdn-access:keys', listen))
  const { log, lines } = keepLines()
  const tell = createKeyTeller(log)
  for (const [event, level, message] of events) {
    lines.length = 0
    tell({ ...event })
    t.strictSame(heard.at(-1), event)
    t.ok(Object.isFrozen(heard.at(-1)))
    const expected = level === undefined
      ? []
      : [[level, { ...event }, `fastify-cdn-access: ${message}`]]
    t.same(lines, expected)
  }
})

t.test('a subscriber that throws reaches nobody but the process', async (t) => {
  const fault = new TypeError('of a subscriber')
  const fail = (): never => {
    throw fault
  }
  const caught: unknown[] = []
  const others = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  process.on('uncaughtException', (error) => caught.push(error))
  subscribe('fastify-cdn-access:keys', fail)
  const { log, lines } = keepLines()
  createKeyTeller(log)({ event: 'loaded', cdn, ids: [], changed: true, source: 'file' })
  await new Promise(setImmediate)
  unsubscribe('fastify-cdn-access:keys', fail)
  process.removeAllListeners('uncaughtException')
  for (const other of others) process.on('uncaughtException', other)
  t.equal(lines.length, 1)
  t.same(caught, [fault])
})
