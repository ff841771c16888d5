import t from 'tap'
import { policyFault } from '../../../src/cdn/cloudfront/policy-fault.js'

const policy = (condition: unknown): string =>
  JSON.stringify({ Statement: [{ Resource: '*', Condition: condition }] })

t.test('finds times that are text or fractions', async (t) => {
  const time = (end: unknown): unknown => ({ DateLessThan: { 'AWS:EpochTime': end } })
  t.match(policyFault(policy(time('9'))), { code: 'time-unreadable', hint: /text/ })
  t.match(policyFault(policy(time(9.5))), { code: 'time-unreadable', hint: /fraction/ })
  t.match(policyFault(policy(time(9))), { code: 'policy-unreadable', hint: '' })
})

t.test('says no more of anything else', async (t) => {
  for (const text of ['', '7', '{}', '{"Statement":[7]}', policy(7), policy({ DateLessThan: 7 })]) {
    t.same(policyFault(text), { code: 'policy-unreadable', hint: '' }, text)
  }
})
