import { readFile } from 'node:fs/promises'
import { UsageError } from './usage-error.js'

/** What runs at an edge, by its name on the command line. */
export type EdgeRuntime = 'cloudflare-worker' | 'lambda-at-edge' | 'cloudfront-function'

/** What a verifier is told of the CDN that it stands before. */
export interface EdgeSettings {
  readonly issuer: string
  readonly host: string
  readonly cookieName: string
  /** The parameter of signed URLs that holds the token. */
  readonly queryName: string
  /** The pages whose scripts may read a refusal. */
  readonly origins: readonly string[]
  /** For runtimes that have no place for secrets. */
  readonly keys?: readonly object[]
}

/** The most bytes that a CloudFront function may have. */
const mostBytes = 10_240

const folder = new URL('../../runtimes/', import.meta.url)
const importOfCore = /^import \{[^}]*\} from .*core\.js'\n\n/m
const settingsBlock = /^const settings = \{\n[^]*?\n\}\n/m

/**
 * The file of a runtime, with its constants filled in and all that it imports in it.
 *
 * @throws UsageError where it is larger than the runtime takes
 */
export async function edgeFile (runtime: EdgeRuntime, settings: EdgeSettings): Promise<string> {
  const shell = await readText(`${runtime}.js`)
  const constants = `const settings = ${JSON.stringify(settings, null, 2)}\n`
  const filled = shell.replace(settingsBlock, () => constants)
  if (runtime !== 'cloudfront-function') {
    const core = await readText('core.js')
    return `${filled.replace(importOfCore, '')}\n${core.replaceAll(/^export /gm, '')}`
  }
  const size = Buffer.byteLength(filled)
  if (size > mostBytes) {
    throw new UsageError(
      `The function has ${size} bytes, and CloudFront takes ${mostBytes}: name fewer origins`
    )
  }
  return filled
}

async function readText (name: string): Promise<string> {
  return readFile(new URL(name, folder), 'utf8')
}
