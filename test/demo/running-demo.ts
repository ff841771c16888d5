import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, cp, mkdir, mkdtemp, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { CookieJar } from 'tough-cookie'
import { apart } from '../fixtures/apart.js'
import { removeAtEnd } from '../fixtures/remove-at-end.js'

const root = process.cwd()

/** A browser's requests: with the cookies that it was given, and without following redirects. */
export interface Visitor {
  readonly cookies: CookieJar
  visit(url: string, init?: RequestInit): Promise<Response>
  statusOf(url: string, init?: RequestInit): Promise<number>
}

export function newVisitor (): Visitor {
  const cookies = new CookieJar()

  async function visit (url: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    headers.set('cookie', await cookies.getCookieString(url))
    const response = await fetch(url, { redirect: 'manual', ...init, headers })
    for (const line of response.headers.getSetCookie()) await cookies.setCookie(line, url)
    return response
  }

  async function statusOf (url: string, init?: RequestInit): Promise<number> {
    const response = await visit(url, init)
    await response.arrayBuffer()
    return response.status
  }

  return { cookies, visit, statusOf }
}

/**
 * Lays the demo, the examples and a fresh build of the package into a folder of its own, where it
 * finds the package by its own name. Tests that share a process share `t.testdir()`.
 */
export async function installDemo (scope: {
  teardown(end: () => Promise<void>): unknown
}): Promise<string> {
  await mkdir(join(root, '.tap'), { recursive: true })
  const folder = await mkdtemp(join(root, '.tap', 'demo-'))
  removeAtEnd(scope, folder)
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
    cp(join(root, 'examples'), join(folder, 'examples'), { recursive: true }),
    copyFile(join(root, 'package.json'), join(folder, 'package.json'))
  ])
  return folder
}

/** A process of the demo, with what it has printed so far. */
export interface RunningDemo {
  readonly process: ChildProcess
  readonly out: () => string
  readonly errors: () => string
  /** The exit code, once it has ended. */
  readonly ended: Promise<unknown>
  readonly until: (text: string) => Promise<void>
  /** Where both servers are, once they answer. */
  readonly addresses: () => Promise<{ api: string, edge: string }>
}

/** Starts the demo on free ports, unless `env` says otherwise. */
export function startDemo (folder: string, env: Record<string, string> = {}): RunningDemo {
  const child = spawn(...apart(process.execPath, 'demo/start.js'), {
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
  const until = async (text: string): Promise<void> => {
    while (!out.includes(text)) {
      const over = await Promise.race([
        once(child.stdout, 'data').then(() => false),
        ended.then(() => true)
      ])
      if (over) throw new Error(`The demo ended before it printed ${text}: ${errors}`)
    }
  }
  const ended = once(child, 'close').then(([code]: unknown[]) => code)
  return {
    process: child,
    out: () => out,
    errors: () => errors,
    ended,
    until,
    addresses: async () => {
      await until('Requests:')
      const [, api = ''] = /Open {2}(http:\/\/localhost:\d+)\n/.exec(out) ?? []
      const [, edge = ''] = /Edge {2}(http:\/\/localhost:\d+) /.exec(out) ?? []
      return { api, edge }
    }
  }
}
