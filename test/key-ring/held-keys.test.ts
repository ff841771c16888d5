import { install } from '@sinonjs/fake-timers'
import t, { type Test } from 'tap'
import { createHeldKeys, type HeldKeys } from '../../src/key-ring/held-keys.js'
import type { KeyEvent } from '../../src/key-ring/key-events.js'
import { ringKey } from '../fixtures/ring-keys.js'

interface Scene {
  readonly held: HeldKeys
  /** What was told since it was last asked. */
  told(): KeyEvent[]
  pass(seconds: number): void
  now(): number
}

function open (t: Test, settle: number, ttl = 100): Scene {
  const timers = install({ toFake: ['setTimeout', 'clearTimeout'] })
  const events: KeyEvent[] = []
  const now = (): number => 1000 + Math.floor(timers.now / 1000)
  const held = createHeldKeys({
    source: 'file',
    cdn: 'media',
    settle,
    ttl,
    now,
    tell: (event) => events.push(event)
  })
  t.teardown(() => {
    held.close()
    timers.uninstall()
  })
  return {
    held,
    told: () => events.splice(0),
    pass: (seconds) => {
      timers.tick(seconds * 1000)
    },
    now
  }
}

const cdn = 'media'
const [a, b, c] = [ringKey('a'), ringKey('b'), ringKey('c')]

t.test('tells what a load brought, and when a key that came has settled', async (t) => {
  const { held, told, pass, now } = open(t, 600)
  const signing = (): string | undefined => held.signingKey(now(), now() + 100)?.identity
  held.take([a])
  t.same(told(), [{ event: 'loaded', cdn, ids: ['a'], changed: true, source: 'file' }])
  held.take([a])
  t.same(told(), [{ event: 'loaded', cdn, ids: ['a'], changed: false, source: 'file' }])
  pass(100)
  held.take([b, a])
  const waiting = { event: 'waiting', cdn, id: 'b', from: 1700, signing: 'a' }
  t.same(told(), [
    { event: 'loaded', cdn, ids: ['b', 'a'], changed: true, source: 'file' },
    waiting
  ])
  held.take([b, a])
  t.same(told().map(({ event }) => event), ['loaded'], 'it is told once')
  pass(599)
  t.same([signing(), told()], ['a', []])
  pass(1)
  t.same(told(), [{ event: 'rotated', cdn, id: 'b', previous: 'a', settled: true }])
  t.match([signing(), held.signing()], ['b', { key: { identity: 'b' }, since: 1700 }])
})

t.test('of the first load the key listed last signs until the others have settled', async (t) => {
  const { held, told, pass } = open(t, 600)
  held.take([a, b, c])
  t.same(told()[1], { event: 'waiting', cdn, id: 'a', from: 1600, signing: 'c' })
  t.match(held.signing(), { key: { identity: 'c' }, since: 1000 })
  pass(600)
  t.same(told(), [{ event: 'rotated', cdn, id: 'a', previous: 'c', settled: true }])
})

t.test('warns of a key that signs before it has settled, for it is alone', async (t) => {
  const { held, told, pass, now } = open(t, 600)
  held.take([a])
  held.signingKey(now(), now() + 100)
  held.signingKey(now(), now() + 90)
  told()
  pass(20)
  held.take([b])
  t.same(told(), [
    { event: 'loaded', cdn, ids: ['b'], changed: true, source: 'file' },
    { event: 'dropped', cdn, id: 'a', until: 1100 },
    { event: 'rotated', cdn, id: 'b', previous: 'a', settled: false }
  ])
  held.take([a])
  t.same(told().slice(1), [
    { event: 'dropped', cdn, id: 'b' },
    { event: 'rotated', cdn, id: 'a', previous: 'b', settled: false }
  ], 'a key that has left settles anew when it comes again')
})

t.test('tells when a key begins, and when the last can sign no more', async (t) => {
  const { held, told, pass } = open(t, 0)
  const late = ringKey('late', { notBefore: 1500, notAfter: 2600 })
  held.take([late])
  t.same(told().length, 1)
  t.equal(held.signing(), undefined)
  pass(500)
  t.same(told(), [{ event: 'rotated', cdn, id: 'late', settled: true }])
  pass(749)
  t.same(told(), [])
  pass(1)
  t.same(told(), [{ event: 'running-out', cdn, id: 'late', until: 2500, over: false }])
  pass(250)
  t.match(held.signing(), { key: { identity: 'late' } })
  pass(1)
  t.same(told(), [{ event: 'running-out', cdn, id: 'late', until: 2500, over: true }])
  t.equal(held.signing(), undefined)
  t.equal(held.signingKey(2502, 2602), undefined)
})

t.test('what is signed ahead rotates nothing', async (t) => {
  const { held, told } = open(t, 600)
  held.take([a])
  held.take([b, a])
  told()
  t.equal(held.signingKey(1600, 1700)?.identity, 'b')
  t.match(held.signing(), { key: { identity: 'a' } })
  t.same(told(), [])
})
