import t from 'tap'
import { createHeldKeys } from '../../src/key-ring/held-keys.js'
import { reportKeys, type KeyRingReport } from '../../src/key-ring/key-report.js'
import { ringKey } from '../fixtures/ring-keys.js'

const facts = { cdn: 'media', source: 'array' } as const

function report (keys: ReadonlyArray<ReturnType<typeof ringKey>>): KeyRingReport {
  const held = createHeldKeys({
    source: 'file',
    cdn: 'media',
    settle: 0,
    ttl: 100,
    now: () => 1000,
    tell: () => undefined
  })
  held.take(keys)
  held.close()
  return reportKeys(held, facts)
}

t.test('says who signs, since and until when, and nothing that is not there', async (t) => {
  const times = { firstSeenAt: 1000, settledAt: 1000 }
  t.strictSame(report([ringKey('a', { notBefore: 900, notAfter: 2000, type: 'EC' })]), {
    ...facts,
    keys: [
      { id: 'a', type: 'EC', signs: true, canSign: true, ...times, notBefore: 900, notAfter: 2000 }
    ],
    signing: { id: 'a', since: 1000 },
    until: 1900
  })
  t.strictSame(report([ringKey('b', { canSign: false })]), {
    ...facts,
    keys: [{ id: 'b', signs: false, canSign: false, ...times }]
  })
  t.strictSame(report([]), { ...facts, keys: [] })
})

t.test('is frozen all the way down', async (t) => {
  const made = report([ringKey('a')])
  for (const part of [made, made.keys, made.keys[0], made.signing]) t.ok(Object.isFrozen(part))
})
