import { existsSync } from 'node:fs'
import { mkdir, unlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { defaultPrefix } from '../config/env.js'
import { textOf, type Arguments } from './arguments.js'
import type { ExitCode } from './command.js'
import { shellWord } from './shell-word.js'
import { paintFor, type Terminal } from './terminal.js'
import { UsageError } from './usage-error.js'
import { lettersFirst, vendorKeys, type KeyFile, type VendorKeys } from './vendor-keys.js'

/** `keygen`: new keys in files, and the steps at the vendor. */
export async function keygenCommand (given: Arguments, terminal: Terminal): Promise<ExitCode> {
  const [cdn = '', ...more] = given.positionals
  const make = Object.hasOwn(vendorKeys, cdn) ? vendorKeys[cdn] : undefined
  if (make === undefined || more.length > 0) {
    const found = make === undefined && /^[\w-]{1,40}$/.test(cdn) ? `, which "${cdn}" is not` : ''
    throw new UsageError(`Name one CDN${found}: ${Object.keys(vendorKeys).join(', ')}`)
  }
  const { name = 'cdn-access', type = 'ec' } = {
    name: textOf(given, 'name'),
    type: textOf(given, 'type')
  }
  const first = lettersFirst.has(cdn)
    ? { shape: /^[a-z]/i, words: 'a letter' }
    : { shape: /^[a-z\d]/i, words: 'a letter or a digit' }
  if (!first.shape.test(name) || !/^[\w-]{1,63}$/.test(name)) {
    throw new UsageError(`--name must be 1 to 63 of A-Z a-z 0-9 _ -, ${first.words} first`)
  }
  if (type !== 'ec' && type !== 'rsa') throw new UsageError('--type must be ec or rsa')
  if (type === 'rsa' && cdn !== 'cloudfront') {
    throw new UsageError(`--type is for cloudfront alone: ${cdn} takes one kind of key`)
  }
  const folder = textOf(given, 'out') ?? '.'
  const made = make({ stem: join(folder, name), name, type })
  await writeAll(folder, made.files)
  terminal.out(given.flags.has('json') ? asJson(made) : asText(made, terminal))
  return 0
}

/** All or none: a key pair of which one half is an earlier one would refuse every viewer. */
async function writeAll (folder: string, files: readonly KeyFile[]): Promise<void> {
  const written: string[] = []
  try {
    await mkdir(folder, { recursive: true })
    for (const { path, text, secret } of files) {
      // "wx" takes no file that is there, nor one behind a link that is.
      await writeFile(path, text, { flag: 'wx', mode: secret ? 0o600 : 0o644 })
      written.push(path)
    }
  } catch (error) {
    for (const own of written) await unlink(own)
    const { code } = error as NodeJS.ErrnoException
    const { path } = files[written.length]!
    throw new UsageError(
      code === 'EEXIST' && existsSync(path)
        ? `${path} is there already and is not written over: take another --name, or another ` +
          'folder with --out'
        : `The files can't be written into ${folder}: ${code}`
    )
  }
}

function asText ({ files, steps, variables }: VendorKeys, terminal: Terminal): string {
  const paint = paintFor(terminal)
  return [
    ...files.map(({ path, secret }) =>
      `${paint.good('wrote')} ${path}${secret ? '  (keep it secret)' : ''}`
    ),
    '',
    ...steps.flatMap(({ words, command }, index) => [
      `${index + 1}. ${words}`,
      ...command === undefined ? [] : [`   ${paint.strong(command)}`]
    ]),
    `${steps.length + 1}. Give it to the API, and to the other commands:`,
    ...variableLines(variables).map((line) => `   ${line}`),
    ''
  ].join('\n')
}

function asJson ({ files, steps, variables }: VendorKeys): string {
  const shown = {
    files: files.map(({ path, secret }) => ({ path: resolve(path), secret })),
    steps,
    variables: Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [defaultPrefix + name, value])
    )
  }
  return `${JSON.stringify(shown, null, 2)}\n`
}

function variableLines (variables: VendorKeys['variables']): string[] {
  return Object.entries(variables).map(([name, value]) =>
    `${defaultPrefix}${name}=${name === 'PRIVATE_KEY_FILE' ? shellWord(value) : value}`
  )
}
