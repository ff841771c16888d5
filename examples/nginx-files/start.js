import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Runs the nginx of this machine with the template that docker-compose.yml gives to its image. */
const { NGINX_PORT = '3001' } = process.env
process.env.NGINX_SECRET ??= randomBytes(32).toString('base64url')
process.env.MEDIA_URL = `http://localhost:${NGINX_PORT}`

const folder = mkdtempSync(join(tmpdir(), 'nginx-files-'))
const values = {
  NGINX_PORT,
  NGINX_ROOT: join(import.meta.dirname, 'files'),
  NGINX_SECRET: process.env.NGINX_SECRET
}
const template = readFileSync(join(import.meta.dirname, 'templates/default.conf.template'), 'utf8')
const server = Object.entries(values).reduce(
  (text, [name, value]) => text.replaceAll(`\${${name}}`, value),
  template
)
const scratch = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
const configuration = `
  ${process.getuid?.() === 0 ? 'user root;' : ''}
  daemon off;
  pid ${folder}/nginx.pid;
  error_log stderr crit;
  events {}
  http {
    access_log off;
    ${scratch.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
    ${server}
  }
`
writeFileSync(join(folder, 'nginx.conf'), configuration, { mode: 0o600 })

const nginx = spawn('nginx', ['-e', 'stderr', '-c', join(folder, 'nginx.conf')], {
  stdio: ['ignore', 'ignore', 'inherit']
})
nginx.on('error', () => {
  console.error('There is no nginx on this machine: install it, or use docker-compose.yml.')
  process.exit(1)
})
nginx.on('exit', (status) => {
  rmSync(folder, { recursive: true, force: true })
  process.exit(status ?? 0)
})
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => nginx.kill())

await import('./api.js')
