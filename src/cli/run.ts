import { readArguments } from './arguments.js'
import type { Command, ExitCode } from './command.js'
import { commands, helpOf, overview } from './help.js'
import type { Terminal } from './terminal.js'

/**
 * Each command's code is loaded when it is used, from a bundle of its own: most need neither keys
 * nor factories.
 */
const loaders: Readonly<Record<string, () => Promise<Command>>> = {
  explain: async () => (await import('./explain.js')).explainCommand,
  inspect: async () => (await import('./inspect.js')).inspectCommand,
  keygen: async () => (await import('./keygen.js')).keygenCommand,
  sign: async () => (await import('./sign.js')).signCommand,
  doctor: async () => (await import('./doctor.js')).doctorCommand,
  edge: async () => (await import('./edge.js')).edgeCommand
}

/** Runs a command line; what it prints goes to the terminal. */
export async function run (argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const [name, ...rest] = argv
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    terminal.out(overview())
    return name === undefined ? 2 : 0
  }
  const command = commands.find((each) => each.name === name)
  if (command === undefined) {
    terminal.err(`There is no command ${JSON.stringify(name)}.\n\n${overview()}`)
    return 2
  }
  try {
    const given = readArguments(rest, command)
    if (given.flags.has('help')) {
      terminal.out(helpOf(command))
      return 0
    }
    return await (await loaders[name]!())(given, terminal)
  } catch (error) {
    return failed(error, name, terminal)
  }
}

/** The package's own errors say what to do; any other is a fault, and thrown on. */
function failed (error: unknown, name: string, terminal: Terminal): ExitCode {
  const { name: kind, message, code } = error as Error & { code?: unknown }
  // By its name: each bundle has a class of its own.
  if (kind === 'UsageError') {
    terminal.err(`${message}.\nSee cdn-access ${name} --help\n`)
    return 2
  }
  if (typeof code === 'string' && code.startsWith('CDN_ACCESS_')) {
    terminal.err(`${message}.\n(${code})\n`)
    return 2
  }
  throw error
}
