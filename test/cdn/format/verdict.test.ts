import t from 'tap'
import type { Check, Verdict } from '../../../src/cdn/cdn.js'
import { refusalFixes } from '../../../src/cdn/refusal-codes.js'
import { noAccess, verdict } from '../../../src/cdn/format/verdict.js'

t.test('checks that all pass allow with 200', async (t) => {
  t.strictSame(
    await verdict(403, (list) => {
      list.pass('a', 'fine')
      list.pass('b', 'fine too')
    }),
    {
      allowed: true,
      status: 200,
      checks: [{ name: 'a', ok: true, detail: 'fine' }, { name: 'b', ok: true, detail: 'fine too' }]
    }
  )
})

t.test('the first refusal ends them, with the fix that its code has', async (t) => {
  let reached = false
  const refused = await verdict(403, async (list) => {
    list.pass('a', 'fine')
    await Promise.resolve()
    list.refuse('b', 'expired', 'odd')
    reached = true
  })
  t.strictSame(refused, {
    allowed: false,
    status: 403,
    checks: [
      { name: 'a', ok: true, detail: 'fine' },
      { name: 'b', ok: false, detail: 'odd', code: 'expired', fix: refusalFixes.expired }
    ]
  })
  t.notOk(reached)
  const { checks } = await verdict(403, (list) => {
    list.refuse('b', 'expired', 'odd', { expected: 'one', found: 'two', fix: 'another' })
  })
  t.match(checks, [{ code: 'expired', expected: 'one', found: 'two', fix: 'another' }])
})

t.test('finished checks are taken over, and end where one of them failed', async (t) => {
  const passed = { name: 'a', ok: true, detail: 'fine' }
  const failed = { name: 'b', ok: false, detail: 'odd', code: 'x' }
  const verdictOf = async (...checks: Check[]): Promise<Verdict> =>
    verdict(401, (list) => {
      list.take(checks)
    })
  t.strictSame(await verdictOf(passed), { allowed: true, status: 200, checks: [passed] })
  t.strictSame(await verdictOf(passed, failed), {
    allowed: false,
    status: 401,
    checks: [passed, failed]
  })
})

t.test('an error of another kind is no verdict', async (t) => {
  await t.rejects(
    verdict(403, () => {
      throw new TypeError('broken')
    }),
    new TypeError('broken')
  )
})

t.test('a request without access is asked where the cookies may have been lost', async (t) => {
  t.equal(
    noAccess('no cookie token', 'the cookie\'s'),
    'The request has no cookie token: is this path granted, was access issued, ' +
      'and do the cookie\'s Domain and Path cover this request?'
  )
})

t.test('a suspicion stands in every later refusal, and in no check that passes', async (t) => {
  const { checks } = await verdict(403, (list) => {
    list.pass('a', 'fine')
    list.suspect(' One thing.')
    list.suspect(' And another.')
    list.pass('b', 'fine')
    list.refuse('c', 'expired', 'odd.')
  })
  t.same(checks.map(({ detail }) => detail), ['fine', 'fine', 'odd. One thing. And another.'])
})

t.test('what an edge can\'t know is a 503, also in checks that are taken over', async (t) => {
  const unknown = await verdict(403, (list) => {
    list.unavailable('store', 'revocation-unknown', 'No answer.')
  })
  t.strictSame(unknown, {
    allowed: false,
    status: 503,
    checks: [{
      name: 'store',
      ok: false,
      detail: 'No answer.',
      code: 'revocation-unknown',
      fix: refusalFixes['revocation-unknown']
    }]
  })
  const { status } = await verdict(403, (list) => {
    list.take(unknown.checks, unknown.status)
  })
  t.equal(status, 503)
})
