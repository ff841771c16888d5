import { rm, writeFile } from 'node:fs/promises'
import { parseStaticPath } from '../cdn/cdn-path.js'
import type { Cdn } from '../cdn/cdn.js'
import type { KeyRing } from '../key-ring/key-ring.js'
import type { EpochSeconds } from '../time.js'
import { textOf, type Arguments } from './arguments.js'
import type { ExitCode } from './command.js'
import { openKeys, readConfiguration } from './configuration.js'
import { testEvent } from './edge-event.js'
import { edgeFile, type EdgeRuntime } from './edge-file.js'
import { edgeKeys, readVerifier, storedKeys } from './edge-keys.js'
import { edgeSteps } from './edge-steps.js'
import { paintFor, secondOf, type Terminal } from './terminal.js'
import { UsageError } from './usage-error.js'

/** How long the cookie of a test event is good, in seconds. */
const eventLife = 3600
const eventPath = '/cdn-access-test'

/** `edge`: the file for a runtime at the edge, and on the error output what to do with it. */
export async function edgeCommand (given: Arguments, terminal: Terminal): Promise<ExitCode> {
  const runtime = runtimeOf(given)
  const configuration = await readConfiguration(given, terminal)
  const cdn = configuration?.cdns.find((each) => readVerifier(each) !== undefined)
  if (configuration === undefined || cdn === undefined) {
    throw new UsageError(
      'There is no CDN of common-access-token: set CDN_ACCESS_CDN and the variables beside it, ' +
        'or give --config'
    )
  }
  const rings = await openKeys({ ...configuration, cdns: [cdn] }, terminal)
  try {
    await writeEdge({ runtime, cdn, ring: rings.get(cdn.name)! }, given, terminal)
    return 0
  } finally {
    for (const ring of rings.values()) ring.close()
  }
}

function runtimeOf ({ positionals: [name = '', ...more] }: Arguments): EdgeRuntime {
  if (!Object.hasOwn(edgeSteps, name) || more.length > 0) {
    throw new UsageError(`Name one runtime: ${Object.keys(edgeSteps).join(', ')}`)
  }
  return name as EdgeRuntime
}

async function writeEdge (
  { runtime, cdn, ring }: { runtime: EdgeRuntime, cdn: Cdn, ring: KeyRing },
  given: Arguments,
  terminal: Terminal
): Promise<void> {
  const now = secondOf(terminal)
  const accepted = ring.accepted(now)
  const keys = edgeKeys(runtime, accepted)
  const verifier = readVerifier(cdn)!
  const text = await edgeFile(runtime, {
    ...verifier,
    origins: originsOf(given),
    ...(runtime === 'lambda-at-edge' ? { keys } : {})
  })
  const [out, keysFile, eventFile] = ['out', 'keys', 'event'].map((name) => textOf(given, name))
  if (eventFile !== undefined && runtime !== 'cloudfront-function') {
    throw new UsageError('--event is for cloudfront-function, which alone is tried with one')
  }
  if (keysFile !== undefined && runtime === 'lambda-at-edge') {
    throw new UsageError('--keys is for a runtime with a place for secrets: they are in the file')
  }
  const event = eventFile === undefined
    ? ''
    : await eventText(cdn, ring, { host: verifier.host, now })
  await writeNew([
    { path: keysFile, text: storedKeys(runtime, keys), secret: true },
    { path: eventFile, text: event, secret: true },
    { path: out, text, secret: runtime === 'lambda-at-edge' }
  ])
  if (out === undefined) terminal.out(text)
  const files = {
    out: out ?? `${runtime}.js`,
    keys: keysFile ?? 'keys.json',
    event: eventFile ?? 'event.json'
  }
  const paint = paintFor(terminal)
  const steps = edgeSteps[runtime](files).map(({ words, command }, index) => {
    const step = `${index + 1}. ${words}`
    return command === undefined ? step : `${step}\n   ${paint.strong(command)}`
  })
  const ids = accepted.map(({ id }) => id).join(', ')
  terminal.err(`For the keys ${ids} of ${cdn.name}, at ${cdn.url}:\n\n${steps.join('\n')}\n`)
}

/** Pages are named by what browsers call their origin. */
function originsOf ({ texts }: Arguments): readonly string[] {
  const origins = texts.get('origin') ?? []
  const odd = origins.find((text) => !URL.canParse(text) || new URL(text).origin !== text)
  if (odd !== undefined) {
    throw new UsageError(
      '--origin must be a scheme, a host and a port alone, https://www.example.com'
    )
  }
  return origins
}

/** An event with a cookie that is good for an hour. */
async function eventText (
  cdn: Cdn,
  ring: KeyRing,
  { host, now }: { host: string, now: EpochSeconds }
): Promise<string> {
  const grant = { paths: [parseStaticPath('/*')], expiresAt: now + eventLife, issuedAt: now }
  const { key } = ring.signingKey(now, grant.expiresAt)
  const cookies = await cdn.sign(grant, key)
  return `${JSON.stringify(testEvent({ host, path: eventPath, cookies }), null, 2)}\n`
}

interface NewFile {
  /** Undefined where it is not asked for. */
  readonly path: string | undefined
  readonly text: string
  readonly secret: boolean
}

/**
 * All of them or none, and never over a file that is there; what is secret is for its owner alone.
 */
async function writeNew (files: readonly NewFile[]): Promise<void> {
  const written: string[] = []
  try {
    for (const { path, text, secret } of files) {
      if (path === undefined) continue
      await writeOne(path, text, secret ? 0o600 : 0o644)
      written.push(path)
    }
  } catch (error) {
    await Promise.all(written.map((path) => rm(path)))
    throw error
  }
}

async function writeOne (path: string, text: string, mode: number): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx', mode })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new UsageError(
      code === 'EEXIST'
        ? `${path} is there already and is not written over`
        : `${path} can't be written: ${code}`
    )
  }
}
