import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import ts from 'typescript'
import { apart } from '../fixtures/apart.js'
import { removeAtEnd } from '../fixtures/remove-at-end.js'

const root = process.cwd()
const execute = promisify(execFile)

/** An example outside of the repository, with what it asks for: this package as it is packed. */
export interface Project {
  readonly folder: string
  /** Runs a program in it to its end, and says what it prints. */
  run(command: string, ...args: readonly string[]): Promise<string>
  /** Starts it as its README says, and yields what it prints up to a line that matches. */
  start(until: RegExp, variables: Record<string, string>): Promise<string>
}

/** Copies and installs an example. Its packages are those of its lock file, where it has one. */
export async function installExample (t: Test, name: string): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), `example-${name}-`))
  removeAtEnd(t, folder)
  await cp(join(root, 'examples', name), folder, {
    recursive: true,
    filter: (source) => !/[/\\](?:node_modules|\.env)$/.test(source)
  })
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error']
  const run: Project['run'] = async (command, ...args) => {
    const { stdout } = await execute(...apart(command, ...args), { cwd: folder, maxBuffer: 1e8 })
    return stdout
  }
  const manifest = await readFile(join(folder, 'package.json'), 'utf8')
  const own = manifest.includes('"fastify-cdn-access"') ? [await pack(folder)] : []
  await run('npm', 'install', '--no-save', ...quiet, ...own)
  return { folder, run, start: (until, variables) => start(t, folder, until, variables) }
}

async function pack (folder: string): Promise<string> {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]
  const { stdout } = await execute(...apart('npm', ...args), { cwd: root })
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }]
  return `./${filename}`
}

async function start (
  t: Test,
  folder: string,
  until: RegExp,
  variables: Record<string, string>
): Promise<string> {
  // A group of its own, for npm starts a shell that starts the program.
  const child = spawn(...apart('npm', 'start', '--silent'), {
    cwd: folder,
    env: { ...process.env, ...variables },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const ended = once(child, 'exit')
  t.teardown(async () => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, 'SIGTERM')
    await ended
  })
  let printed = ''
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed += text
        if (until.test(printed)) resolve(printed)
      })
    }
    child.on('exit', (status) => {
      reject(new Error(`It ended with ${status}:\n${printed}`))
    })
  })
}

/** What the compiler says of an example's files against the declarations of the packed package. */
export function typeErrors ({ folder }: Project, ...files: readonly string[]): string[] {
  const program = ts.createProgram(files.map((file) => join(folder, file)), {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    jsx: ts.JsxEmit.ReactJSX,
    strict: true,
    allowJs: true,
    checkJs: true,
    noEmit: true,
    skipLibCheck: true,
    typeRoots: [join(root, 'node_modules/@types')],
    types: ['node']
  })
  return ts.getPreEmitDiagnostics(program).map(({ file, start: at = 0, messageText }) => {
    const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(at).line + 1
    const words = ts.flattenDiagnosticMessageText(messageText, ' ')
    return `${file?.fileName.slice(folder.length + 1)}:${line} ${words}`
  })
}
