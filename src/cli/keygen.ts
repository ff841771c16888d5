import { unlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { defaultPrefix } from '../config/env.js'
import { textOf, type Arguments } from './arguments.js'
import type { ExitCode } from './command.js'
import { paintFor, type Terminal } from './terminal.js'
import { UsageError } from './usage-error.js'
import { vendorKeys, type KeyFile, type VendorKeys } from './vendor-keys.js'

/** `keygen`: new keys in files, and the steps at the vendor. */
export async function keygenCommand (given: Arguments, terminal: Terminal): Promise<ExitCode> {
  const [cdn = '', ...more] = given.positionals
  const make = Object.hasOwn(vendorKeys, cdn) ? vendorKeys[cdn] : undefined
  if (make === undefined || more.length > 0) {
    throw new UsageError(`Name one CDN: ${Object.keys(vendorKeys).join(', ')}`)
  }
  const { name = 'cdn-access', type = 'ec' } = {
    name: textOf(given, 'name'),
    type: textOf(given, 'type')
  }
  if (!/^[a-z][\w-]{0,62}$/i.test(name)) {
    throw new UsageError('--name must be 1 to 63 of A-Z a-z 0-9 _ -, a letter first')
  }
  if (type !== 'ec' && type !== 'rsa') throw new UsageError('--type must be ec or rsa')
  if (type === 'rsa' && cdn !== 'cloudfront') {
    throw new UsageError(`--type is for cloudfront alone: ${cdn} takes one kind of key`)
  }
  const folder = textOf(given, 'out') ?? '.'
  const made = make({ name, type })
  await writeAll(folder, made.files)
  terminal.out(given.flags.has('json') ? asJson(made, folder) : asText(made, folder, terminal))
  return 0
}

/** All or none: a key pair of which one half is an earlier one would refuse every viewer. */
async function writeAll (folder: string, files: readonly KeyFile[]): Promise<void> {
  const written: string[] = []
  for (const { name, text, secret } of files) {
    const path = join(folder, name)
    try {
      // "wx" takes no file that is there, nor one behind a link that is.
      await writeFile(path, text, { flag: 'wx', mode: secret ? 0o600 : 0o644 })
      written.push(path)
    } catch (error) {
      for (const own of written) await unlink(own)
      const { code } = error as NodeJS.ErrnoException
      throw new UsageError(
        code === 'EEXIST'
          ? `${name} is there already and is not written over: take another --name, or another ` +
            'folder with --out'
          : `The files can't be written into ${folder}: ${code}`
      )
    }
  }
}

function asText (
  { files, steps, variables }: VendorKeys,
  folder: string,
  terminal: Terminal
): string {
  const paint = paintFor(terminal)
  return [
    ...files.map(({ name, secret }) =>
      `${paint.good('wrote')} ${join(folder, name)}${secret ? '  (keep it secret)' : ''}`
    ),
    '',
    ...steps.flatMap(({ words, command }, index) => [
      `${index + 1}. ${words}`,
      ...command === undefined ? [] : [`   ${paint.strong(command)}`]
    ]),
    `${steps.length + 1}. Give it to the API, and to the other commands:`,
    ...variableLines(variables, folder).map((line) => `   ${line}`),
    ''
  ].join('\n')
}

function asJson ({ files, steps, variables }: VendorKeys, folder: string): string {
  const shown = {
    files: files.map(({ name, secret }) => ({ path: resolve(folder, name), secret })),
    steps,
    variables: Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [defaultPrefix + name, value])
    )
  }
  return `${JSON.stringify(shown, null, 2)}\n`
}

function variableLines (variables: VendorKeys['variables'], folder: string): string[] {
  return Object.entries(variables).map(([name, value]) =>
    `${defaultPrefix}${name}=${name === 'PRIVATE_KEY_FILE' ? join(folder, value) : value}`
  )
}
