import { readFile } from 'node:fs/promises'
import type { Check } from '../cdn/cdn.js'
import { distributionId } from '../key-ring/aws/distribution.js'
import { secondsOf } from '../time.js'
import { textOf, type Arguments } from './arguments.js'
import { expiredCookies } from './broken-cookies.js'
import type { ExitCode } from './command.js'
import { readConfiguration } from './configuration.js'
import { examineDistribution } from './distribution-examination.js'
import { examine } from './examination.js'
import { checkLines } from './explanation-text.js'
import { probeSite } from './probe.js'
import { paintFor, type Terminal } from './terminal.js'
import { UsageError } from './usage-error.js'

/** `doctor`: is the configuration one that can work, and does the site do what it says? */
export async function doctorCommand (given: Arguments, terminal: Terminal): Promise<ExitCode> {
  if (given.positionals.length > 0) throw new UsageError('doctor takes options alone')
  const [api, file, page] = ['api', 'file', 'page'].map((name) => urlOf(given, name))
  const id = distributionOf(given)
  const configuration = await readConfiguration(given, terminal)
  if (configuration === undefined && id !== undefined) {
    throw new UsageError(
      '--distribution needs a configuration to compare: set CDN_ACCESS_CDN and the others, or give ' +
        '--config'
    )
  }
  const probes = given.flags.has('probe')
  if (configuration === undefined && !probes) {
    throw new UsageError(
      'Nothing to check: set CDN_ACCESS_CDN and the others, give --config, or --probe'
    )
  }
  const now = secondsOf(terminal.now)
  const checks = configuration === undefined
    ? []
    : await examine(configuration, { api, page, now })
  if (configuration !== undefined && id !== undefined) {
    checks.push(...await examineDistribution(id, configuration, now))
  }
  if (probes) {
    if (api === undefined || file === undefined) {
      throw new UsageError('--probe needs --api and --file: what it asks')
    }
    const headers = await viewerHeaders(given, terminal)
    const cdns = configuration?.cdns.map(({ url }) => url) ?? []
    const expired = await expiredCookies(configuration, file, terminal)
    const asked = { api, file, page: page ?? api, headers, cdns, expired, now: terminal.now }
    checks.push(...await probeSite(asked))
  }
  print(checks, given, terminal)
  return checks.every(({ ok }) => ok) ? 0 : 1
}

function urlOf (given: Arguments, name: string): URL | undefined {
  const text = textOf(given, name)
  if (text === undefined) return undefined
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
    throw new UsageError(`--${name} must be a whole URL, with http:// or https://`)
  }
  return new URL(text)
}

function distributionOf (given: Arguments): string | undefined {
  const id = textOf(given, 'distribution')
  if (id !== undefined && !distributionId.holds(id)) {
    throw new UsageError(`--distribution must be ${distributionId.words}`)
  }
  return id
}

/** A viewer's headers are secrets too: they come from a file or a variable, never from a flag. */
async function viewerHeaders (
  given: Arguments,
  { env }: Terminal
): Promise<Record<string, string>> {
  const file = textOf(given, 'headers-from')
  const text = file === undefined ? env['CDN_ACCESS_PROBE_HEADERS'] ?? '' : await read(file)
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '')
  return Object.fromEntries(lines.map((line) => {
    const [, name, value] = /^([\w-]+):\s*(.*)$/.exec(line) ?? []
    if (name === undefined) {
      throw new UsageError('A line of the viewer\'s headers is not "name: value"')
    }
    return [name.toLowerCase(), value!]
  }))
}

async function read (file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new UsageError(
      `The file of --headers-from can't be read: ${(error as NodeJS.ErrnoException).code}`
    )
  }
}

function print (checks: readonly Check[], given: Arguments, terminal: Terminal): void {
  const healthy = checks.every(({ ok }) => ok)
  if (given.flags.has('json')) {
    terminal.out(`${JSON.stringify({ healthy, checks }, null, 2)}\n`)
    return
  }
  const paint = paintFor(terminal)
  const bad = checks.filter(({ ok }) => !ok).length
  const verdict = healthy
    ? paint.good('✓ healthy')
    : paint.bad(`✗ ${bad} of ${checks.length} checks failed`)
  const lines = checks.flatMap((check) => checkLines(check, paint))
  terminal.out([verdict, ...lines, ''].join('\n'))
}
