import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { freePort, scratchFolder, startProgram, type Engine, type Scope } from './program.js'

const root = process.cwd()

export interface WorkerConfig {
  /** Where what the Worker fetches comes from. */
  readonly origin: string
  /** The Worker's module; what it imports is bundled with it. */
  readonly script: string
  /** The Worker's variables. */
  readonly bindings: Readonly<Record<string, unknown>>
  /** Its classes of Durable Objects, by the names of their bindings. */
  readonly classes?: Readonly<Record<string, string>>
}

/** Starts a Worker in workerd. */
export async function startWorker (
  scope: Scope,
  { origin, script, bindings, classes = {} }: WorkerConfig
): Promise<Engine> {
  const folder = await scratchFolder(scope)
  const port = await freePort()
  await build({
    stdin: { contents: script, resolveDir: root, sourcefile: 'worker.js' },
    outfile: join(folder, 'worker.js'),
    bundle: true,
    format: 'esm',
    target: 'es2022',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:*'],
    logLevel: 'error'
  })
  const list = Object.entries(bindings).map(([name, value]) =>
    `(name = ${JSON.stringify(name)}, json = ${JSON.stringify(JSON.stringify(value))})`
  )
  const objects = Object.entries(classes)
  list.push(
    ...objects.map(([name, className]) =>
      `(name = ${JSON.stringify(name)}, durableObjectNamespace = ${JSON.stringify(className)})`
    )
  )
  const namespaces = objects.map(([name, className]) =>
    `(className = ${JSON.stringify(className)}, uniqueKey = ${JSON.stringify(name)})`
  )
  const file = join(folder, 'config.capnp')
  await writeFile(
    file,
    `
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "worker", worker = .worker),
    (name = "origin", external = (address = "${new URL(origin).host}", http = ()))
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "worker")]
);

const worker :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.js")],
  compatibilityDate = "2026-01-01",
  globalOutbound = "origin",
  durableObjectNamespaces = [${namespaces.join(', ')}],
  durableObjectStorage = (inMemory = void),
  bindings = [${list.join(', ')}]
);
`
  )
  return startProgram(scope, {
    command: join(root, 'node_modules/workerd/bin/workerd'),
    args: ['serve', file],
    port,
    install: 'npm install'
  })
}
