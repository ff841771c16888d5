import type { Arguments } from './arguments.js'
import type { Terminal } from './terminal.js'

/** 0: allowed, healthy; 1: refused, unhealthy; 2: called in a way that can't work. */
export type ExitCode = 0 | 1 | 2

/** Does what a command is for. */
export type Command = (given: Arguments, terminal: Terminal) => Promise<ExitCode>
