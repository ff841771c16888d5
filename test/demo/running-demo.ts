import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, cp, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'

const root = process.cwd()

/**
 * Lays the demo and a fresh build of the package into a folder, where it finds the package by its
 * own name.
 */
export async function installDemo (folder: string): Promise<void> {
  const names = await readdir(join(root, 'src'), { recursive: true })
  const sources = names.filter((name) => name.endsWith('.ts'))
  await Promise.all([
    build({
      entryPoints: sources.map((name) => join(root, 'src', name)),
      outdir: join(folder, 'dist'),
      outbase: join(root, 'src'),
      format: 'esm',
      logLevel: 'error'
    }),
    cp(join(root, 'demo'), join(folder, 'demo'), { recursive: true }),
    copyFile(join(root, 'package.json'), join(folder, 'package.json'))
  ])
}

/** A process of the demo, with what it has printed so far. */
export interface RunningDemo {
  readonly process: ChildProcess
  readonly out: () => string
  readonly errors: () => string
  /** The exit code, once it has ended. */
  readonly ended: Promise<unknown>
  readonly until: (text: string) => Promise<void>
}

/** Starts the demo on free ports, unless `env` says otherwise. */
export function startDemo (folder: string, env: Record<string, string> = {}): RunningDemo {
  const child = spawn(process.execPath, ['demo/start.js'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], PORT: '0', EDGE_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let out = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  const ended = once(child, 'close').then(([code]: unknown[]) => code)
  return {
    process: child,
    out: () => out,
    errors: () => errors,
    ended,
    until: async (text) => {
      while (!out.includes(text)) {
        const over = await Promise.race([
          once(child.stdout, 'data').then(() => false),
          ended.then(() => true)
        ])
        if (over) throw new Error(`The demo ended before it printed ${text}: ${errors}`)
      }
    }
  }
}
