import t from 'tap'
import {
  checkFields,
  clock,
  flag,
  given,
  isFields,
  isName,
  oneOf,
  readElsewhere,
  text,
  type Rule
} from '../../src/input/fields.js'

const rules = { ready: flag, size: oneOf('s', 'm', 'l'), note: text, any: readElsewhere }

t.test('takes known fields as their rules say', async (t) => {
  const full = { ready: true, size: 'm', note: 'x', any: Symbol('x') }
  for (const options of [{}, full, { ready: undefined, size: undefined }]) {
    t.doesNotThrow(() => checkFields(options, 'box', rules))
  }
})

t.test('refuses by name what it does not know, a name of every object among it', async (t) => {
  for (const field of ['colour', 'toString', '__proto__', 'constructor']) {
    const options = JSON.parse(`{ ${JSON.stringify(field)}: 1 }`)
    t.throws(() => checkFields(options, 'box', rules), {
      code: 'CDN_ACCESS_OPTION_UNKNOWN',
      message: `box has no option "${field}": it takes ready, size, note, any`
    })
  }
})

t.test('says what a value must be, and where it stands', async (t) => {
  const refused = (options: object, within?: string): string => {
    try {
      checkFields(options, 'box', rules, within)
      return 'nothing'
    } catch (error) {
      return (error as Error).message
    }
  }
  t.equal(refused({ ready: 1 }), 'Option "ready" must be true or false')
  t.equal(refused({ size: 'xl' }, 'box.lid'), 'Option "box.lid.size" must be "s", "m" or "l"')
  t.equal(refused({ note: '' }), 'Option "note" must be a non-empty string, or left out')
})

t.test('knows what can be an object of options, a clock, a name', async (t) => {
  const taken = (rule: Rule['holds'], values: unknown[]): unknown[] => values.filter(rule)
  t.same(taken(isFields, [{}, [], null, 7, 'x']), [{}])
  t.same(taken(clock.holds, [Date.now, 7, undefined]), [Date.now])
  const longest = 'a'.repeat(64)
  t.same(taken(isName, ['a_B-9', '', 'a b', longest, `${longest}a`, 7]), ['a_B-9', longest])
})

t.test('leaves out what is undefined, and nothing else', async (t) => {
  t.strictSame(given({ a: undefined, b: null, c: 0, d: false }), { b: null, c: 0, d: false })
})
