import { isFields } from '../../input/fields.js'
import type { RefusalCode } from '../refusal-codes.js'

/** Why the text of a policy can't be read as one, as far as it can be told. */
export function policyFault (text: string): { code: RefusalCode, hint: string } {
  const statement = readStatement(text)
  const condition = isFields(statement?.['Condition']) ? statement['Condition'] : {}
  const times = ['DateLessThan', 'DateGreaterThan'].map((name) => {
    const record = condition[name]
    return isFields(record) ? record['AWS:EpochTime'] : undefined
  })
  if (times.some((time) => typeof time === 'string')) {
    return { code: 'time-unreadable', hint: ' A time in it is a text and no number.' }
  }
  if (times.some((time) => typeof time === 'number' && !Number.isSafeInteger(time))) {
    return { code: 'time-unreadable', hint: ' A time in it has a fraction.' }
  }
  return { code: 'policy-unreadable', hint: '' }
}

function readStatement (text: string): Record<string, unknown> | undefined {
  try {
    const policy: unknown = JSON.parse(text)
    const [statement] = isFields(policy) ? [policy['Statement']].flat() : []
    return isFields(statement) ? statement : undefined
  } catch {
    return undefined
  }
}
