import type { ParseArgsConfig } from 'node:util'
import type { CommandHelp } from './help.js'
import { UsageError } from './usage-error.js'

// An import of node:util would load all that it exports, which takes longer than to parse.
const { parseArgs } = process.getBuiltinModule('node:util')

/** What a command was given. */
export interface Arguments {
  readonly positionals: readonly string[]
  /** The texts of options, each with all that was given for it. */
  readonly texts: ReadonlyMap<string, readonly string[]>
  readonly flags: ReadonlySet<string>
}

/** Names under which people give signing keys. */
const keyFlag =
  /^--?(?:(?:private|signing|shared|token)?-?key(?:-?(?:text|pem))?|secret|pass\w+|salt)(?:=|$)/i

/**
 * Reads a command's arguments by its help, which names every option.
 *
 * @throws UsageError
 */
export function readArguments (argv: readonly string[], { options }: CommandHelp): Arguments {
  const flag = argv.find((argument) => keyFlag.test(argument))
  if (flag !== undefined) {
    throw new UsageError(
      `${flag.split('=', 1)[0]!} is refused: a signing key is never given as an argument, which ` +
        'shells keep and every user of the machine can read. Put it into a file or a variable, ' +
        'CDN_ACCESS_PRIVATE_KEY_FILE or CDN_ACCESS_PRIVATE_KEY, or into the module of --config'
    )
  }
  const config = Object.fromEntries(options.map(({ name, value }) => [
    name,
    value === undefined ? { type: 'boolean' } : { type: 'string', multiple: true }
  ])) as NonNullable<ParseArgsConfig['options']>
  const { values, positionals } = parse(argv, config)
  const given = Object.entries(values) as Array<[string, boolean | string[]]>
  return {
    positionals,
    texts: new Map(given.flatMap(([name, value]) => Array.isArray(value) ? [[name, value]] : [])),
    flags: new Set(given.flatMap(([name, value]) => value === true ? [name] : []))
  }
}

/** The one text of an option; undefined where it was not given. */
export function textOf ({ texts }: Arguments, name: string): string | undefined {
  const [text, ...more] = texts.get(name) ?? []
  if (more.length > 0) throw new UsageError(`--${name} is given ${more.length + 1} times`)
  return text
}

/** Node's own words name the option, and what else it says is for programmers. */
function parse (
  argv: readonly string[],
  options: NonNullable<ParseArgsConfig['options']>
): { values: object, positionals: string[] } {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true })
  } catch (error) {
    const { message } = error as Error
    throw new UsageError(message.split(/\. |\n/, 1)[0])
  }
}
