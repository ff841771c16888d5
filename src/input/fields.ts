import * as errors from '../errors.js'

/** What the value of a field must be: the test, and the words for it in an error. */
export interface Rule {
  readonly holds: (value: unknown) => boolean
  readonly words: string
}

/** Every field that an object may have. */
export type Rules = Readonly<Record<string, Rule>>

/** A field that its owner reads by itself, with errors of its own. */
export const readElsewhere: Rule = { holds: () => true, words: '' }

export const flag: Rule = { holds: (value) => typeof value === 'boolean', words: 'true or false' }

export const text: Rule = {
  holds: (value) => typeof value === 'string' && value !== '',
  words: 'a non-empty string, or left out'
}

export const clock: Rule = {
  holds: (value) => typeof value === 'function',
  words: 'a function like Date.now'
}

export function oneOf (...values: readonly string[]): Rule {
  const quoted = values.map((value) => `"${value}"`)
  const last = quoted.slice(-2).join(' or ')
  return {
    holds: (value) => values.includes(value as string),
    words: [...quoted.slice(0, -2), last].join(', ')
  }
}

/**
 * Checks the fields of an object of options: none that is unknown, and each as its rule says. A
 * field that is undefined counts as left out. `owner` is who takes the options; `within` the option
 * that holds them, where they are nested.
 *
 * @throws CDN_ACCESS_OPTION_UNKNOWN, CDN_ACCESS_OPTION_INVALID
 */
export function checkFields (options: object, owner: string, rules: Rules, within?: string): void {
  for (const [field, value] of Object.entries(options)) {
    const rule = Object.hasOwn(rules, field) ? rules[field] : undefined
    if (rule === undefined) {
      throw new errors.CDN_ACCESS_OPTION_UNKNOWN(owner, field, Object.keys(rules).join(', '))
    }
    if (value !== undefined && !rule.holds(value)) {
      const option = within === undefined ? field : `${within}.${field}`
      throw new errors.CDN_ACCESS_OPTION_INVALID(option, rule.words)
    }
  }
}

/** True of an object that can hold options: neither null nor an array. */
export function isFields (value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The fields that have a value. */
export function given<Fields extends object> (fields: Fields): Given<Fields> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as Given<Fields>
}

export type Given<Fields> = { [Field in keyof Fields]?: Exclude<Fields[Field], undefined> }

/** True of what can name a CDN or a registration, for it becomes part of a cookie's name. */
export function isName (name: unknown): name is string {
  return typeof name === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(name)
}
