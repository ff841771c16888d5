import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort, scratchFolder, startProgram, type Engine, type Scope } from './program.js'

const install = 'apt-get install trafficserver trafficserver-experimental-plugins'
const modules = '/usr/lib/trafficserver/modules'

export interface TrafficServerConfig {
  readonly origin: string
  /** `keys.json`. */
  readonly keys: string
  /** Further files of the configuration, by their names. */
  readonly files?: Readonly<Record<string, string>>
  /** `remap.config` for these two addresses. */
  readonly remap: (url: string, origin: string) => string
  /** Serves these over TLS as well, with a certificate and key in PEM. */
  readonly tls?: { readonly port: number, readonly cert: string, readonly key: string }
}

/** Starts a Traffic Server that caches nothing, and that stays the user that it is started by. */
export async function startTrafficServer (
  scope: Scope,
  { origin, keys, files: more = {}, remap, tls }: TrafficServerConfig
): Promise<Engine> {
  if (!existsSync(join(modules, 'uri_signing.so'))) {
    throw new Error(`uri_signing.so is not there: ${install}`)
  }
  const folder = await scratchFolder(scope)
  const port = await freePort()
  const folders = {
    sysconfdir: 'config',
    logdir: 'log',
    runtimedir: 'run',
    cachedir: 'cache',
    localstatedir: 'state',
    datadir: 'data'
  }
  for (const name of Object.values(folders)) await mkdir(join(folder, name))
  const overTls = tls === undefined ? '' : ` ${tls.port}:ip-in=127.0.0.1:ssl`
  const files: Record<string, string> = {
    'run.yaml': [
      `prefix: ${folder}`,
      'exec_prefix: /usr',
      'bindir: /usr/bin',
      'sbindir: /usr/bin',
      `libexecdir: ${modules}`,
      ...Object.entries(folders).map(([name, path]) => `${name}: ${join(folder, path)}`),
      ''
    ].join('\n'),
    'config/records.config': [
      `CONFIG proxy.config.http.server_ports STRING ${port}:ip-in=127.0.0.1${overTls}`,
      'CONFIG proxy.config.http.cache.http INT 0',
      'CONFIG proxy.config.exec_thread.autoconfig INT 0',
      'CONFIG proxy.config.exec_thread.limit INT 1',
      `CONFIG proxy.config.ssl.server.cert.path STRING ${join(folder, 'config')}`,
      `CONFIG proxy.config.ssl.server.private_key.path STRING ${join(folder, 'config')}`,
      'CONFIG proxy.config.crash_log_helper STRING NULL',
      ''
    ].join('\n'),
    'config/storage.config': `${join(folder, 'cache')} 16M\n`,
    'config/plugin.config': '',
    'config/ip_allow.yaml':
      'ip_allow:\n  - { apply: in, ip_addrs: 127.0.0.1, action: allow, methods: ALL }\n',
    'config/remap.config': remap(`http://127.0.0.1:${port}`, origin),
    'config/keys.json': keys,
    ...Object.fromEntries(Object.entries(more).map(([name, text]) => [`config/${name}`, text])),
    ...(tls === undefined
      ? {}
      : {
        'config/ssl_multicert.config': 'dest_ip=* ssl_cert_name=cert.pem ssl_key_name=key.pem\n',
        'config/cert.pem': tls.cert,
        'config/key.pem': tls.key
      })
  }
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  return startProgram(scope, {
    command: 'traffic_server',
    args: [`--run-root=${join(folder, 'run.yaml')}`],
    env: { PROXY_CONFIG_ADMIN_USER_ID: '#-1' },
    port,
    install
  })
}
