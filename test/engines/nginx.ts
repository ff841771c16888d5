import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort, scratchFolder, startProgram, type Engine, type Scope } from './program.js'
import { send } from './request.js'

export interface NginxConfig {
  /** Default: one that is free. */
  readonly port?: number
  /** What stands in the server that listens on the port. */
  readonly server: string
  /** Servers that stand beside it. */
  readonly beside?: string
}

/** An nginx whose configuration changes while it runs. */
export interface ReloadingNginx extends Engine {
  /** Has it take these in the place of those that it has, and waits until it does. */
  reload(config: Pick<NginxConfig, 'server' | 'beside'>): Promise<void>
}

const temporaryPaths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']

/** Starts an nginx of one process. */
export async function startNginx (scope: Scope, config: NginxConfig): Promise<Engine> {
  const folder = await scratchFolder(scope)
  const port = config.port ?? await freePort()
  const file = join(folder, 'nginx.conf')
  await writeFile(file, textOf({ ...config, port }, folder, 'master_process off;'))
  return run(scope, file, port)
}

/** Starts an nginx that can be told to read another configuration. */
export async function startReloadingNginx (
  scope: Scope,
  config: NginxConfig
): Promise<ReloadingNginx> {
  const folder = await scratchFolder(scope)
  const port = config.port ?? await freePort()
  const file = join(folder, 'nginx.conf')
  let version = 0

  async function write ({ server, beside = '' }: Partial<NginxConfig>): Promise<void> {
    version++
    const own = `location = /version { return 200 "${version}"; } ${server}`
    await writeFile(file, textOf({ port, server: own, beside }, folder, 'worker_processes 1;'))
  }

  async function reload (next: Pick<NginxConfig, 'server' | 'beside'>): Promise<void> {
    await write(next)
    await promisify(execFile)('nginx', ['-e', 'stderr', '-c', file, '-s', 'reload'])
    while ((await send(engine.url, '/version')).body !== String(version)) await setTimeout(20)
  }

  await write(config)
  const engine = await run(scope, file, port)
  return { ...engine, reload }
}

function run (scope: Scope, file: string, port: number): Promise<Engine> {
  return startProgram(scope, {
    command: 'nginx',
    args: ['-e', 'stderr', '-c', file],
    port,
    install: 'apt-get install nginx'
  })
}

function textOf (
  { port, server, beside = '' }: NginxConfig,
  folder: string,
  processes: string
): string {
  return `
    ${process.getuid?.() === 0 ? 'user root;' : ''}
    daemon off;
    ${processes}
    pid ${folder}/nginx.pid;
    error_log stderr crit;
    events { worker_connections 256; }
    http {
      access_log off;
      default_type text/plain;
      ${temporaryPaths.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n      ')}
      server {
        listen 127.0.0.1:${port};
        ${server}
      }
      ${beside}
    }
  `
}

const files = {
  'v/1/a.txt': 'a of 1',
  'v/2/secret.txt': 'secret of 2',
  'v/12/secret.txt': 'secret of 12',
  'v/1.bak': 'copy of 1',
  'hls/ab.m3u8': 'list of ab',
  'hls/ab-0.ts': 'part of ab',
  'hls/ab.d/0.ts': 'deep part of ab',
  'hls/abc.m3u8': 'list of abc',
  'hls/ab_low.m3u8': 'list of ab_low',
  'hls/ab~x.m3u8': 'list of ab~x',
  'hls/ab c.m3u8': 'list of ab c',
  'hls/abé.m3u8': 'list of abé',
  'hls/a.m3u8': 'list of a',
  'hls/AB.m3u8': 'list of AB',
  'hls/abd/0.ts': 'part of abd',
  'img/a.png': 'picture',
  'img/a.png.bak': 'copy of the picture'
}

/** Writes the files that the engines serve, each of which says which one it is. */
export async function writeFiles (scope: Scope): Promise<string> {
  const folder = await scratchFolder(scope)
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  return folder
}

/**
 * An origin that decodes a path twice over: a proxy whose `proxy_pass` has a URI, and the server of
 * the files behind it.
 */
export async function startOrigin (scope: Scope): Promise<Engine> {
  const folder = await scratchFolder(scope)
  return startNginx(scope, {
    server: `location / { proxy_pass http://unix:${folder}/files.sock:/; }`,
    beside: `server { listen unix:${folder}/files.sock; root ${await writeFiles(scope)}; }`
  })
}
