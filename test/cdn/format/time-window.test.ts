import t from 'tap'
import type { Check } from '../../../src/cdn/cdn.js'
import { checkEnd, checkStart } from '../../../src/cdn/format/time-window.js'
import { verdict, type Checklist } from '../../../src/cdn/format/verdict.js'

async function last (run: (list: Checklist) => void): Promise<Check | undefined> {
  return (await verdict(403, run)).checks.at(-1)
}

t.test('access is over from its end on', async (t) => {
  const at = async (now: number): Promise<unknown> => last((list) => checkEnd(list, 9, now))
  t.match(await at(8), { ok: true, detail: 'Access ends in 1 s.' })
  t.match(await at(9), {
    ok: false,
    code: 'expired',
    detail: 'Access ended 0 s ago.',
    expected: 'before 1970-01-01T00:00:09Z',
    found: '1970-01-01T00:00:09Z'
  })
})

t.test('access begins with its first second', async (t) => {
  const at = async (now: number, first?: number): Promise<unknown> =>
    last((list) => checkStart(list, first === undefined ? { start: 5 } : { start: 5, first }, now))
  t.match(await at(5), { ok: true, detail: 'Access began 0 s ago.' })
  t.match(await at(5, 6), { ok: false, code: 'not-begun', detail: 'Access begins in 1 s.' })
  t.match(await at(6, 6), { ok: true, detail: 'Access began 1 s ago.' })
})
